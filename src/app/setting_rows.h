// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/setting.h"

// How rows of the table of words are made: one function for each form of value, which knows the way
// between the field of a job and JSON.
namespace latent::app::rows {

using models::Json;

template <class Value>
using Words = std::vector<std::pair<std::string, Value>>;

/// What every row says of itself.
struct Row {
  Section section = Section::Settings;
  std::string key;
  std::string help;
  std::string option = "--";  ///< "--": the key with hyphens; empty: none
  bool later = false;         ///< Setting::later
};

/// A row whose form alone is known; the rest is filled in by the functions below.
[[nodiscard]] Setting setting_of(Row row, Form form);

/// The way to a field of a task's settings, or of a job.
template <class Settings, class... Members>
auto in(Members... members) {
  return [=](auto& job) -> auto& { return (std::get<Settings>(job.settings).*....*members); };
}
template <class... Members>
auto of_job(Members... members) {
  return [=](auto& job) -> auto& { return (job.*....*members); };
}

/// The shortest percentage that becomes this fraction again: 7, not 7.000000000000001.
[[nodiscard]] double percent_of(double fraction);

struct Range {
  double least;
  double most;
};

template <class Field>
Setting percent(Row row, Field field) {
  Setting setting = setting_of(std::move(row), Form::Number);
  setting.most = 100;
  setting.get = [field](const Job& job) { return Json(percent_of(field(job))); };
  setting.set = [field](Job& job, const Json& value) { field(job) = *value.as_real() / 100.0; };
  return setting;
}

template <class Field>
Setting number(Row row, Range range, Field field) {
  Setting setting = setting_of(std::move(row), Form::Number);
  setting.least = range.least;
  setting.most = range.most;
  setting.get = [field](const Job& job) { return Json(field(job)); };
  setting.set = [field](Job& job, const Json& value) { field(job) = *value.as_real(); };
  return setting;
}

template <class Field>
Setting whole(Row row, Range range, Field field) {
  Setting setting = setting_of(std::move(row), Form::Whole);
  setting.least = range.least;
  setting.most = range.most;
  setting.get = [field](const Job& job) { return Json(std::int64_t{field(job)}); };
  setting.set = [field](Job& job, const Json& value) {
    field(job) = static_cast<int>(*value.as_integer());
  };
  return setting;
}

template <class Field>
Setting auto_or_number(Row row, Range range, Field field) {
  Setting setting = setting_of(std::move(row), Form::AutoOrNumber);
  setting.least = range.least;
  setting.most = range.most;
  setting.get = [field](const Job& job) {
    const std::optional<double>& value = field(job);
    return value ? Json(*value) : Json("auto");
  };
  setting.set = [field](Job& job, const Json& value) {
    const auto* given = value.as_real();
    field(job) = given == nullptr ? std::nullopt : std::optional<double>(*given);
  };
  return setting;
}

template <class Value, class Field>
Setting word(Row row, Words<Value> words, Field field) {
  Setting setting = setting_of(std::move(row), Form::Word);
  for (const auto& entry : words) setting.words.push_back(entry.first);
  setting.get = [field, words](const Job& job) {
    for (const auto& [word, value] : words) {
      if (field(job) == value) return word_value(word);
    }
    return Json{};
  };
  setting.set = [field, words](Job& job, const Json& given) {
    for (const auto& [word, value] : words) {
      if (word_value(word) == given) field(job) = value;
    }
  };
  return setting;
}

template <class Field>
Setting flag(Row row, Field field) {
  Setting setting = setting_of(std::move(row), Form::Flag);
  setting.get = [field](const Job& job) { return Json(bool{field(job)}); };
  setting.set = [field](Job& job, const Json& value) { field(job) = *value.as_bool(); };
  return setting;
}

template <class Field>
Setting region(Field field) {
  Setting setting = setting_of(
      {.key = "region", .help = "only this part of the picture, to try settings quickly"},
      Form::Region);
  setting.get = [field](const Job& job) {
    const std::optional<Rect>& part = field(job);
    if (!part) return Json{};
    return Json(Json::Array{std::int64_t{part->x}, std::int64_t{part->y}, std::int64_t{part->width},
                            std::int64_t{part->height}});
  };
  setting.set = [field](Job& job, const Json& value) {
    field(job).reset();
    const auto* sides = value.as_array();
    if (sides == nullptr) return;
    const auto side = [&](std::size_t i) { return static_cast<int>(*sides->at(i).as_integer()); };
    field(job) = Rect{side(0), side(1), side(2), side(3)};
  };
  return setting;
}

/// `of_camera` is the field that says whether the level is that of the camera.
template <class Field, class OfCamera>
Setting noise(Row row, Field field, OfCamera of_camera) {
  Setting setting = setting_of(std::move(row), Form::Noise);
  setting.get = [field, of_camera](const Job& job) {
    const std::optional<NoiseModel>& model = field(job);
    if (!model) return Json(of_camera(job) ? "camera" : "auto");
    return Json(Json::Object{{"a", Json::Array{model->a[0], model->a[1], model->a[2]}},
                             {"b", Json::Array{model->b[0], model->b[1], model->b[2]}}});
  };
  setting.set = [field, of_camera](Job& job, const Json& value) {
    field(job).reset();
    const auto* word = value.as_string();
    of_camera(job) = word != nullptr && *word == "camera";
    const auto* object = value.as_object();
    if (object == nullptr) return;
    NoiseModel model;
    model.origin = NoiseModel::Origin::Given;
    for (std::size_t colour = 0; colour < 3; ++colour) {
      model.a[colour] = *object->at("a").as_array()->at(colour).as_real();
      model.b[colour] = *object->at("b").as_array()->at(colour).as_real();
    }
    field(job) = model;
  };
  return setting;
}

/// A list of texts of `count` numbers each.
template <class Field>
Setting places(Row row, int count, Field field) {
  Setting setting = setting_of(std::move(row), Form::Places);
  setting.least = count;
  setting.get = [field](const Job& job) {
    Json::Array list;
    for (const std::string& text : field(job)) list.emplace_back(text);
    return Json(std::move(list));
  };
  setting.set = [field](Job& job, const Json& value) {
    auto& list = field(job);
    list.clear();
    for (const Json& entry : *value.as_array()) list.push_back(*entry.as_string());
  };
  return setting;
}

/// A list of paths.
template <class Field>
Setting paths(Row row, Field field) {
  Setting setting = setting_of(std::move(row), Form::Paths);
  setting.get = [field](const Job& job) {
    Json::Array list;
    for (const std::filesystem::path& path : field(job)) list.emplace_back(path.native());
    return Json(std::move(list));
  };
  setting.set = [field](Job& job, const Json& value) {
    auto& list = field(job);
    list.clear();
    for (const Json& entry : *value.as_array()) list.emplace_back(*entry.as_string());
  };
  return setting;
}

/// A path that is empty where there is none.
template <class Field>
Setting input_path(Row row, Field field) {
  Setting setting = setting_of(std::move(row), Form::Path);
  setting.get = [field](const Job& job) {
    const std::filesystem::path& path = field(job);
    return path.empty() ? Json{} : Json(path.native());
  };
  setting.set = [field](Job& job, const Json& value) {
    field(job) =
        value.is_null() ? std::filesystem::path{} : std::filesystem::path(*value.as_string());
  };
  return setting;
}

/// A percentage that may be left out.
template <class Field>
Setting auto_percent(Row row, Field field) {
  Setting setting = setting_of(std::move(row), Form::AutoOrNumber);
  setting.most = 100;
  setting.get = [field](const Job& job) {
    const std::optional<double>& value = field(job);
    return value ? Json(percent_of(*value)) : Json("auto");
  };
  setting.set = [field](Job& job, const Json& value) {
    const auto* given = value.as_real();
    field(job) = given == nullptr ? std::nullopt : std::optional<double>(*given / 100.0);
  };
  return setting;
}

template <class Field>
Setting text(Row row, Form form, Field field) {
  Setting setting = setting_of(std::move(row), form);
  setting.get = [field](const Job& job) {
    const std::string& value = field(job);
    return value.empty() ? Json{} : Json(value);
  };
  setting.set = [field](Job& job, const Json& value) {
    field(job) = value.is_null() ? std::string{} : *value.as_string();
  };
  return setting;
}

template <class Field>
Setting print_size(Row row, Field field) {
  Setting setting = setting_of(std::move(row), Form::Print);
  setting.get = [field](const Job& job) {
    const std::optional<PrintSize>& print = field(job);
    return print ? Json(text_of(*print)) : Json{};
  };
  setting.set = [field](Job& job, const Json& value) {
    field(job).reset();
    if (!value.is_null()) field(job) = parse_print_size(*value.as_string()).value();
  };
  return setting;
}

template <class Field>
Setting output_path(Row row, Field field) {
  Setting setting = setting_of(std::move(row), Form::Path);
  setting.get = [field](const Job& job) {
    const std::optional<std::filesystem::path>& path = field(job);
    return path ? Json(path->native()) : Json{};
  };
  setting.set = [field](Job& job, const Json& value) {
    field(job).reset();
    if (!value.is_null()) field(job) = *value.as_string();
  };
  return setting;
}

}  // namespace latent::app::rows
