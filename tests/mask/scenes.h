// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "image/image.h"
#include "mask/prompts.h"

namespace latent::mask {

/// Grain that is the same everywhere and every time.
inline int grain(int x, int y, int strength) {
  const auto mixed = (static_cast<std::uint32_t>(x) * 73856093U) ^
                     (static_cast<std::uint32_t>(y) * 19349663U * 2654435761U);
  return static_cast<int>((mixed >> 13U) % static_cast<std::uint32_t>(2 * strength + 1)) - strength;
}

inline bool in_disc(int x, int y, int cx, int cy, int radius) {
  return (x - cx) * (x - cx) + (y - cy) * (y - cy) <= radius * radius;
}

/// Red discs with grain on a blue-green ground that grows lighter downwards.
struct Disc {
  int x;
  int y;
  int radius;
};

inline Image<std::uint8_t> discs(Size size, std::initializer_list<Disc> list) {
  auto picture = Image<std::uint8_t>::create(size, 3).value();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const bool inside = std::ranges::any_of(
          list, [&](const Disc& disc) { return in_disc(x, y, disc.x, disc.y, disc.radius); });
      const int noise = grain(x, y, 9);
      const int light = 60 * y / size.height;
      auto* pixel = &picture.view().at(x, y);
      pixel[0] = static_cast<std::uint8_t>(std::clamp((inside ? 190 : 50) + noise, 0, 255));
      pixel[1] = static_cast<std::uint8_t>(std::clamp((inside ? 60 : 110 + light) + noise, 0, 255));
      pixel[2] = static_cast<std::uint8_t>(std::clamp((inside ? 50 : 120) - noise, 0, 255));
    }
  }
  return picture;
}

/// IoU of a mask with what `truth(x, y)` says, x and y in pixels of the mask.
template <class Mask, class Truth>
double iou_with(const Mask& mask, const Truth& truth) {
  double both = 0;
  double either = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const bool found = static_cast<float>(mask.view().at(x, y)) >= 0.5F;
      const bool real = truth(x, y);
      if (found && real) both += 1;
      if (found || real) either += 1;
    }
  }
  return either > 0 ? both / either : 1.0;
}

inline Prompt click(double x, double y, bool on_object = true) {
  Prompt prompt;
  prompt.on_object = on_object;
  prompt.places = {{x, y}};
  return prompt;
}

inline Prompt box(double x, double y, double x2, double y2) {
  Prompt prompt;
  prompt.kind = PromptKind::Box;
  prompt.places = {{x, y}, {x2, y2}};
  return prompt;
}

inline Prompt stroke(std::vector<Place> places, double radius, bool on_object = true) {
  Prompt prompt;
  prompt.kind = PromptKind::Stroke;
  prompt.on_object = on_object;
  prompt.places = std::move(places);
  prompt.radius = radius;
  return prompt;
}

}  // namespace latent::mask
