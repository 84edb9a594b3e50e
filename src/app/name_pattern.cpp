// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/name_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 7> kPlain{
    "FILE_FOLDER", "FILE_NAME", "FILE_EXTENSION", "SEQUENCE", "TASK", "SUFFIX", "HOME"};

/// The parts of a date, and where EXIF has them: "2024:05:31 18:20:05".
struct DatePart {
  std::string_view name;
  std::size_t at;
  std::size_t digits;
};
constexpr std::array<DatePart, 6> kDate{{{"YEAR", 0, 4},
                                         {"MONTH", 5, 2},
                                         {"DAY", 8, 2},
                                         {"HOUR", 11, 2},
                                         {"MINUTE", 14, 2},
                                         {"SECOND", 17, 2}}};

const DatePart* date_part(std::string_view name) {
  const auto found = std::ranges::find(kDate, name, &DatePart::name);
  return found == kDate.end() ? nullptr : &*found;
}

/// Of "EXIF.YEAR" or "EXIF_YEAR".
const DatePart* exif_part(std::string_view name) {
  const bool exif = name.starts_with("EXIF.") || name.starts_with("EXIF_");
  return exif ? date_part(name.substr(5)) : nullptr;
}

bool is_known(std::string_view name) {
  return std::ranges::find(kPlain, name) != kPlain.end() || date_part(name) != nullptr ||
         exif_part(name) != nullptr;
}

tl::unexpected<Error> unknown(std::string_view name) {
  std::string known;
  for (const std::string_view each : kPlain) known += fmt::format("{}, ", each);
  return fail(ErrorCode::Usage,
              fmt::format("$({}) is no variable of a name; there are {}YEAR, MONTH, DAY, HOUR, "
                          "MINUTE, SECOND, and EXIF.YEAR to EXIF.SECOND",
                          printable(name.substr(0, 60)), known));
}

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return fmt::format("{:04}:{:02}:{:02} {:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Result<std::string> part_of(const std::string& date, const DatePart& part, const fs::path& source) {
  const std::string text =
      date.size() >= part.at + part.digits ? date.substr(part.at, part.digits) : std::string();
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) {
    return fail(ErrorCode::Usage, source,
                fmt::format("{} does not say when it was taken, which the name of its result asks "
                            "for; leave EXIF variables out",
                            quoted(source)));
  }
  return text;
}

}  // namespace

Result<std::string> with_variables(
    const std::string& text, const std::function<Result<std::string>(std::string_view)>& value_of) {
  std::string result;
  std::size_t from = 0;
  for (std::size_t at = text.find("$("); at != std::string::npos; at = text.find("$(", from)) {
    const std::size_t end = text.find(')', at);
    if (end == std::string::npos) {
      return fail(ErrorCode::Usage,
                  fmt::format("the name '{}' has a $( without an end )", printable(text)));
    }
    result += text.substr(from, at - from);
    LATENT_TRY(const std::string value,
               value_of(std::string_view(text).substr(at + 2, end - at - 2)));
    result += value;
    from = end + 1;
  }
  return result + text.substr(from);
}

Result<std::string> value_of_variable(std::string_view name, const NameFacts& facts) {
  const fs::path& source = facts.source;
  if (name == "FILE_FOLDER") {
    return source.has_parent_path() ? source.parent_path().native() : std::string(".");
  }
  if (name == "FILE_NAME") return source.stem().native();
  if (name == "FILE_EXTENSION") {
    const std::string ending = source.extension().native();
    return ending.empty() ? ending : ending.substr(1);
  }
  if (name == "SEQUENCE") return fmt::format("{:04}", facts.sequence);
  if (name == "TASK") return facts.task;
  if (name == "SUFFIX") return facts.suffix;
  if (name == "HOME") {
    const char* home = std::getenv("HOME");
    return std::string(home == nullptr ? "." : home);
  }
  if (const DatePart* part = date_part(name)) return part_of(now(), *part, source);
  const DatePart* part = exif_part(name);
  if (part == nullptr) return unknown(name);
  const auto taken = facts.taken ? facts.taken() : std::nullopt;
  return part_of(taken.value_or(""), *part, source);
}

bool has_variables(const fs::path& name) { return name.native().find("$(") != std::string::npos; }

bool begins_with_a_place(const fs::path& name) {
  return name.native().starts_with("$(FILE_FOLDER)") || name.native().starts_with("$(HOME)");
}

Status check_variables(const fs::path& name) {
  const auto checked =
      with_variables(name.native(), [](std::string_view each) -> Result<std::string> {
        if (!is_known(each)) return unknown(each);
        return std::string();
      });
  if (!checked) return tl::make_unexpected(checked.error());
  return {};
}

Result<fs::path> expanded(const fs::path& name, const NameFacts& facts) {
  if (!has_variables(name)) return name;
  LATENT_TRY(std::string text, with_variables(name.native(), [&](std::string_view each) {
               return value_of_variable(each, facts);
             }));
  return fs::path(std::move(text)).lexically_normal();
}

}  // namespace latent::app
