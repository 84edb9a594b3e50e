// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/area_buffer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/threads.h"

namespace latent::mask {

namespace {

PathPoint between(PathPoint a, PathPoint b, double part) { return a + (b - a) * part; }

}  // namespace

Result<AreaBuffer> AreaBuffer::create(const Rect& box) {
  LATENT_TRY(auto cells, Image<float>::create({box.width + 2, box.height}));
  return AreaBuffer(box, std::move(cells));
}

void AreaBuffer::add_edge(PathPoint a, PathPoint b) {
  a = a - PathPoint{static_cast<double>(box_.x), static_cast<double>(box_.y)};
  b = b - PathPoint{static_cast<double>(box_.x), static_cast<double>(box_.y)};
  if (a.y == b.y || !std::isfinite(a.x + a.y + b.x + b.y)) return;
  double direction = 1;
  if (a.y > b.y) {
    std::swap(a, b);
    direction = -1;
  }
  const double top = 0;
  const double bottom = box_.height;
  if (b.y <= top || a.y >= bottom) return;
  const PathPoint from = a.y < top ? between(a, b, (top - a.y) / (b.y - a.y)) : a;
  const PathPoint to = b.y > bottom ? between(a, b, (bottom - a.y) / (b.y - a.y)) : b;
  // Cut where it crosses the sides of the box, so that only whole parts are moved onto them.
  std::array<double, 4> cuts{0, 1, 1, 1};
  std::size_t count = 1;
  for (const double side : {0.0, static_cast<double>(box_.width)}) {
    const double part = from.x == to.x ? -1 : (side - from.x) / (to.x - from.x);
    if (part > 0 && part < 1) cuts[count++] = part;
  }
  if (count == 3 && cuts[1] > cuts[2]) std::swap(cuts[1], cuts[2]);
  cuts[count] = 1;
  for (std::size_t i = 0; i < count; ++i) {
    add_inside(between(from, to, cuts[i]), between(from, to, cuts[i + 1]), direction);
  }
}

void AreaBuffer::add_inside(PathPoint a, PathPoint b, double direction) {
  const double width = box_.width;
  a.x = std::clamp(a.x, 0.0, width);
  b.x = std::clamp(b.x, 0.0, width);
  a.y = std::clamp(a.y, 0.0, static_cast<double>(box_.height));
  b.y = std::clamp(b.y, 0.0, static_cast<double>(box_.height));
  if (!(b.y > a.y)) return;
  const double slope = (b.x - a.x) / (b.y - a.y);
  const int last = std::min(box_.height - 1, static_cast<int>(std::ceil(b.y)) - 1);
  for (int row = static_cast<int>(a.y); row <= last; ++row) {
    const double from = std::max(a.y, static_cast<double>(row));
    const double to = std::min(b.y, static_cast<double>(row) + 1);
    if (!(to > from)) continue;
    const auto x_at = [&](double y) { return std::clamp(a.x + (y - a.y) * slope, 0.0, width); };
    add_row(row, x_at(from), x_at(to), direction * (to - from));
  }
}

void AreaBuffer::add_row(int row, double xa, double xb, double signed_height) {
  const auto cells = cells_.view().row(row);
  const double left = std::min(xa, xb);
  const double right = std::max(xa, xb);
  const int first = static_cast<int>(left);
  const int last = std::max(first, static_cast<int>(std::ceil(right)) - 1);
  const double a_pixel = right > left ? signed_height / (right - left) : 0;
  for (int x = first; x <= last; ++x) {
    const double from = std::max(left, static_cast<double>(x));
    const double to = std::min(right, static_cast<double>(x) + 1);
    const double height = first == last ? signed_height : a_pixel * (to - from);
    const double middle = (from + to) / 2 - x;
    cells[static_cast<std::size_t>(x)] += static_cast<float>(height * (1 - middle));
    cells[static_cast<std::size_t>(x) + 1] += static_cast<float>(height * middle);
  }
}

Result<Image<float>> AreaBuffer::cover(int threads) && {
  LATENT_TRY(auto cover, Image<float>::create(box_.size()));
  const auto rows = [&](int first, int last) {
    constexpr double kRounding = 1e-5;  // of sums of floats, kept off what is wholly in or out
    for (int y = first; y < last; ++y) {
      const auto cells = std::as_const(cells_).view().row(y);
      const auto out = cover.view().row(y);
      double sum = 0;
      for (std::size_t x = 0; x < out.size(); ++x) {
        sum += static_cast<double>(cells[x]);
        const double area = std::abs(sum);
        out[x] = area < kRounding ? 0.0F : area > 1 - kRounding ? 1.0F : static_cast<float>(area);
      }
    }
  };
  LATENT_CHECK(for_row_parts(box_.height, threads, rows));
  return cover;
}

}  // namespace latent::mask
