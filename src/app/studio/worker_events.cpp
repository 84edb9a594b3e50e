// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/worker_events.h"

#include <cmath>

#include "models/manifest/json.h"

namespace latent::app {

namespace {

using models::Json;
constexpr std::size_t kMostBytes = std::size_t{4} << 20U;

std::string text_in(const Json::Object& object, std::string_view key) {
  const auto found = object.find(key);
  const auto* text = found == object.end() ? nullptr : found->second.as_string();
  return text == nullptr ? std::string{} : *text;
}

double number_in(const Json::Object& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  if (const auto* real = found->second.as_real()) return std::isfinite(*real) ? *real : 0;
  if (const auto* whole = found->second.as_integer()) return static_cast<double>(*whole);
  return 0;
}

WorkerEvent::Kind kind_of(const std::string& word) {
  using Kind = WorkerEvent::Kind;
  if (word == "start") return Kind::Start;
  if (word == "progress") return Kind::Progress;
  if (word == "done") return Kind::Done;
  if (word == "skipped") return Kind::Skipped;
  if (word == "error") return Kind::Error;
  return Kind::Other;
}

}  // namespace

std::optional<WorkerEvent> parse_event(std::string_view line) {
  const auto json = models::parse_json(line, "the worker", kMostBytes);
  if (!json) return std::nullopt;
  const auto* object = json->as_object();
  if (object == nullptr) return std::nullopt;
  WorkerEvent event;
  event.kind = kind_of(text_in(*object, "event"));
  event.fraction = number_in(*object, "fraction");
  event.output = text_in(*object, "output");
  event.message = text_in(*object, "message");
  event.megapixels = number_in(*object, "megapixels");
  event.model = text_in(*object, "model");
  if (const std::string device = text_in(*object, "device"); !device.empty()) {
    event.engine = device + ", " + text_in(*object, "precision");
  }
  const auto seconds = object->find("seconds");
  if (seconds != object->end() && seconds->second.as_object() != nullptr) {
    event.seconds = number_in(*seconds->second.as_object(), "total");
  }
  const auto notices = object->find("notices");
  if (notices != object->end() && notices->second.as_array() != nullptr) {
    for (const Json& notice : *notices->second.as_array()) {
      if (const auto* text = notice.as_string()) event.notices.push_back(*text);
    }
  }
  return event;
}

}  // namespace latent::app
