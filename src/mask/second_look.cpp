// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/second_look.h"

#include <algorithm>
#include <cmath>

#include "image/bounds.h"
#include "mask/distance.h"
#include "mask/marks.h"

namespace latent::mask {

namespace {

constexpr float kDeep = 4.0F;        ///< pixels from the outline, more than
constexpr double kApart = 8.0;       ///< pixels from other clicks, at least
constexpr double kSmall = 0.25;      ///< of the longest side, at most
constexpr int kLeastCrop = 96;       ///< pixels of the photograph
constexpr double kSameObject = 0.5;  ///< IoU

bool inside(const Place& place) {
  return place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1;
}

Place in(const Rect& crop, const Place& place, Size photograph) {
  return {(place.x * photograph.width - crop.x) / crop.width,
          (place.y * photograph.height - crop.y) / crop.height};
}

}  // namespace

Result<std::vector<Prompt>> second_prompts(ImageView<const std::uint8_t> mask,
                                           std::span<const Prompt> prompts) {
  std::vector<Prompt> found;
  for (const Prompt& prompt : prompts) {
    if (prompt.kind == PromptKind::Box) return found;
  }
  const auto most = static_cast<float>(std::max(mask.width(), mask.height()));
  LATENT_TRY(const auto distance, distance_to_outline(mask, most));
  const auto apart = [&](int x, int y) {
    return std::ranges::all_of(prompts, [&](const Prompt& prompt) {
      if (!prompt.on_object) return true;
      return std::ranges::all_of(prompt.places, [&](const Place& place) {
        const Point at = pixel_of(place, mask.size());
        return std::hypot(at.x - x, at.y - y) >= kApart;
      });
    });
  };
  float deepest = kDeep;
  std::optional<Point> best;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      if (mask.at(x, y) == 0 || distance.view().at(x, y) <= deepest) continue;
      deepest = distance.view().at(x, y);
      best = Point{x, y};
    }
  }
  if (!best || !apart(best->x, best->y)) return found;
  Prompt click;
  click.places = {{(best->x + 0.5) / mask.width(), (best->y + 0.5) / mask.height()}};
  found.push_back(std::move(click));
  return found;
}

std::optional<Rect> crop_around(ImageView<const std::uint8_t> mask, std::span<const Prompt> prompts,
                                Size photograph) {
  const auto object = bounds_of(mask);
  if (!object) return std::nullopt;
  const double longest = std::max(mask.width(), mask.height());
  if (std::max(object->width, object->height) > kSmall * longest) return std::nullopt;
  const double across = static_cast<double>(photograph.width) / mask.width();
  const double down = static_cast<double>(photograph.height) / mask.height();
  // A square, so that no side of it is shown smaller than the other.
  const double side = std::max(
      {3.0 * object->width * across, 3.0 * object->height * down, static_cast<double>(kLeastCrop)});
  const auto line = [&](double middle, int whole) {
    const int length = std::min(whole, static_cast<int>(std::lround(side)));
    const int first = static_cast<int>(std::lround(middle - length / 2.0));
    return std::pair(std::clamp(first, 0, whole - length), length);
  };
  const auto [x, width] = line((object->x + object->width / 2.0) * across, photograph.width);
  const auto [y, height] = line((object->y + object->height / 2.0) * down, photograph.height);
  const Rect crop{x, y, width, height};
  if (std::max(width, height) > 0.8 * std::max(photograph.width, photograph.height)) {
    return std::nullopt;
  }
  for (const Prompt& prompt : prompts) {
    if (!prompt.on_object || prompt.kind == PromptKind::Box) continue;
    for (const Place& place : prompt.places) {
      if (!inside(in(crop, place, photograph))) return std::nullopt;
    }
  }
  return crop;
}

bool holds(const Rect& kept, const Rect& wanted) {
  constexpr double kLarger = 1.5;
  return kept.contains(wanted) &&
         std::max(kept.width, kept.height) <= kLarger * std::max(wanted.width, wanted.height);
}

ObjectPrompts in_crop(const ObjectPrompts& object, const Rect& crop, Size photograph) {
  ObjectPrompts found;
  const double longer = std::max(photograph.width, photograph.height);
  for (Prompt prompt : object.prompts) {
    for (Place& place : prompt.places) place = in(crop, place, photograph);
    if (prompt.kind == PromptKind::Box) {
      for (Place& place : prompt.places) {
        place = {std::clamp(place.x, 0.0, 1.0), std::clamp(place.y, 0.0, 1.0)};
      }
    } else {
      std::erase_if(prompt.places, [](const Place& place) { return !inside(place); });
    }
    prompt.radius *= longer / std::max(crop.width, crop.height);
    if (!prompt.places.empty() && check_prompt(prompt)) found.prompts.push_back(std::move(prompt));
  }
  return found;
}

bool agrees(const PartMask& part, ImageView<const std::uint8_t> mask, Size photograph) {
  std::int64_t both = 0;
  std::int64_t any = 0;
  for (int y = 0; y < mask.height(); ++y) {
    const double fy = (y + 0.5) / mask.height() * photograph.height;
    for (int x = 0; x < mask.width(); ++x) {
      const double fx = (x + 0.5) / mask.width() * photograph.width;
      const int px =
          static_cast<int>(std::floor((fx - part.area.x) / part.area.width * part.mask.width()));
      const int py =
          static_cast<int>(std::floor((fy - part.area.y) / part.area.height * part.mask.height()));
      const bool in_part = px >= 0 && py >= 0 && px < part.mask.width() && py < part.mask.height();
      const bool there = in_part && part.mask.view().at(px, py) != 0;
      const bool here = mask.at(x, y) != 0;
      both += here && there ? 1 : 0;
      any += here || there ? 1 : 0;
    }
  }
  return any > 0 && static_cast<double>(both) >= kSameObject * static_cast<double>(any);
}

}  // namespace latent::mask
