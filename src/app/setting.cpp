// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/setting.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "app/print_size.h"
#include "app/task_table.h"
#include "base/path.h"
#include "mask/place_text.h"

namespace latent::app {

using models::Json;

namespace {

constexpr std::size_t kLongestDevice = 64;

std::string number(double value) { return fmt::format("{}", value); }

std::string joined(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : ", ";
    text += words[i];
  }
  return text;
}

std::string range_words(const Setting& setting) {
  return fmt::format("from {} to {}", number(setting.least), number(setting.most));
}

/// What is taken, to stand after "takes".
std::string taken(const Setting& setting) {
  switch (setting.form) {
    case Form::Flag:
      return "true or false";
    case Form::Whole:
      return "a whole number " + range_words(setting);
    case Form::Number:
      return "a number " + range_words(setting);
    case Form::AutoOrNumber:
      return "auto, or a number " + range_words(setting);
    case Form::Word:
      return joined(setting.words, " or ");
    case Form::Noise:
      return "auto, camera, or {\"a\": [red, green, blue], \"b\": [red, green, blue]} with numbers "
             "of at "
             "least 0 (variance = a x + b, x from black 0 to white 1)";
    case Form::Region:
      return "null, or [x, y, width, height] in whole pixels, x and y from 0, sides from 1";
    case Form::Places:
      return setting.least > 2
                 ? "a list of boxes such as \"X,Y,W,H\", in pixels or in percent of the sides"
                 : "a list of points such as \"X,Y\", in pixels or in percent of the sides";
    case Form::Device:
      return "a word such as auto, cpu, gpu or gpu.1 (latent devices lists them)";
    case Form::Print:
      return "null, or a print size such as 40x60cm@300";
    case Form::Name:
      return setting.words.empty() ? "a name or a path"
                                   : joined(setting.words, ", ") + " or the path of a file";
    case Form::Path:
      return "a path";
    case Form::Paths:
      return "a list of paths";
  }
  return {};
}

/// A value as a sentence shows it: short, and nothing that moves a cursor.
std::string shown(const Json& value) {
  constexpr std::size_t kMost = 60;
  if (const auto* text = value.as_string()) {
    return "'" + printable(std::string_view(*text).substr(0, kMost)) + "'";
  }
  if (value.is_null()) return "null";
  if (const auto* flag = value.as_bool()) return *flag ? "true" : "false";
  if (const auto* whole = value.as_integer()) return fmt::format("{}", *whole);
  if (const auto* real = value.as_real()) return number(*real);
  return value.as_array() != nullptr ? "such a list" : "such an object";
}

tl::unexpected<Error> not_taken(const Setting& setting, const std::string& given,
                                const std::string& where) {
  return fail(ErrorCode::Usage, fmt::format("{} takes {}, not {}", where, taken(setting), given));
}

std::optional<double> real_of(const Json& value) {
  if (const auto* whole = value.as_integer()) return static_cast<double>(*whole);
  if (const auto* real = value.as_real(); real != nullptr && std::isfinite(*real)) return *real;
  return std::nullopt;
}

/// 3, and 3.0, which is the same number to JSON.
std::optional<std::int64_t> whole_of(const Json& value) {
  if (const auto* whole = value.as_integer()) return *whole;
  const auto* real = value.as_real();
  if (real == nullptr || std::abs(*real) > 1e15 || *real != std::floor(*real)) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

Status in_range(const Setting& setting, double value, const std::string& where) {
  if (value >= setting.least && value <= setting.most) return {};
  const bool above = value > setting.most;
  return fail(ErrorCode::Usage,
              fmt::format("{}: {} is {} {}", where, number(value), above ? "above" : "below",
                          number(above ? setting.most : setting.least)));
}

Result<Json> word(const Setting& setting, const Json& value, const std::string& where) {
  for (const std::string& known : setting.words) {
    const Json form = word_value(known);
    const auto* text = form.as_string();
    const bool same = text != nullptr ? value == form : whole_of(value) == *form.as_integer();
    if (same) return form;
  }
  return not_taken(setting, shown(value), where);
}

Result<Json> noise(const Setting& setting, const Json& value, const std::string& where) {
  const auto* word = value.as_string();
  if (word != nullptr && (*word == "auto" || *word == "camera")) return value;
  const auto* object = value.as_object();
  Json::Object held;
  for (const char* key : {"a", "b"}) {
    const auto found = object == nullptr ? Json::Object::const_iterator{} : object->find(key);
    if (object == nullptr || object->size() != 2 || found == object->end()) {
      return not_taken(setting, shown(value), where);
    }
    const auto* list = found->second.as_array();
    if (list == nullptr || list->size() != 3) return not_taken(setting, shown(value), where);
    Json::Array numbers;
    for (const Json& entry : *list) {
      const auto given = real_of(entry);
      if (!given || !(*given >= 0.0 && *given <= kMostNoise)) {
        return not_taken(setting, shown(entry), where);
      }
      numbers.emplace_back(*given);
    }
    held.emplace(key, std::move(numbers));
  }
  return Result<Json>(tl::in_place, std::move(held));
}

Result<Json> region(const Setting& setting, const Json& value, const std::string& where) {
  if (value.is_null()) return value;
  const auto* list = value.as_array();
  if (list == nullptr || list->size() != 4) return not_taken(setting, shown(value), where);
  Json::Array sides;
  for (const Json& entry : *list) {
    const auto side = whole_of(entry);
    if (!side || *side < (sides.size() < 2 ? 0 : 1) || *side > kMostPixel) {
      return not_taken(setting, shown(entry), where);
    }
    sides.emplace_back(*side);
  }
  return Result<Json>(tl::in_place, std::move(sides));
}

Result<Json> places(const Setting& setting, const Json& value, const std::string& where) {
  constexpr std::size_t kMostPlaces = 1000;
  const auto* list = value.as_array();
  if (list == nullptr || list->size() > kMostPlaces) {
    return not_taken(setting, shown(value), where);
  }
  for (const Json& entry : *list) {
    const auto* text = entry.as_string();
    const auto count = static_cast<std::size_t>(setting.least);
    if (text == nullptr || !mask::parse_places(*text, count)) {
      return not_taken(setting, shown(entry), where);
    }
  }
  return value;
}

Result<Json> paths(const Setting& setting, const Json& value, const std::string& where) {
  constexpr std::size_t kMostPaths = 100;
  const auto* list = value.as_array();
  if (list == nullptr || list->size() > kMostPaths) {
    return not_taken(setting, shown(value), where);
  }
  for (const Json& entry : *list) {
    const auto* text = entry.as_string();
    if (text == nullptr || text->empty() || text->find('\0') != std::string::npos) {
      return not_taken(setting, shown(entry), where);
    }
  }
  return value;
}

bool is_device(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._:-").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kLongestDevice && std::ranges::all_of(text, allowed);
}

Result<Json> text(const Setting& setting, const Json& value, const std::string& where) {
  const bool nullable = setting.form == Form::Path || setting.nullable;
  if (setting.form != Form::Device && nullable && value.is_null()) return value;
  const auto* words = value.as_string();
  if (words == nullptr || words->empty() || words->find('\0') != std::string::npos ||
      (setting.form == Form::Device && !is_device(*words))) {
    return not_taken(setting, shown(value), where);
  }
  return value;
}

Result<Json> print(const Setting& setting, const Json& value, const std::string& where) {
  if (value.is_null()) return value;
  const auto* words = value.as_string();
  if (words == nullptr) return not_taken(setting, shown(value), where);
  auto size = parse_print_size(*words);
  if (!size) return fail(ErrorCode::Usage, fmt::format("{}: {}", where, size.error().sentence));
  return Json(text_of(*size));
}

Result<Json> whole(const Setting& setting, const Json& value, const std::string& where) {
  const auto given = whole_of(value);
  if (!given) return not_taken(setting, shown(value), where);
  LATENT_CHECK(in_range(setting, static_cast<double>(*given), where));
  return Result<Json>(tl::in_place, *given);
}

Result<Json> real(const Setting& setting, const Json& value, const std::string& where) {
  const auto given = real_of(value);
  if (!given) return not_taken(setting, shown(value), where);
  LATENT_CHECK(in_range(setting, *given, where));
  return Result<Json>(tl::in_place, *given);
}

}  // namespace

Json word_value(const std::string& word) {
  constexpr std::size_t kMostDigits = 9;
  const bool digits = !word.empty() && word.size() <= kMostDigits && word.front() != '0' &&
                      std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? Json(std::int64_t{std::stoi(word)}) : Json(word);
}

const char* section_name(Section section) {
  switch (section) {
    case Section::Top:
      return "";
    case Section::Settings:
      return "settings";
    case Section::Output:
      return "output";
    case Section::Engine:
      return "engine";
  }
  return "";
}

std::string Setting::place() const {
  return section == Section::Top ? key : fmt::format("{}.{}", section_name(section), key);
}

bool names_a_path(const Setting& setting, std::string_view name) {
  if (std::ranges::find(setting.words, name) != setting.words.end()) return false;
  return name.find('/') != std::string_view::npos ||
         std::ranges::any_of(setting.path_endings,
                             [&](const std::string& ending) { return name.ends_with(ending); });
}

Result<Json> hold_to(const Setting& setting, const Json& value, const std::string& where) {
  switch (setting.form) {
    case Form::Flag:
      if (value.as_bool() == nullptr) return not_taken(setting, shown(value), where);
      return value;
    case Form::Whole:
      return whole(setting, value, where);
    case Form::AutoOrNumber:
      if (value.as_string() != nullptr && *value.as_string() == "auto") return value;
      return real(setting, value, where);
    case Form::Number:
      return real(setting, value, where);
    case Form::Word:
      return word(setting, value, where);
    case Form::Noise:
      return noise(setting, value, where);
    case Form::Region:
      return region(setting, value, where);
    case Form::Print:
      return print(setting, value, where);
    case Form::Places:
      return places(setting, value, where);
    case Form::Paths:
      return paths(setting, value, where);
    case Form::Device:
    case Form::Name:
    case Form::Path:
      return text(setting, value, where);
  }
  LATENT_ENSURE(false);
  return Json{};
}

namespace {

Result<const Setting*> setting_of(const Job& job, std::string_view key) {
  LATENT_TRY(const TaskRow* row, task_row(job.task));
  for (const Setting& setting : *row->settings) {
    if (setting.key == key) return &setting;
  }
  return fail(ErrorCode::Internal,
              fmt::format("internal fault: {} has no setting '{}'; please report it", job.task,
                          printable(key)));
}

}  // namespace

Status put_text(Job& job, std::string_view key, const std::string& text, const std::string& where) {
  LATENT_TRY(const Setting* setting, setting_of(job, key));
  LATENT_TRY(const Json value, value_of_text(*setting, text, where));
  setting->set(job, value);
  return {};
}

Status put_value(Job& job, std::string_view key, const Json& value, const std::string& where) {
  LATENT_TRY(const Setting* setting, setting_of(job, key));
  LATENT_TRY(const Json held, hold_to(*setting, value, where));
  setting->set(job, held);
  return {};
}

}  // namespace latent::app
