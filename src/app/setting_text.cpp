// SPDX-License-Identifier: GPL-3.0-or-later
// Settings as the command line writes them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "app/setting.h"
#include "base/path.h"

namespace latent::app {

using models::Json;

namespace {

/// Numbers between commas, or nothing where one of the pieces is none.
template <class T>
std::optional<std::vector<T>> parse_list(const std::string& text) {
  std::vector<T> values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    T value{};
    const auto [next, failed] = std::from_chars(at, end, value);
    if (failed != std::errc{}) return std::nullopt;
    values.push_back(value);
    if (next == end) return values;
    if (*next != ',') return std::nullopt;
    at = next + 1;
  }
}

tl::unexpected<Error> not_taken(const std::string& where, const char* what,
                                const std::string& text) {
  return fail(ErrorCode::Usage, fmt::format("{} takes {}, not '{}'", where, what, printable(text)));
}

/// A number where the text is one, else the text itself, which hold_to() refuses in its own words.
Json number_or_text(const std::string& text) {
  const auto numbers = parse_list<double>(text);
  return numbers && numbers->size() == 1 ? Json(numbers->front()) : Json(text);
}

Result<Json> noise_value(const Setting& setting, const std::string& text,
                         const std::string& where) {
  if (text == "auto" || text == "camera") return Json(text);
  constexpr const char* kTaken =
      "auto, camera, or A,B (variance = A x + B, x from black 0 to white 1), or six such numbers "
      "for red, "
      "green and blue";
  const auto numbers = parse_list<double>(text);
  if (!numbers || (numbers->size() != 2 && numbers->size() != 6)) {
    return not_taken(where, kTaken, text);
  }
  Json::Array a;
  Json::Array b;
  for (std::size_t colour = 0; colour < 3; ++colour) {
    const std::size_t at = numbers->size() == 6 ? 2 * colour : 0;
    a.emplace_back((*numbers)[at]);
    b.emplace_back((*numbers)[at + 1]);
  }
  auto held = hold_to(setting, Json::Object{{"a", std::move(a)}, {"b", std::move(b)}}, where);
  if (!held) return not_taken(where, kTaken, text);
  return held;
}

Result<Json> flag_value(const Setting& setting, const std::string& text, const std::string& where) {
  if (text == "true" || text == "false") return Json(text == "true");
  return hold_to(setting, Json(text), where);
}

/// One text for each line: an option that was given several times.
Json lines_of(const std::string& text) {
  Json::Array lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return Json(std::move(lines));
}

std::string texts_of(const Json::Array& list) {
  std::string text;
  for (const Json& entry : list) {
    if (!text.empty()) text += '\n';
    if (const auto* line = entry.as_string()) text += *line;
  }
  return text;
}

std::string numbers_text(const Json::Array& list) {
  std::string text;
  for (const Json& entry : list) {
    if (!text.empty()) text += ',';
    if (const auto* whole = entry.as_integer()) text += fmt::format("{}", *whole);
    if (const auto* real = entry.as_real()) text += fmt::format("{}", *real);
  }
  return text;
}

}  // namespace

Result<Rect> region_of_text(const std::string& text, const std::string& where) {
  const auto sides = parse_list<int>(text);
  Setting region;
  region.form = Form::Region;
  Json::Array list;
  for (const int side : sides.value_or(std::vector<int>{})) list.emplace_back(std::int64_t{side});
  if (!sides || !hold_to(region, Json(list), where)) {
    return not_taken(where, "X,Y,WIDTH,HEIGHT in pixels", text);
  }
  return Rect{(*sides)[0], (*sides)[1], (*sides)[2], (*sides)[3]};
}

Result<Json> value_of_text(const Setting& setting, const std::string& text,
                           const std::string& where) {
  switch (setting.form) {
    case Form::Flag:
      return flag_value(setting, text, where);
    case Form::Whole:
    case Form::Number:
    case Form::AutoOrNumber:
      return hold_to(setting, number_or_text(text), where);
    case Form::Word:
      for (const auto& [other, word] : setting.other_words) {
        if (text == other) return hold_to(setting, word_value(word), where);
      }
      return hold_to(setting, word_value(text), where);
    case Form::Noise:
      return noise_value(setting, text, where);
    case Form::Region: {
      if (text.empty()) return Json{};
      LATENT_TRY(const Rect part, region_of_text(text, where));
      return Json(Json::Array{std::int64_t{part.x}, std::int64_t{part.y}, std::int64_t{part.width},
                              std::int64_t{part.height}});
    }
    case Form::Places:
    case Form::Paths:
      return hold_to(setting, lines_of(text), where);
    case Form::Print:
    case Form::Device:
    case Form::Name:
    case Form::Path:
      return hold_to(setting, text.empty() ? Json{} : Json(text), where);
  }
  LATENT_ENSURE(false);
  return Json{};
}

std::string text_of_value(const Setting& setting, const Json& value) {
  if (const auto* text = value.as_string()) return *text;
  if (const auto* flag = value.as_bool()) return *flag ? "true" : "false";
  if (const auto* list = value.as_array()) {
    const bool texts = setting.form == Form::Places || setting.form == Form::Paths;
    return texts ? texts_of(*list) : numbers_text(*list);
  }
  if (value.as_integer() != nullptr || value.as_real() != nullptr) {
    return numbers_text(Json::Array{value});
  }
  const auto* object = value.as_object();
  if (setting.form != Form::Noise || object == nullptr) return {};
  const auto& a = *object->at("a").as_array();
  const auto& b = *object->at("b").as_array();
  return numbers_text({a[0], b[0], a[1], b[1], a[2], b[2]});
}

std::string short_form(const Setting& setting) {
  switch (setting.form) {
    case Form::Flag:
      return "true|false";
    case Form::Whole:
    case Form::Number:
      return fmt::format("{}..{}", setting.least, setting.most);
    case Form::AutoOrNumber:
      return fmt::format("auto|{}..{}", setting.least, setting.most);
    case Form::Word:
      return fmt::format("{}", fmt::join(setting.words, "|"));
    case Form::Noise:
      return "auto|camera|A,B";
    case Form::Region:
      return "X,Y,W,H";
    case Form::Print:
      return "WxHcm@DPI";
    case Form::Places:
      return setting.least > 2 ? "X,Y,W,H" : "X,Y";
    case Form::Device:
      return "DEVICE";
    case Form::Name:
      return setting.words.empty() ? "NAME|FILE"
                                   : fmt::format("{}|FILE", fmt::join(setting.words, "|"));
    case Form::Path:
    case Form::Paths:
      return "PATH";
  }
  return {};
}

}  // namespace latent::app
