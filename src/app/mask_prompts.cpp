// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/path.h"
#include "base/small_file.h"
#include "models/manifest/json.h"

namespace latent::app {

using mask::Place;
using mask::Prompt;
using mask::PromptKind;
using mask::PromptSet;
using models::Json;

namespace {

using Text = nlohmann::ordered_json;

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostBytes = 16'000'000;
constexpr const char* kVersionKey = "latent_prompts";
constexpr std::int64_t kMostSide = 1'000'000;

// --- to text ---------------------------------------------------------------------------------

Text text_of(const Place& place) { return Text::array({place.x, place.y}); }

Text text_of(const std::vector<Place>& places) {
  Text list = Text::array();
  for (const Place& place : places) list.push_back(text_of(place));
  return list;
}

Text text_of(const Prompt& prompt) {
  Text text = Text::object();
  switch (prompt.kind) {
    case PromptKind::Click:
      text["click"] = text_of(prompt.places.front());
      break;
    case PromptKind::Box:
      text["box"] = text_of(prompt.places);
      return text;
    case PromptKind::Stroke:
      text["stroke"] = text_of(prompt.places);
      text["radius"] = prompt.radius;
      break;
  }
  text["on_object"] = prompt.on_object;
  return text;
}

// --- from text -------------------------------------------------------------------------------

/// A reader of one text: knows what it is called, so that every sentence names it.
class Reading {
 public:
  explicit Reading(std::string what) : what_(std::move(what)) {}

  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& where,
                                            const std::string& problem) const {
    return fail(ErrorCode::Corrupt, fmt::format("{}: {} {}", what_, where, problem));
  }

  Result<const Json*> member(const Json::Object& object, const char* key,
                             const std::string& where) const {
    const auto found = object.find(key);
    if (found == object.end()) return wrong(where, fmt::format("lacks the key \"{}\"", key));
    return &found->second;
  }

  [[nodiscard]] Status only(const Json::Object& object,
                            std::initializer_list<std::string_view> keys,
                            const std::string& where) const {
    for (const auto& [key, value] : object) {
      if (std::ranges::find(keys, key) != keys.end()) continue;
      return wrong(where, fmt::format("has the unknown key \"{}\"", key.substr(0, 40)));
    }
    return {};
  }

  [[nodiscard]] Result<double> number(const Json& value, const std::string& where) const {
    if (const auto* real = value.as_real()) return *real;
    if (const auto* whole = value.as_integer()) return static_cast<double>(*whole);
    return wrong(where, "is no number");
  }

  [[nodiscard]] Result<bool> flag(const Json& value, const std::string& where) const {
    if (const auto* found = value.as_bool()) return *found;
    return wrong(where, "is neither true nor false");
  }

  [[nodiscard]] Result<Place> place(const Json& value, const std::string& where) const {
    const auto* list = value.as_array();
    if (list == nullptr || list->size() != 2) return wrong(where, "is no place [x, y]");
    LATENT_TRY(const double x, number((*list)[0], where));
    LATENT_TRY(const double y, number((*list)[1], where));
    return Place{x, y};
  }

  [[nodiscard]] Result<std::vector<Place>> places(const Json& value,
                                                  const std::string& where) const {
    const auto* list = value.as_array();
    if (list == nullptr) return wrong(where, "is no list of places");
    if (list->size() > mask::kMostStrokePlaces) return wrong(where, "has too many places");
    std::vector<Place> found;
    for (const Json& entry : *list) {
      LATENT_TRY(const Place one, place(entry, where));
      found.push_back(one);
    }
    return found;
  }

  [[nodiscard]] Result<Prompt> prompt(const Json& value, const std::string& where) const {
    const auto* object = value.as_object();
    if (object == nullptr) return wrong(where, "is no object");
    Prompt found;
    if (const auto click = object->find("click"); click != object->end()) {
      LATENT_CHECK(only(*object, {"click", "on_object"}, where));
      LATENT_TRY(const Place one, place(click->second, where + ".click"));
      found.places = {one};
    } else if (const auto box = object->find("box"); box != object->end()) {
      LATENT_CHECK(only(*object, {"box"}, where));
      found.kind = PromptKind::Box;
      LATENT_TRY(found.places, places(box->second, where + ".box"));
      return checked(std::move(found), where);
    } else if (const auto stroke = object->find("stroke"); stroke != object->end()) {
      LATENT_CHECK(only(*object, {"stroke", "radius", "on_object"}, where));
      found.kind = PromptKind::Stroke;
      LATENT_TRY(found.places, places(stroke->second, where + ".stroke"));
      LATENT_TRY(const Json* radius, member(*object, "radius", where));
      LATENT_TRY(found.radius, number(*radius, where + ".radius"));
    } else {
      return wrong(where, "is neither a \"click\", a \"box\" nor a \"stroke\"");
    }
    LATENT_TRY(const Json* on_object, member(*object, "on_object", where));
    LATENT_TRY(found.on_object, flag(*on_object, where + ".on_object"));
    return checked(std::move(found), where);
  }

  [[nodiscard]] Result<std::vector<Prompt>> prompts(const Json::Array& list,
                                                    const std::string& where) const {
    if (list.size() > mask::kMostPrompts) return wrong(where, "has too many prompts");
    std::vector<Prompt> found;
    for (std::size_t i = 0; i < list.size(); ++i) {
      LATENT_TRY(Prompt one, prompt(list[i], fmt::format("{}[{}]", where, i)));
      found.push_back(std::move(one));
    }
    return found;
  }

  [[nodiscard]] Result<PromptSet> all(const Json& text) const {
    const auto* object = text.as_object();
    if (object == nullptr) return wrong("the text", "is no object");
    LATENT_TRY(const Json* version, member(*object, kVersionKey, "the text"));
    const auto* number_of_version = version->as_integer();
    if (number_of_version == nullptr || *number_of_version < 1) {
      return wrong(kVersionKey, "is no version");
    }
    if (*number_of_version > kVersion) {
      return fail(ErrorCode::Unsupported,
                  fmt::format("{} holds prompts of version {}; this program knows version {}, a "
                              "later one of Latent reads them",
                              what_, *number_of_version, kVersion));
    }
    LATENT_CHECK(only(*object, {kVersionKey, "source", "objects"}, "the text"));
    PromptSet set;
    LATENT_TRY(const Json* source, member(*object, "source", "the text"));
    LATENT_CHECK(read_source(*source, set));
    LATENT_TRY(const Json* objects, member(*object, "objects", "the text"));
    const auto* list = objects->as_array();
    if (list == nullptr) return wrong("objects", "is no list");
    if (list->size() > mask::kMostObjects) return wrong("objects", "has too many entries");
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string where = fmt::format("objects[{}]", i);
      const auto* entry = (*list)[i].as_object();
      if (entry == nullptr) return wrong(where, "is no object");
      LATENT_CHECK(only(*entry, {"prompts"}, where));
      LATENT_TRY(const Json* entries, member(*entry, "prompts", where));
      const auto* prompt_list = entries->as_array();
      if (prompt_list == nullptr) return wrong(where + ".prompts", "is no list");
      LATENT_TRY(auto found, prompts(*prompt_list, where + ".prompts"));
      set.objects.push_back({std::move(found)});
    }
    if (auto good = mask::check_prompts(set); !good) {
      return fail(ErrorCode::Usage, what_ + ": " + good.error().sentence);
    }
    return set;
  }

 private:
  [[nodiscard]] Result<Prompt> checked(Prompt prompt, const std::string& where) const {
    if (auto good = mask::check_prompt(prompt); !good) {
      return fail(ErrorCode::Usage, fmt::format("{}: {}: {}", what_, where, good.error().sentence));
    }
    return prompt;
  }

  [[nodiscard]] Status read_source(const Json& value, PromptSet& set) const {
    const auto* object = value.as_object();
    if (object == nullptr) return wrong("source", "is no object");
    LATENT_CHECK(only(*object, {"sha256", "width", "height"}, "source"));
    LATENT_TRY(const Json* hash, member(*object, "sha256", "source"));
    const auto* digits = hash->as_string();
    const bool is_hash = digits != nullptr && (digits->empty() || digits->size() == 64) &&
                         digits->find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!is_hash) return wrong("source.sha256", "is no SHA-256 in lower-case digits");
    set.source_sha256 = *digits;
    for (const auto& [key, side] : {std::pair{"width", &set.source_size.width},
                                    std::pair{"height", &set.source_size.height}}) {
      LATENT_TRY(const Json* entry, member(*object, key, "source"));
      const auto* whole = entry->as_integer();
      if (whole == nullptr || *whole < 1 || *whole > kMostSide) {
        return wrong(std::string("source.") + key, "is no number of pixels");
      }
      *side = static_cast<int>(*whole);
    }
    return {};
  }

  std::string what_;
};

}  // namespace

std::string prompts_to_json(const PromptSet& prompts) {
  Text text = Text::object();
  text[kVersionKey] = kVersion;
  text["source"] = {{"sha256", prompts.source_sha256},
                    {"width", prompts.source_size.width},
                    {"height", prompts.source_size.height}};
  text["objects"] = Text::array();
  for (const auto& object : prompts.objects) {
    Text list = Text::array();
    for (const Prompt& prompt : object.prompts) list.push_back(text_of(prompt));
    text["objects"].push_back({{"prompts", std::move(list)}});
  }
  return text.dump(2) + "\n";
}

Result<PromptSet> prompts_from_json(std::string_view text, const std::string& what) {
  LATENT_TRY(const Json json, models::parse_json(text, what, kMostBytes));
  return Reading(what).all(json);
}

Result<std::vector<Prompt>> prompt_list_from_json(std::string_view text, const std::string& what) {
  LATENT_TRY(const Json json, models::parse_json(text, what, kMostBytes));
  const Reading reading(what);
  if (const auto* list = json.as_array()) return reading.prompts(*list, "the list");
  LATENT_TRY(Prompt one, reading.prompt(json, "the prompt"));
  std::vector<Prompt> found;
  found.push_back(std::move(one));
  return found;
}

Result<PromptSet> read_prompts(const std::filesystem::path& file) {
  LATENT_TRY(const std::string text, read_small_file(file, kMostBytes));
  return prompts_from_json(text, quoted(file));
}

Result<std::vector<Prompt>> read_prompt_list(const std::filesystem::path& file) {
  LATENT_TRY(const std::string text, read_small_file(file, kMostBytes));
  return prompt_list_from_json(text, quoted(file));
}

}  // namespace latent::app
