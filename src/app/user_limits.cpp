// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/user_limits.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include "app/standard_paths.h"
#include "base/path.h"
#include "base/small_file.h"

namespace latent::app {

namespace {

constexpr std::size_t kMostBytes = 65'536;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::optional<std::int32_t> whole_number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// Whether that is the name of a limit; its value is put in its place.
bool set(Limits& limits, std::string_view key, std::int32_t value) {
  if (key == "limit-megapixels") {
    limits.max_pixels = std::int64_t{value} * static_cast<std::int64_t>(kMegabyte);
  } else if (key == "limit-side") {
    limits.max_side_px = value;
  } else if (key == "limit-memory") {
    limits.max_memory_bytes = static_cast<std::size_t>(value) * kMegabyte;
  } else if (key == "limit-metadata") {
    limits.max_metadata_bytes = static_cast<std::size_t>(value) * kMegabyte;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::filesystem::path settings_file() {
  const auto folder = config_folder();
  return folder.empty() ? folder : folder / "settings.toml";
}

// Lines of `key = number` are a small part of TOML, which needs no parser of all of it.
Result<Limits> parse_limits(const std::string& text, const std::string& what) {
  Limits limits;
  std::set<std::string_view> seen;
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trimmed(rest.substr(0, std::min(rest.find('#'), end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    const auto equals = line.find('=');
    const std::string_view key = trimmed(line.substr(0, equals));
    const auto value = equals == std::string_view::npos
                           ? std::nullopt
                           : whole_number(trimmed(line.substr(equals + 1)));
    if (!value || !seen.insert(key).second || !set(limits, key, *value)) {
      return fail(ErrorCode::Usage,
                  fmt::format("{}, line {}: '{}' is no limit; there are limit-megapixels, "
                              "limit-side, limit-memory and limit-metadata, each once, with a "
                              "whole number",
                              what, number, printable(std::string(line))));
    }
  }
  if (const auto usable = check_limits(limits); !usable) {
    return fail(ErrorCode::Usage, what + ": " + usable.error().sentence);
  }
  return limits;
}

Result<Limits> limits_of_settings(const std::filesystem::path& file) {
  if (file.empty()) return Limits{};
  const auto text = read_small_file(file, kMostBytes);
  if (!text && text.error().code == ErrorCode::NotFound) return Limits{};
  if (!text) return tl::make_unexpected(text.error());
  return parse_limits(*text, quoted(file));
}

}  // namespace latent::app
