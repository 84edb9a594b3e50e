// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/job_schema.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/path_text.h"
#include "app/setting.h"
#include "app/settings_table.h"
#include "app/task_table.h"

namespace latent::app {

using models::Json;

namespace {

using Text = nlohmann::ordered_json;

constexpr std::array kSections{Section::Settings, Section::Output, Section::Engine};

/// Schemas that stand once, under $defs.
Text shared_schemas() {
  const Text coordinate{{"type", "integer"}, {"minimum", 0}, {"maximum", kMostPixel}};
  const Text side{{"type", "integer"}, {"minimum", 1}, {"maximum", kMostPixel}};
  const Text of_colours{{"description", "red, green, blue"},
                        {"type", "array"},
                        {"items", {{"type", "number"}, {"minimum", 0}, {"maximum", kMostNoise}}},
                        {"minItems", 3},
                        {"maxItems", 3}};
  return {{"path",
           {{"description",
             "relative ones count from the folder of the job's file; a name that is no UTF-8 is "
             "written as a URI, file:///folder/%E9.dng"},
            {"type", "string"},
            {"pattern", kPathPattern}}},
          {"region",
           {{"description", "x, y, width, height in pixels, before the picture is turned upright"},
            {"type", "array"},
            {"prefixItems", {coordinate, coordinate, side, side}},
            {"minItems", 4},
            {"maxItems", 4}}},
          {"noise",
           {{"description", "variance = a x + b, x from black 0 to white 1"},
            {"type", "object"},
            {"properties", {{"a", of_colours}, {"b", of_colours}}},
            {"required", {"a", "b"}},
            {"additionalProperties", false}}}};
}

Text reference(const char* name) { return {{"$ref", std::string("#/$defs/") + name}}; }

Text either(const Text& first, const Text& second) {
  return {{"anyOf", Text::array({first, second})}};
}

Text number_text(double value) {
  if (value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

Text range_of(const Setting& setting, const char* type) {
  return {{"type", type},
          {"minimum", number_text(setting.least)},
          {"maximum", number_text(setting.most)}};
}

Text word_text(const Json& value) {
  if (const auto* whole = value.as_integer()) return *whole;
  return value.as_string() == nullptr ? Text(nullptr) : Text(*value.as_string());
}

Text words_of(const Setting& setting) {
  Text words = Text::array();
  for (const std::string& word : setting.words) words.push_back(word_text(word_value(word)));
  return {{"enum", words}};
}

Text form_of(const Setting& setting) {
  const Text nothing{{"type", "null"}};
  const Text automatic{{"const", "auto"}};
  switch (setting.form) {
    case Form::Flag:
      return {{"type", "boolean"}};
    case Form::Whole:
      return range_of(setting, "integer");
    case Form::Number:
      return range_of(setting, "number");
    case Form::AutoOrNumber:
      return either(automatic, range_of(setting, "number"));
    case Form::Word:
      return words_of(setting);
    case Form::Noise:
      return either({{"enum", {"auto", "camera"}}}, reference("noise"));
    case Form::Region:
      return either(nothing, reference("region"));
    case Form::Places: {
      const std::string number = "-?[0-9.]+(e-?[0-9]+)?%?";
      std::string pattern = "^" + number;
      for (int i = 1; i < static_cast<int>(setting.least); ++i) pattern += "," + number;
      return {{"type", "array"},
              {"items", {{"type", "string"}, {"pattern", pattern + "$(?!\\n)"}}},
              {"maxItems", 1000}};
    }
    case Form::Device:
      return {{"type", "string"}, {"pattern", "^[A-Za-z0-9._:-]{1,64}$(?!\\n)"}};
    case Form::Print:
      return either(nothing, {{"type", "string"},
                              {"pattern",
                               "^[0-9]*\\.?[0-9]+x[0-9]*\\.?[0-9]+(cm|mm|in)(@[0-9]*\\.?[0-9]+"
                               "(dpi)?)?$(?!\\n)"}});
    case Form::Name:
      return setting.nullable ? either(nothing, reference("path")) : reference("path");
    case Form::Path:
      return either(nothing, reference("path"));
    case Form::Paths:
      return {{"type", "array"}, {"items", reference("path")}, {"maxItems", 100}};
  }
  return {};
}

Text property_of(const Setting& setting, const Job& defaults) {
  Text property{{"description", setting.help}};
  property.update(form_of(setting));
  const Json value = setting.get(defaults);
  if (const auto* real = value.as_real()) {
    property["default"] = number_text(*real);
  } else if (const auto* flag = value.as_bool()) {
    property["default"] = *flag;
  } else if (value.as_array() != nullptr) {
    property["default"] = Text::array();
  } else {
    property["default"] = word_text(value);
  }
  // What is done then depends on whether a file is named.
  if (setting.key == "if_exists") property.erase("default");
  return property;
}

Text section_of(const TaskRow& row, const Job& defaults, Section section) {
  Text properties = Text::object();
  for (const Setting& setting : *row.settings) {
    if (setting.section != section) continue;
    properties[setting.key] = property_of(setting, defaults);
  }
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

/// One output file is for one source, and then there is no folder.
Text one_file_rule() {
  const Text names_a_file{
      {"properties",
       {{"output", {{"properties", {{"file", {{"type", "string"}}}}}, {"required", {"file"}}}}}},
      {"required", {"output"}}};
  const Text then{{"properties",
                   {{"sources", {{"maxItems", 1}}},
                    {"output", {{"properties", {{"folder", {{"type", "null"}}}}}}}}}};
  return {{"if", names_a_file}, {"then", then}};
}

Text with_setting(const char* key, const Text& value) {
  return {{"properties", {{"settings", {{"properties", {{key, value}}}, {"required", {key}}}}}},
          {"required", {"settings"}}};
}

/// A factor, or a print from which it is taken.
Text enlargement_rule() {
  return {
      {"anyOf",
       {with_setting("scale", {{"enum", {2, 4}}}), with_setting("print", {{"type", "string"}})}}};
}

Text task_schema(const TaskRow& row) {
  Job defaults;
  defaults.task = row.id;
  defaults.settings = row.defaults;
  defaults.format = row.endings.front();
  Text object{{"description", row.summary}};
  object.update(section_of(row, defaults, Section::Top));
  Text properties{{"latent_job", {{"description", "the version"}, {"const", kJobVersion}}},
                  {"task", {{"const", row.id}}},
                  {"sources",
                   {{"description", row.sources},
                    {"type", "array"},
                    {"items", reference("path")},
                    {"minItems", 1},
                    {"maxItems", kMaxSources}}}};
  properties.update(object["properties"]);
  for (const Section section : kSections) {
    properties[section_name(section)] = section_of(row, defaults, section);
  }
  object["properties"] = properties;
  object["required"] = Text::array({"latent_job", "task", "sources"});
  object.update(one_file_rule());
  if (find_setting(*row.settings, "print") != nullptr) object.update(enlargement_rule());
  return object;
}

}  // namespace

std::string job_schema() {
  Text schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "A job of Latent, version 1: made by latent run --print-schema"}};
  schema["type"] = "object";
  schema["required"] = Text::array({"task"});
  schema["oneOf"] = Text::array();
  Text definitions = shared_schemas();
  for (const TaskRow& row : task_table()) {
    schema["oneOf"].push_back(reference(row.id.c_str()));
    definitions[row.id] = task_schema(row);
  }
  schema["$defs"] = definitions;
  return schema.dump(2) + "\n";
}

}  // namespace latent::app
