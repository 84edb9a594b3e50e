// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/click_planes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mask/marks.h"
#include "mask/resampled.h"

namespace latent::mask {

namespace {

constexpr double kMargin = 1.6;
constexpr double kLeastShare = 0.09375;  ///< of the longest side
constexpr float kDisc = 3.5F;            ///< radius of a click's disc, pixels of the square
constexpr float kNearShare = 1.0F / 16;  ///< deviation of its surroundings, sides of the square
constexpr float kUnknown = 0.5F;         ///< of a mask that there is none of
constexpr std::uint8_t kBeyond = 128;    ///< of samples outside the picture
constexpr std::size_t kStrokePlaces = 5;

int rounded(double value) { return static_cast<int>(std::floor(value + 0.5)); }

/// The smallest rectangle around what was found and clicked.
struct Bounds {
  double left = 1e9;
  double top = 1e9;
  double right = -1e9;
  double bottom = -1e9;

  void grow(double x0, double y0, double x1, double y1) {
    left = std::min(left, x0);
    top = std::min(top, y0);
    right = std::max(right, x1);
    bottom = std::max(bottom, y1);
  }
  void grow(ImageView<const std::uint8_t> mask) {
    for (int y = 0; y < mask.height(); ++y) {
      for (int x = 0; x < mask.width(); ++x) {
        if (mask.at(x, y) != 0) grow(x, y, x + 1, y + 1);
      }
    }
  }
};

/// The part of a picture under the square, at its size; `beyond` where there is no picture.
Result<Image<float>> squared(ImageView<const std::uint8_t> picture, const ClickCrop& crop, int side,
                             std::uint8_t beyond) {
  const int channels = picture.channels();
  LATENT_TRY(auto canvas, Image<std::uint8_t>::create({crop.side, crop.side}, channels));
  for (int y = 0; y < crop.side; ++y) {
    const auto to = canvas.view().row(y);
    std::ranges::fill(to, beyond);
    const int from_y = y + crop.top;
    const int first = std::max(0, -crop.left);
    const int last = std::min(crop.side, picture.width() - crop.left);
    if (from_y < 0 || from_y >= picture.height() || last <= first) continue;
    const auto from = picture.row(from_y);
    std::copy(from.begin() + std::ptrdiff_t{first + crop.left} * channels,
              from.begin() + std::ptrdiff_t{last + crop.left} * channels,
              to.begin() + std::ptrdiff_t{first} * channels);
  }
  return resampled(std::as_const(canvas).view(), {side, side});
}

/// One of the planes of a tensor.
struct Plane {
  std::span<float> values;
  int side;
  [[nodiscard]] float& at(int x, int y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) +
                  static_cast<std::size_t>(x)];
  }
};

Plane plane(NetTensor& tensor, int index, int side) {
  const auto area = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  return {std::span(tensor.values).subspan(static_cast<std::size_t>(index) * area, area), side};
}

/// Discs and surroundings of the places that are on the object, or of those that are not.
void draw_places(std::span<const ClickPlace> places, bool on_object, const ClickCrop& crop,
                 const Plane& discs, const Plane& near) {
  std::vector<std::pair<float, float>> middles;
  const double scale = static_cast<double>(discs.side) / crop.side;
  for (const ClickPlace& place : places) {
    if (place.on_object != on_object) continue;
    middles.emplace_back(static_cast<float>((place.x - crop.left) * scale),
                         static_cast<float>((place.y - crop.top) * scale));
  }
  if (middles.empty()) return;
  const float deviation = kNearShare * static_cast<float>(discs.side);
  for (int y = 0; y < discs.side; ++y) {
    for (int x = 0; x < discs.side; ++x) {
      float least = 1e30F;
      for (const auto& [middle_x, middle_y] : middles) {
        const float across = static_cast<float>(x) + 0.5F - middle_x;
        const float down = static_cast<float>(y) + 0.5F - middle_y;
        least = std::min(least, across * across + down * down);
      }
      discs.at(x, y) = std::clamp(kDisc - std::sqrt(least), 0.0F, 1.0F);
      near.at(x, y) = std::exp(-least / (2 * deviation * deviation));
    }
  }
}

void draw_box(const std::optional<Prompt>& box, Size size, const ClickCrop& crop,
              const Plane& inside) {
  if (!box) {
    std::ranges::fill(inside.values, 1.0F);
    return;
  }
  const auto [left, right] = std::minmax(box->places.front().x, box->places.back().x);
  const auto [top, bottom] = std::minmax(box->places.front().y, box->places.back().y);
  const double scale = static_cast<double>(crop.side) / inside.side;
  for (int y = 0; y < inside.side; ++y) {
    const double py = (crop.top + (y + 0.5) * scale) / size.height;
    for (int x = 0; x < inside.side; ++x) {
      const double px = (crop.left + (x + 0.5) * scale) / size.width;
      const bool in = px >= left && px <= right && py >= top && py <= bottom;
      inside.at(x, y) = in ? 1.0F : 0.0F;
    }
  }
}

Status draw_mask(ImageView<const std::uint8_t> mask, const ClickCrop& crop, const Plane& plane) {
  if (mask.empty()) {
    std::ranges::fill(plane.values, kUnknown);
    return {};
  }
  LATENT_TRY(const auto square, squared(mask, crop, plane.side, 0));
  for (int y = 0; y < plane.side; ++y) {
    for (int x = 0; x < plane.side; ++x) plane.at(x, y) = square.view().at(x, y);
  }
  return {};
}

}  // namespace

std::vector<ClickPlace> click_places(std::span<const Prompt> prompts, Size size) {
  std::vector<ClickPlace> places;
  for (const Prompt& prompt : prompts) {
    if (prompt.kind == PromptKind::Box) continue;
    std::vector<Place> points = prompt.places;
    if (prompt.kind == PromptKind::Stroke) points = points_along(prompt, size, kStrokePlaces);
    for (const Place& place : points) {
      places.push_back({place.x * size.width, place.y * size.height, prompt.on_object});
    }
  }
  return places;
}

ClickCrop click_crop(const ClickQuestion& question) {
  Bounds bounds;
  for (const ClickPlace& place : question.places) {
    if (place.on_object) bounds.grow(place.x, place.y, place.x, place.y);
  }
  bounds.grow(question.before);
  bounds.grow(question.selector);
  const Size size = question.picture.size();
  const int longest = std::max(size.width, size.height);
  int side = longest;
  if (bounds.right >= bounds.left) {
    const double extent = std::max(bounds.right - bounds.left, bounds.bottom - bounds.top);
    side = std::clamp(rounded(std::max(kMargin * extent, kLeastShare * longest)), 1, longest);
  }
  if (side == longest)
    bounds = {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)};
  return {rounded((bounds.left + bounds.right - side) / 2),
          rounded((bounds.top + bounds.bottom - side) / 2), side};
}

Result<NetTensor> click_planes(const ClickQuestion& question, const ClickCrop& crop, int side) {
  const auto area = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  NetTensor tensor{"planes", {1, kClickPlanes, side, side}, {}};
  tensor.values.assign(kClickPlanes * area, 0.0F);
  LATENT_TRY(const auto colours, squared(question.picture, crop, side, kBeyond));
  for (int c = 0; c < 3; ++c) {
    const Plane colour = plane(tensor, c, side);
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        colour.at(x, y) = colours.view().at(x, y, c) * (1.0F / 255.0F) - 0.5F;
      }
    }
  }
  draw_places(question.places, true, crop, plane(tensor, 3, side), plane(tensor, 4, side));
  draw_places(question.places, false, crop, plane(tensor, 5, side), plane(tensor, 6, side));
  draw_box(question.box, question.picture.size(), crop, plane(tensor, 7, side));
  LATENT_CHECK(draw_mask(question.before, crop, plane(tensor, 8, side)));
  LATENT_CHECK(draw_mask(question.selector, crop, plane(tensor, 9, side)));
  return tensor;
}

Result<Image<std::uint8_t>> out_of_click_crop(ImageView<const float> logits, const ClickCrop& crop,
                                              ImageView<const std::uint8_t> selector) {
  LATENT_TRY(const auto large, resampled(logits, {crop.side, crop.side}));
  LATENT_TRY(auto mask, Image<std::uint8_t>::create(selector.size()));
  for (int y = 0; y < mask.height(); ++y) {
    const int row = y - crop.top;
    for (int x = 0; x < mask.width(); ++x) {
      const int column = x - crop.left;
      const bool reached = row >= 0 && row < crop.side && column >= 0 && column < crop.side;
      const bool in = reached ? large.view().at(column, row) > 0.0F : selector.at(x, y) != 0;
      mask.view().at(x, y) = in ? 1 : 0;
    }
  }
  return mask;
}

}  // namespace latent::mask
