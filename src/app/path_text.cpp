// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/path_text.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <system_error>

#include "app/name_pattern.h"
#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kScheme = "file:/";
constexpr std::size_t kEscape = 3;  // %XX

/// Unreserved characters of RFC 3986, and what stands in paths unharmed.
bool stays(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("/-._~!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

std::string uri_of(const std::string& bytes) {
  std::string uri = "file://";
  for (const char c : bytes) {
    if (stays(c)) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      bytes += text[at];
      continue;
    }
    if (text.size() - at < kEscape) return std::nullopt;
    unsigned value = 0;
    const char* const end = text.data() + at + kEscape;
    const auto [next, failed] = std::from_chars(text.data() + at + 1, end, value, 16);
    if (failed != std::errc{} || next != end || value == 0) return std::nullopt;
    bytes += static_cast<char>(value);
    at += kEscape - 1;
  }
  return bytes;
}

/// "/a%20b" of "file:///a%20b"; nothing for another machine's.
std::optional<std::string_view> path_part(std::string_view uri) {
  constexpr std::string_view kLocal = "//localhost/";
  uri.remove_prefix(kScheme.size() - 1);
  if (uri.starts_with("///")) return uri.substr(2);
  if (uri.starts_with(kLocal)) return uri.substr(kLocal.size() - 1);
  if (uri.starts_with("//")) return std::nullopt;
  return uri;
}

}  // namespace

std::string text_of_path(const fs::path& path) {
  const std::string& bytes = path.native();
  if (is_utf8(bytes)) return bytes.starts_with(kScheme) ? "./" + bytes : bytes;
  std::error_code failed;
  const fs::path whole = fs::absolute(path, failed);
  return uri_of(failed ? bytes : whole.native());
}

Result<fs::path> path_of_text(std::string_view text, const fs::path& folder) {
  if (text.empty() || text.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::Usage, "a path is neither empty nor has a NUL in it");
  }
  if (!text.starts_with(kScheme)) {
    const fs::path path{text};
    const bool whole = folder.empty() || path.is_absolute() || begins_with_a_place(path);
    return whole ? path : folder / path;
  }
  const auto part = path_part(text);
  const auto bytes = part ? unescaped(*part) : std::nullopt;
  if (!bytes) {
    return fail(ErrorCode::Usage,
                fmt::format("'{}' is no URI of a file of this machine, as file:///folder/a%20b",
                            printable(text)));
  }
  return fs::path(*bytes);
}

}  // namespace latent::app
