// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_prompts.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace latent::app {

using mask::Place;
using mask::Prompt;
using mask::PromptKind;
using mask::PromptSet;

namespace {

using Text = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr const char* kVersionKey = "latent_prompts";

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

}  // namespace latent::app
