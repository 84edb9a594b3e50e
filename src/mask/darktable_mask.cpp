// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/darktable_mask.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "image/bounds.h"
#include "mask/cleanup.h"
#include "mask/dense_crf.h"
#include "mask/distance.h"
#include "mask/marks.h"

namespace latent::mask {

namespace {

constexpr float kThreshold = 0.5F;
constexpr float kDeep = 4.0F;   // pixels from the outline, more than
constexpr double kApart = 8.0;  // pixels from the clicks on the object, at least
constexpr int kWiderBy = 20;    // the box, by this part of its side

Result<Image<std::uint8_t>> above_threshold(ImageView<const float> probability) {
  LATENT_TRY(auto mask, Image<std::uint8_t>::create(probability.size()));
  for (int y = 0; y < probability.height(); ++y) {
    std::ranges::transform(probability.row(y), mask.view().row(y).begin(), [](float p) {
      return static_cast<std::uint8_t>(p > kThreshold ? 1 : 0);
    });
  }
  return mask;
}

/// The clicks on the object, and the places of strokes.
std::vector<Point> places_on_object(std::span<const Prompt> prompts, Size size) {
  std::vector<Point> places;
  for (const Prompt& prompt : prompts) {
    if (!prompt.on_object || prompt.kind == PromptKind::Box) continue;
    for (const Place& place : prompt.places) places.push_back(pixel_of(place, size));
  }
  return places;
}

/// The middle of a pixel as a share of the sides.
Place place_of(int x, int y, Size size) {
  return {(x + 0.5) / size.width, (y + 0.5) / size.height};
}

Result<std::optional<Point>> thickest(ImageView<const std::uint8_t> mask,
                                      std::span<const Point> clicks) {
  LATENT_TRY(const auto distance, exact_distance(mask));
  float deepest = kDeep;
  std::optional<Point> best;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      if (distance.view().at(x, y) <= deepest) continue;
      deepest = distance.view().at(x, y);
      best = Point{x, y};
    }
  }
  const auto far_from = [&](const Point& click) {
    return std::hypot(click.x - best->x, click.y - best->y) >= kApart;
  };
  if (best && !std::ranges::all_of(clicks, far_from)) best.reset();
  return best;
}

}  // namespace

Result<std::vector<NetPoint>> darktable_points(ImageView<const float> probability,
                                               std::span<const Prompt> prompts,
                                               const NetContract& contract, const NetFrame& frame) {
  std::vector<NetPoint> points;
  for (const Prompt& prompt : prompts) {
    if (prompt.kind == PromptKind::Box) return points;
  }
  const Size size = probability.size();
  LATENT_TRY(const auto mask, above_threshold(probability));
  const auto box = bounds_of(mask.view());
  if (!box) return points;
  LATENT_TRY(const auto best, thickest(mask.view(), places_on_object(prompts, size)));
  if (best) points.push_back({frame.in_square(place_of(best->x, best->y, size)), 1});
  if (!contract.boxes) return points;
  const int across = box->width / kWiderBy + 1;
  const int down = box->height / kWiderBy + 1;
  const int left = std::max(0, box->x - across);
  const int top = std::max(0, box->y - down);
  const int right = std::min(size.width - 1, box->right() - 1 + across);
  const int bottom = std::min(size.height - 1, box->bottom() - 1 + down);
  points.push_back({frame.in_square(place_of(left, top, size)), 2});
  points.push_back({frame.in_square(place_of(right, bottom, size)), 3});
  return points;
}

Result<SoftMask> darktable_mask(SoftMask probability, std::span<const Prompt> prompts,
                                ImageView<const std::uint8_t> picture, const RunControl& control) {
  LATENT_TRY(const auto all, above_threshold(probability.view()));
  LATENT_TRY(auto kept, all.clone());
  auto clicks = places_on_object(prompts, probability.size());
  if (clicks.size() > 1) clicks = {clicks.back()};
  LATENT_CHECK(keep_pieces(kept.view(), clicks));
  for (int y = 0; y < kept.height(); ++y) {
    for (int x = 0; x < kept.width(); ++x) {
      if (all.view().at(x, y) != kept.view().at(x, y)) probability.view().at(x, y) = 0.0F;
    }
  }
  return dense_crf(picture, std::as_const(probability).view(), {}, control);
}

}  // namespace latent::mask
