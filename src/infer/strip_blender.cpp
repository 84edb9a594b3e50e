// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/strip_blender.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/simd.h"

namespace latent::infer {

namespace {

/// target[i * step] += weights[i * step] * row_weight * values[i]
LATENT_VECTORISED
void add_weighted(const float* values, const float* weights, float row_weight, std::size_t count,
                  std::size_t weight_step, std::size_t target_step, float* target) {
  if (weight_step == 2 && target_step == 2) {  // half of a row of one plane, the usual case
    for (std::size_t i = 0; i < count; ++i) {
      target[2 * i] += weights[2 * i] * row_weight * values[i];
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    target[target_step * i] += weights[weight_step * i] * row_weight * values[i];
  }
}

int tallest_strip(const TilePlan& plan) {
  int tallest = 1;
  for (const TileSpan& span : plan.rows()) tallest = std::max(tallest, span.last - span.first);
  return tallest;
}

}  // namespace

StripBlender::StripBlender(const TilePlan& plan, int planes, int unshuffle)
    : plan_(&plan), planes_(planes), unshuffle_(unshuffle), strip_first_(plan.region().y) {
  for (const TileSpan& span : plan.columns()) {
    std::vector<float>& weights = column_weights_.emplace_back();
    for (int x = span.first; x < span.last; ++x) weights.push_back(span.weight(x));
  }
}

Result<StripBlender> StripBlender::create(const TilePlan& plan, int planes, int unshuffle) {
  StripBlender blender(plan, planes, unshuffle);
  LATENT_TRY(blender.strip_,
             Image<float>::create({plan.region().width, tallest_strip(plan)}, planes));
  return blender;
}

void StripBlender::blend(const TileSpan& down, const TileSpan& across, const Point& origin,
                         const std::vector<float>& weights, ConstTensorView answer) {
  const int k = unshuffle_;
  const auto wide = static_cast<std::size_t>(answer.shape.width);
  const auto step = static_cast<std::size_t>(k);
  const auto planes = static_cast<std::size_t>(planes_);
  for (int y = down.first; y < down.last; ++y) {
    const float row_weight = down.weight(y);
    float* const target_row = strip_.view().row(y - strip_first_).data() +
                              static_cast<std::size_t>(across.first - plan_->region().x) * planes;
    const int in_tile_y = y - origin.y;
    for (int plane = 0; plane < planes_; ++plane) {
      for (int dx = 0; dx < k; ++dx) {
        // The first column of this tile's part that has the remainder dx.
        const int skip = positive_modulo(dx - (across.first - origin.x), k);
        const int count = (across.last - across.first - skip + k - 1) / k;
        if (count <= 0) continue;
        const int channel = (plane * k + in_tile_y % k) * k + dx;
        const float* const values = answer.plane(channel).data() +
                                    static_cast<std::size_t>(in_tile_y / k) * wide +
                                    static_cast<std::size_t>((across.first + skip - origin.x) / k);
        add_weighted(
            values, weights.data() + skip, row_weight, static_cast<std::size_t>(count), step,
            step * planes,
            target_row + static_cast<std::size_t>(skip) * planes + static_cast<std::size_t>(plane));
      }
    }
  }
}

Status StripBlender::finish_row(int row, const TakeRows& take_rows) {
  const TileSpan& span = plan_->rows()[static_cast<std::size_t>(row)];
  const int finished = span.fall_first - strip_first_;
  const int kept = span.last - span.fall_first;
  const auto start = std::chrono::steady_clock::now();
  if (finished > 0) {
    LATENT_CHECK(take_rows(strip_first_ - plan_->region().y,
                           strip_.view().crop({0, 0, strip_.width(), finished})));
  }
  rows_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto row_floats = static_cast<std::size_t>(strip_.width() * planes_);
  float* const samples = strip_.view().data();
  std::memmove(samples, samples + static_cast<std::size_t>(finished) * row_floats,
               static_cast<std::size_t>(kept) * row_floats * sizeof(float));
  std::fill(samples + static_cast<std::size_t>(kept) * row_floats,
            samples + static_cast<std::size_t>(strip_.height()) * row_floats, 0.0F);
  strip_first_ = span.fall_first;
  return {};
}

Status StripBlender::add(int row, int column, ConstTensorView answer, const TakeRows& take_rows) {
  const TileSpan& down = plan_->rows()[static_cast<std::size_t>(row)];
  const auto at = static_cast<std::size_t>(column);
  blend(down, plan_->columns()[at], plan_->input(row, column).origin(), column_weights_[at],
        answer);
  if (at + 1 == plan_->columns().size()) return finish_row(row, take_rows);
  return {};
}

}  // namespace latent::infer
