// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/prompts.h"

#include <algorithm>
#include <string>
#include <utility>

namespace latent::mask {

namespace {

const char* name_of(PromptKind kind) {
  switch (kind) {
    case PromptKind::Click:
      return "click";
    case PromptKind::Box:
      return "box";
    case PromptKind::Stroke:
      break;
  }
  return "stroke";
}

bool is_inside(const Place& place) {  // written so that NaN is outside
  return place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1;
}

Status check_box(const Prompt& prompt) {
  if (prompt.places.size() != 2) return fail(ErrorCode::Usage, "a box has two corners");
  if (prompt.places[0].x == prompt.places[1].x || prompt.places[0].y == prompt.places[1].y) {
    return fail(ErrorCode::Usage, "a box has no area; draw it around the whole object");
  }
  if (!prompt.on_object) return fail(ErrorCode::Usage, "a box is always around the object");
  return {};
}

Status check_stroke(const Prompt& prompt) {
  if (prompt.places.empty()) return fail(ErrorCode::Usage, "a stroke has no places");
  if (prompt.places.size() > kMostStrokePlaces) {
    return fail(ErrorCode::Usage, "a stroke has more than " + std::to_string(kMostStrokePlaces) +
                                      " places; split it");
  }
  if (!(prompt.radius > 0 && prompt.radius <= 1)) {
    return fail(ErrorCode::Usage,
                "the radius of a stroke is a share of the longest side, above 0 and at most 1");
  }
  return {};
}

}  // namespace

bool any_on_object(std::span<const Prompt> prompts) {
  return std::ranges::any_of(prompts, [](const Prompt& prompt) { return prompt.on_object; });
}

Status check_answerable(std::span<const Prompt> prompts, bool goes_on_from_mask) {
  if (goes_on_from_mask || any_on_object(prompts)) return {};
  return fail(ErrorCode::Usage, "nothing was clicked on the object");
}

Status check_prompt(const Prompt& prompt) {
  for (const Place& place : prompt.places) {
    if (is_inside(place)) continue;
    return fail(ErrorCode::Usage, std::string("a ") + name_of(prompt.kind) +
                                      " lies outside the photograph; places go from 0 to 1");
  }
  switch (prompt.kind) {
    case PromptKind::Click:
      if (prompt.places.size() == 1) return {};
      return fail(ErrorCode::Usage, "a click has one place");
    case PromptKind::Box:
      return check_box(prompt);
    case PromptKind::Stroke:
      return check_stroke(prompt);
  }
  return fail(ErrorCode::Usage, "a prompt is a click, a box or a stroke");
}

Status check_prompts(const PromptSet& set) {
  if (set.objects.empty()) {
    return fail(ErrorCode::Usage, "there are no prompts; click on the object");
  }
  if (set.objects.size() > kMostObjects) {
    return fail(ErrorCode::Usage,
                "there are more than " + std::to_string(kMostObjects) + " objects");
  }
  for (const ObjectPrompts& object : set.objects) {
    if (object.prompts.size() > kMostPrompts) {
      return fail(ErrorCode::Usage,
                  "an object has more than " + std::to_string(kMostPrompts) + " prompts");
    }
    for (const Prompt& prompt : object.prompts) LATENT_CHECK(check_prompt(prompt));
    const bool has_any = any_on_object(object.prompts);
    if (!has_any) {
      return fail(ErrorCode::Usage,
                  "an object has no click, box or stroke on it; only what is not of it was given");
    }
  }
  return {};
}

PromptHistory::PromptHistory(PromptSet start) { states_.push_back(std::move(start)); }

Status PromptHistory::push(PromptSet next) {
  states_.resize(current_ + 1);
  states_.push_back(std::move(next));
  ++current_;
  return {};
}

Status PromptHistory::add(std::size_t object, Prompt prompt) {
  LATENT_CHECK(check_prompt(prompt));
  PromptSet next = now();
  if (object > next.objects.size()) return fail(ErrorCode::Usage, "there is no such object");
  if (object == next.objects.size()) next.objects.emplace_back();
  next.objects[object].prompts.push_back(std::move(prompt));
  return push(std::move(next));
}

Status PromptHistory::remove_object(std::size_t object) {
  PromptSet next = now();
  if (object >= next.objects.size()) return fail(ErrorCode::Usage, "there is no such object");
  next.objects.erase(next.objects.begin() + static_cast<std::ptrdiff_t>(object));
  return push(std::move(next));
}

bool PromptHistory::undo() {
  if (current_ == 0) return false;
  --current_;
  return true;
}

bool PromptHistory::redo() {
  if (current_ + 1 >= states_.size()) return false;
  ++current_;
  return true;
}

}  // namespace latent::mask
