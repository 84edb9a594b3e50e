// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/rasterise.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/threads.h"
#include "mask/area_buffer.h"
#include "mask/feather.h"
#include "mask/flatten.h"

namespace latent::mask {

namespace {

constexpr int kMostDepth = 16;

/// The part of the picture that a path and its feather can change.
Rect box_of(std::span<const FlatPoint> polygon, Size size) {
  double left = size.width;
  double top = size.height;
  double right = 0;
  double bottom = 0;
  double feather = 0;
  for (const FlatPoint& point : polygon) {
    left = std::min(left, point.at.x);
    right = std::max(right, point.at.x);
    top = std::min(top, point.at.y);
    bottom = std::max(bottom, point.at.y);
    feather = std::max(feather, point.feather_px);
  }
  const auto inside = [](double value, int side) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(side)));
  };
  const int x = inside(std::floor(left - feather), size.width);
  const int y = inside(std::floor(top - feather), size.height);
  return {x, y, inside(std::ceil(right + feather), size.width) - x,
          inside(std::ceil(bottom + feather), size.height) - y};
}

/// A drawn shape, and where: outside the box it is 0.
struct Drawn {
  Rect box;
  Image<float> mask;
};

float combined(Combine combine, float a, float m) {
  switch (combine) {
    case Combine::Union:
      return std::max(a, m);
    case Combine::Intersection:
      return std::min(a, m);
    case Combine::Difference:
      return a * (1 - m);
    case Combine::Sum:
      return std::min(1.0F, a + m);
    case Combine::Exclusion:
      return a > 0 && m > 0 ? std::max(a * (1 - m), m * (1 - a)) : std::max(a, m);
    case Combine::Product:
      return a * m;
    case Combine::Screen:
      return a + m - a * m;
    case Combine::Replace:
      return m;
  }
  return a;
}

/// Whether a member changes nothing where it is 0.
bool is_local(const Shape& member) {
  return !member.inverse &&
         (member.combine == Combine::Union || member.combine == Combine::Difference ||
          member.combine == Combine::Sum || member.combine == Combine::Exclusion ||
          member.combine == Combine::Screen);
}

class Rasteriser {
 public:
  Rasteriser(Size size, const RunControl& control, int threads)
      : size_(size), control_(control), threads_(threads_or_all(threads)) {}

  /// The shape itself, without its `inverse` and `opacity`.
  [[nodiscard]] Result<Drawn> draw(const Shape& shape, int depth) const {
    if (depth > kMostDepth) {
      return fail(ErrorCode::Unsupported, "groups of masks within groups, more than 16 deep");
    }
    LATENT_CHECK(control_.check());
    if (!shape.path.empty()) return draw_path(shape.path);
    Drawn drawn{{0, 0, size_.width, size_.height}, {}};
    LATENT_TRY(drawn.mask, Image<float>::create(size_));
    for (const Shape& member : shape.members) {
      LATENT_TRY(const Drawn part, draw(member, depth + 1));
      LATENT_CHECK(combine(drawn.mask.view(), member, part));
    }
    return drawn;
  }

  /// Puts a member onto what is there.
  [[nodiscard]] Status combine(ImageView<float> mask, const Shape& member,
                               const Drawn& part) const {
    const Rect changed = is_local(member) ? part.box : Rect{0, 0, mask.width(), mask.height()};
    const auto opacity = static_cast<float>(std::clamp(member.opacity, 0.0, 1.0));
    const auto rows = [&](int first, int last) {
      for (int y = changed.y + first; y < changed.y + last; ++y) {
        const auto out = mask.row(y);
        for (int x = changed.x; x < changed.right(); ++x) {
          const bool drawn = part.box.contains({x, y, 1, 1});
          float m = drawn ? part.mask.view().at(x - part.box.x, y - part.box.y) : 0.0F;
          m = (member.inverse ? 1 - m : m) * opacity;
          float& a = out[static_cast<std::size_t>(x)];
          a = combined(member.combine, a, m);
        }
      }
    };
    return for_row_parts(changed.height, threads_, rows);
  }

 private:
  [[nodiscard]] Result<Drawn> draw_path(std::span<const PathNode> path) const {
    const auto polygon = flatten(path);
    const Rect box = box_of(polygon, size_);
    if (box.empty()) return Drawn{};
    LATENT_TRY(auto area, AreaBuffer::create(box));
    bool feathered = false;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      area.add_edge(polygon[i].at, polygon[(i + 1) % polygon.size()].at);
      feathered = feathered || polygon[i].feather_px > 0;
    }
    Drawn drawn{box, {}};
    LATENT_TRY(drawn.mask, std::move(area).cover(threads_));
    if (feathered) draw_feather(drawn.mask.view(), box, polygon);
    return drawn;
  }

  Size size_;
  const RunControl& control_;
  int threads_;
};

void drop_feather(Shape& shape) {
  for (PathNode& node : shape.path) node.feather_px = 0;
  for (Shape& member : shape.members) drop_feather(member);
}

}  // namespace

Result<Image<float>> rasterise(const Shape& shape, Size size, const RunControl& control,
                               int threads) {
  const Rasteriser rasteriser(size, control, threads);
  LATENT_TRY(auto mask, Image<float>::create(size));
  LATENT_TRY(const Drawn drawn, rasteriser.draw(shape, 0));
  LATENT_CHECK(rasteriser.combine(mask.view(), shape, drawn));
  return mask;
}

double soft_iou(ImageView<const float> a, ImageView<const float> b) {
  double shared = 0;
  double either = 0;
  for (int y = 0; y < a.height() && y < b.height(); ++y) {
    const auto row_a = a.row(y);
    const auto row_b = b.row(y);
    for (std::size_t x = 0; x < row_a.size() && x < row_b.size(); ++x) {
      shared += static_cast<double>(std::min(row_a[x], row_b[x]));
      either += static_cast<double>(std::max(row_a[x], row_b[x]));
    }
  }
  return either > 0 ? shared / either : 1;
}

double iou(ImageView<const float> a, float a_threshold, ImageView<const float> b,
           float b_threshold) {
  std::int64_t shared = 0;
  std::int64_t either = 0;
  for (int y = 0; y < a.height() && y < b.height(); ++y) {
    const auto row_a = a.row(y);
    const auto row_b = b.row(y);
    int row_shared = 0;
    int row_either = 0;
    for (std::size_t x = 0; x < row_a.size() && x < row_b.size(); ++x) {
      const int in_a = row_a[x] > a_threshold ? 1 : 0;
      const int in_b = row_b[x] > b_threshold ? 1 : 0;
      row_shared += in_a & in_b;
      row_either += in_a | in_b;
    }
    shared += row_shared;
    either += row_either;
  }
  return either > 0 ? static_cast<double>(shared) / static_cast<double>(either) : 1;
}

Result<double> iou(const Shape& shape, ImageView<const float> mask, float threshold, int threads) {
  Shape plain = shape;
  drop_feather(plain);
  LATENT_TRY(const auto drawn, rasterise(plain, mask.size(), {}, threads));
  return iou(drawn.view(), 0.5F, mask, threshold);
}

}  // namespace latent::mask
