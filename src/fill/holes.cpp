// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/holes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

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

namespace {

constexpr int kBlurCell = 32;
constexpr int kFewSteps = 24;

/// The mean of what was added.
struct Sum {
  std::array<double, 4> values{};  ///< three colours, the step between neighbours
  int count = 0;

  void add(const Sum& other) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += other.values[i];
    count += other.count;
  }
  [[nodiscard]] double mean(std::size_t i) const { return values[i] / std::max(1, count); }
  [[nodiscard]] double step() const { return mean(3); }
};

/// What a picture looks like inside a mask, and at each distance from it.
class Rings {
 public:
  explicit Rings(int most) : most_(most), sums_(static_cast<std::size_t>(calm() + 1)) {}

  /// The ground is seen from `most` to here.
  [[nodiscard]] int calm() const { return most_ + (most_ + 1) / 2; }

  /// Distance 0 is inside.
  void add(int distance, const Sum& what) { sums_[static_cast<std::size_t>(distance)].add(what); }
  void add(const Rings& other) {
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i].add(other.sums_[i]);
  }

  /// The distance at which the picture is as calm as the ground further out, and has its colour;
  /// nothing where too little of the ground is seen.
  [[nodiscard]] std::optional<float> blur() const {
    constexpr double kCalmEnough = 1.3;
    Sum ground;
    for (int ring = most_; ring <= calm(); ++ring)
      ground.add(sums_[static_cast<std::size_t>(ring)]);
    if (ground.count < kFewSteps) return std::nullopt;
    for (int ring = 1; ring < most_; ++ring) {
      const Sum& here = sums_[static_cast<std::size_t>(ring)];
      if (here.count == 0) return static_cast<float>(ring);
      if (here.step() <= kCalmEnough * ground.step() && !has_colour_of_object(here, ground)) {
        return static_cast<float>(ring);
      }
    }
    return static_cast<float>(most_);
  }

 private:
  /// Whether more than an eighth of the way from the ground's colour to the object's is left.
  [[nodiscard]] bool has_colour_of_object(const Sum& here, const Sum& ground) const {
    constexpr double kLeft = 0.125;
    constexpr double kAlike = 0.05 * 0.05;
    const Sum& object = sums_.front();
    if (object.count < kFewSteps) return false;
    double along = 0;
    double whole = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double way = object.mean(c) - ground.mean(c);
      along += way * (here.mean(c) - ground.mean(c));
      whole += way * way;
    }
    return whole > kAlike && along > kLeft * whole;
  }

  int most_;
  std::vector<Sum> sums_;
};

/// The blur in each cell of a picture and around it.
class BlurMap {
 public:
  static Result<BlurMap> of(ImageView<const float> picture, ImageView<const float> far, int most) {
    BlurMap map;
    LATENT_TRY(map.blur_, Image<float>::create({(far.width() + kBlurCell - 1) / kBlurCell,
                                                (far.height() + kBlurCell - 1) / kBlurCell}));
    const Size cells = map.blur_.size();
    std::vector<Rings> rings(static_cast<std::size_t>(cells.area()), Rings(most));
    const auto rings_at = [&](int cx, int cy) -> Rings& {
      return rings[static_cast<std::size_t>(cy) * static_cast<std::size_t>(cells.width) +
                   static_cast<std::size_t>(cx)];
    };
    const auto light = [&](int x, int y) {
      return picture.at(x, y, 0) + picture.at(x, y, 1) + picture.at(x, y, 2);
    };
    Rings all(most);
    for (int y = 1; y + 1 < far.height(); ++y) {
      for (int x = 1; x + 1 < far.width(); ++x) {
        const auto ring = static_cast<int>(far.at(x, y) + 0.5F);
        if (ring > all.calm()) continue;
        const float step = std::abs(light(x + 1, y) - light(x - 1, y)) +
                           std::abs(light(x, y + 1) - light(x, y - 1));
        rings_at(x / kBlurCell, y / kBlurCell)
            .add(ring, {{picture.at(x, y, 0), picture.at(x, y, 1), picture.at(x, y, 2), step}, 1});
      }
    }
    for (const Rings& cell : rings) all.add(cell);
    constexpr float kUnknown = 2.0F;
    const float usual = all.blur().value_or(kUnknown);
    for (int cy = 0; cy < cells.height; ++cy) {
      for (int cx = 0; cx < cells.width; ++cx) {
        Rings around(most);
        for (int y = std::max(0, cy - 1); y <= std::min(cells.height - 1, cy + 1); ++y) {
          for (int x = std::max(0, cx - 1); x <= std::min(cells.width - 1, cx + 1); ++x) {
            around.add(rings_at(x, y));
          }
        }
        map.blur_.view().at(cx, cy) = around.blur().value_or(usual);
      }
    }
    return map;
  }

  /// Between the middles of cells, linearly.
  [[nodiscard]] float at(int x, int y) const {
    const auto placed = [](int pixel, int cells) {
      const float place = (static_cast<float>(pixel) + 0.5F) / kBlurCell - 0.5F;
      return std::clamp(place, 0.0F, static_cast<float>(cells - 1));
    };
    const float px = placed(x, blur_.width());
    const float py = placed(y, blur_.height());
    const int left = static_cast<int>(px);
    const int top = static_cast<int>(py);
    const int right = std::min(left + 1, blur_.width() - 1);
    const int bottom = std::min(top + 1, blur_.height() - 1);
    const auto view = blur_.view();
    const float fx = px - static_cast<float>(left);
    const float fy = py - static_cast<float>(top);
    return std::lerp(std::lerp(view.at(left, top), view.at(right, top), fx),
                     std::lerp(view.at(left, bottom), view.at(right, bottom), fx), fy);
  }

 private:
  Image<float> blur_;
};

}  // namespace

int most_blur(Size picture) {
  constexpr int kLeast = 12;
  constexpr int kMost = 60;
  constexpr int kShare = 110;
  return std::clamp(std::max(picture.width, picture.height) / kShare, kLeast, kMost);
}

Result<float> grow_by_blur(ImageView<const float> picture, ImageView<std::uint8_t> mask, int most) {
  LATENT_ENSURE(most > 0 && picture.size() == mask.size() && picture.channels() == 3);
  LATENT_TRY(const auto far, distance_from(mask, static_cast<float>(Rings(most).calm()) + 2.0F));
  LATENT_TRY(const auto blur, BlurMap::of(picture, far.view(), most));
  float grown = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const float distance = far.view().at(x, y);
      if (mask.at(x, y) != 0 || distance > static_cast<float>(most)) continue;
      const float reach = blur.at(x, y);
      if (distance > reach) continue;
      mask.at(x, y) = 1;
      grown = std::max(grown, reach);
    }
  }
  return grown;
}

}  // namespace latent::fill
