// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"

namespace latent::mask {

/// A place in the photograph as decoded, before it is turned upright: 0, 0 is the corner of its
/// first pixel, 1, 1 that of its last.
struct Place {
  double x = 0;
  double y = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

enum class PromptKind : std::uint8_t {
  Click,  ///< one place
  Box,    ///< two places, opposite corners: the object lies inside
  Stroke  ///< the line of a brush: one place or more
};

/// One thing a person said of an object.
struct Prompt {
  PromptKind kind = PromptKind::Click;
  bool on_object = true;  ///< of a click: it is on the object; of a stroke: it adds. A box: true
  std::vector<Place> places;
  double radius = 0;  ///< of a stroke, as a share of the longest side
  friend bool operator==(const Prompt&, const Prompt&) = default;
};

/// All that was said of one object, in order. A later prompt has the last word.
struct ObjectPrompts {
  std::vector<Prompt> prompts;
  friend bool operator==(const ObjectPrompts&, const ObjectPrompts&) = default;
};

/// Prompts of a photograph: what a mask is made of, and made again.
struct PromptSet {
  std::string source_sha256;  ///< of the photograph's file; empty where nobody asked
  Size source_size;           ///< as decoded
  std::vector<ObjectPrompts> objects;
  friend bool operator==(const PromptSet&, const PromptSet&) = default;
};

/// Limits of what a prompt file may ask for.
constexpr std::size_t kMostObjects = 64;
constexpr std::size_t kMostPrompts = 1000;  ///< of one object
constexpr std::size_t kMostStrokePlaces = 20000;

/// Whether the prompts can be answered.
///
/// Errors   Usage  a place outside the photograph or not a number, a box of no area, a stroke
///                 without places or radius, no prompt on the object at all, more than the limits.
[[nodiscard]] Status check_prompts(const PromptSet& set);

/// The same of one.
[[nodiscard]] Status check_prompt(const Prompt& prompt);

/// Whether any of an object's prompts is on it.
[[nodiscard]] bool any_on_object(std::span<const Prompt> prompts);

/// Errors   Usage  none is, and there is no mask to go on from.
[[nodiscard]] Status check_answerable(std::span<const Prompt> prompts, bool goes_on_from_mask);

/// Prompts that a person changes step by step, and takes back.
///
/// Threads  one call at a time.
class PromptHistory {
 public:
  explicit PromptHistory(PromptSet start = {});

  [[nodiscard]] const PromptSet& now() const { return states_[current_]; }

  /// Adds a prompt to an object; `object` may be the number of objects, which begins a new one.
  /// What was undone before is forgotten.
  ///
  /// Errors   Usage  as check_prompt(), or no such object.
  [[nodiscard]] Status add(std::size_t object, Prompt prompt);
  /// Errors   Usage  no such object.
  [[nodiscard]] Status remove_object(std::size_t object);

  /// Whether there was anything to take back, or to do again.
  bool undo();
  bool redo();

 private:
  [[nodiscard]] Status push(PromptSet next);

  std::vector<PromptSet> states_;
  std::size_t current_ = 0;
};

}  // namespace latent::mask
