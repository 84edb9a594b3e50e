// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/holes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace latent::fill {

namespace {

constexpr int kCell = 16;
constexpr int kLeastContext = 48;
constexpr int kMostMorePx = 160;
constexpr float kStep = 3.0F;
constexpr float kDiagonal = 4.0F;

/// Enough to find patches in, and not so much that a large hole asks for the whole picture.
Rect context_of(const Rect& bounds, Size picture) {
  const int side = std::max(bounds.width, bounds.height);
  const int margin = kLeastContext + side / 2 + std::min(side, kMostMorePx);
  return Rect{bounds.x - margin, bounds.y - margin, bounds.width + 2 * margin,
              bounds.height + 2 * margin}
      .intersection({0, 0, picture.width, picture.height});
}

Rect joined(const Rect& one, const Rect& other) {
  if (one.empty()) return other;
  const int left = std::min(one.x, other.x);
  const int top = std::min(one.y, other.y);
  return {left, top, std::max(one.right(), other.right()) - left,
          std::max(one.bottom(), other.bottom()) - top};
}

}  // namespace

std::int64_t Holes::pixels() const {
  std::int64_t sum = 0;
  for (const HoleGroup& group : groups_) sum += group.pixels;
  return sum;
}

Result<Holes> Holes::of(ImageView<const std::uint8_t> mask) {
  Holes holes;
  const Size cells{(mask.width() + kCell - 1) / kCell, (mask.height() + kCell - 1) / kCell};
  LATENT_TRY(holes.cells_, Image<std::int32_t>::create(cells));
  const auto view = holes.cells_.view();
  for (int y = 0; y < mask.height(); ++y) {
    const auto row = mask.row(y);
    for (int x = 0; x < mask.width(); ++x) {
      if (row[static_cast<std::size_t>(x)] != 0) view.at(x / kCell, y / kCell) = -1;
    }
  }
  std::vector<Point> open;
  for (int cy = 0; cy < cells.height; ++cy) {
    for (int cx = 0; cx < cells.width; ++cx) {
      if (view.at(cx, cy) != -1) continue;
      holes.groups_.emplace_back();
      const auto number = static_cast<std::int32_t>(holes.groups_.size());
      view.at(cx, cy) = number;
      open.push_back({cx, cy});
      while (!open.empty()) {
        const Point at = open.back();
        open.pop_back();
        for (int i = 0; i < 9; ++i) {
          const Point near{at.x + i % 3 - 1, at.y + i / 3 - 1};
          if (near.x < 0 || near.y < 0 || near.x >= cells.width || near.y >= cells.height) continue;
          if (view.at(near.x, near.y) != -1) continue;
          view.at(near.x, near.y) = number;
          open.push_back(near);
        }
      }
    }
  }
  for (int y = 0; y < mask.height(); ++y) {
    const auto row = mask.row(y);
    for (int x = 0; x < mask.width(); ++x) {
      if (row[static_cast<std::size_t>(x)] == 0) continue;
      HoleGroup& group = holes.groups_[static_cast<std::size_t>(view.at(x / kCell, y / kCell) - 1)];
      group.bounds = joined(group.bounds, {x, y, 1, 1});
      ++group.pixels;
    }
  }
  for (HoleGroup& group : holes.groups_) group.context = context_of(group.bounds, mask.size());
  return holes;
}

void Holes::split(ImageView<const std::uint8_t> mask, std::size_t group,
                  ImageView<std::uint8_t> hole, ImageView<std::uint8_t> bar) const {
  const Rect& area = groups_[group].context;
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      if (mask.at(area.x + x, area.y + y) == 0) continue;
      const auto owner = cells_.view().at((area.x + x) / kCell, (area.y + y) / kCell);
      (owner == static_cast<std::int32_t>(group) + 1 ? hole : bar).at(x, y) = 1;
    }
  }
}

Result<Image<float>> distance_from(ImageView<const std::uint8_t> mask, float most) {
  LATENT_TRY(auto far, Image<float>::create(mask.size()));
  const auto view = far.view();
  const int width = mask.width();
  const int height = mask.height();
  const float limit = most * kStep;
  const auto at = [&](int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= height ? limit : view.at(x, y);
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      float& here = view.at(x, y);
      if (mask.at(x, y) != 0) continue;
      here = std::min({limit, at(x - 1, y) + kStep, at(x, y - 1) + kStep,
                       at(x - 1, y - 1) + kDiagonal, at(x + 1, y - 1) + kDiagonal});
    }
  }
  for (int y = height; y-- > 0;) {
    for (int x = width; x-- > 0;) {
      float& here = view.at(x, y);
      here = std::min({here, at(x + 1, y) + kStep, at(x, y + 1) + kStep,
                       at(x + 1, y + 1) + kDiagonal, at(x - 1, y + 1) + kDiagonal});
    }
  }
  for (int y = 0; y < height; ++y) {
    for (float& value : view.row(y)) value *= 1.0F / kStep;
  }
  return far;
}

Status dilate(ImageView<std::uint8_t> mask, float reach) {
  if (!(reach > 0)) return {};
  LATENT_TRY(const auto far, distance_from(mask, reach + 2.0F));
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      if (far.view().at(x, y) <= reach) mask.at(x, y) = 1;
    }
  }
  return {};
}

Result<float> blur_beyond(ImageView<const float> picture, ImageView<const std::uint8_t> mask) {
  constexpr int kMost = 12;
  constexpr int kCalm = 18;  // the calm is measured from kMost to here
  constexpr float kCalmEnough = 1.3F;
  LATENT_TRY(const auto far, distance_from(mask, kCalm + 2.0F));
  std::array<double, kCalm + 1> steps{};
  std::array<double, kCalm + 1> counts{};
  const auto light = [&](int x, int y) {
    return picture.at(x, y, 0) + picture.at(x, y, 1) + picture.at(x, y, 2);
  };
  for (int y = 1; y + 1 < mask.height(); ++y) {
    for (int x = 1; x + 1 < mask.width(); ++x) {
      const auto ring = static_cast<std::size_t>(far.view().at(x, y) + 0.5F);
      if (ring < 1 || ring > kCalm) continue;
      steps[ring] += static_cast<double>(std::abs(light(x + 1, y) - light(x - 1, y)) +
                                         std::abs(light(x, y + 1) - light(x, y - 1)));
      counts[ring] += 1;
    }
  }
  double calm = 0;
  double calm_count = 0;
  for (int ring = kMost; ring <= kCalm; ++ring) {
    calm += steps[static_cast<std::size_t>(ring)];
    calm_count += counts[static_cast<std::size_t>(ring)];
  }
  if (calm_count == 0) return 2.0F;
  calm /= calm_count;
  for (int ring = 1; ring < kMost; ++ring) {
    const auto i = static_cast<std::size_t>(ring);
    if (counts[i] == 0 || steps[i] / counts[i] <= kCalmEnough * calm) {
      return static_cast<float>(ring);
    }
  }
  return static_cast<float>(kMost);
}

}  // namespace latent::fill
