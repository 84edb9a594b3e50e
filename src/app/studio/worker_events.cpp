// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/worker_events.h"

#include "models/manifest/json.h"

namespace latent::app {

namespace {

using models::Json;
using models::number_at;
using models::text_at;
constexpr std::size_t kMostBytes = std::size_t{4} << 20U;

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
  event.kind = kind_of(text_at(*object, "event"));
  event.fraction = number_at(*object, "fraction");
  event.output = text_at(*object, "output");
  event.message = text_at(*object, "message");
  event.megapixels = number_at(*object, "megapixels");
  event.model = text_at(*object, "model");
  if (const std::string device = text_at(*object, "device"); !device.empty()) {
    event.engine = device + ", " + text_at(*object, "precision");
  }
  const auto seconds = object->find("seconds");
  if (seconds != object->end() && seconds->second.as_object() != nullptr) {
    event.seconds = number_at(*seconds->second.as_object(), "total");
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
