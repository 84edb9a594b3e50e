// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/answer_head.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace latent::models {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{}) return std::nullopt;
  return number;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

/// Whether `name` is `lower`, whatever the case of its letters.
bool same_word(std::string_view name, std::string_view lower) {
  return std::ranges::equal(name, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

/// The number of a status line, which has three digits.
long status_in(std::string_view line) {
  constexpr std::uint64_t kMost = 999;
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  const auto status = number_in(line.substr(space + 1)).value_or(0);
  return status <= kMost ? static_cast<long>(status) : 0;
}

}  // namespace

void take_head_line(AnswerHead& head, std::string_view line) {
  if (line.starts_with("HTTP/")) {
    head = {};
    head.status = status_in(line);
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same_word(name, "content-length")) head.length = number_in(value);
  if (same_word(name, "etag")) head.etag = value;
  if (same_word(name, "last-modified")) head.modified = value;
  if (same_word(name, "content-range") && value.starts_with("bytes ")) {
    head.range_start = number_in(value.substr(6));
  }
}

}  // namespace latent::models
