// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/strip.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace latent::infer {
namespace {

/// Rows handed on at once, so that a stop request is seen soon.
constexpr int kPieceRows = 128;

/// One plane of one row of a tile, to be weighted and added to the strip.
struct RowPart {
  const float* samples;  ///< of the row in the channel of dx = 0
  std::size_t plane;     ///< samples from one dx to the next
  int unshuffle;
  int first;  ///< tile column of the first sample taken
  const std::vector<float>& weights;
  float weight;  ///< of the row
};

void add_row(const RowPart& part, float* out, int planes) {
  const auto count = static_cast<int>(part.weights.size());
  const float* weights = part.weights.data();
  for (int dx = 0; dx < part.unshuffle; ++dx) {
    const int begin = positive_modulo(dx - part.first, part.unshuffle);
    const float* sample = part.samples + static_cast<std::size_t>(dx) * part.plane +
                          (part.first + begin) / part.unshuffle;
    for (int i = begin; i < count; i += part.unshuffle) {
      out[std::ptrdiff_t{i} * planes] += *sample++ * weights[i] * part.weight;
    }
  }
}

}  // namespace

Result<Strip> Strip::create(const TilePlan& plan, const models::NetworkSpec& network) {
  int height = 0;
  for (const TileSpan& span : plan.rows()) height = std::max(height, span.last - span.first);
  Strip strip;
  strip.plan_ = &plan;
  strip.unshuffle_ = network.output.unshuffle;
  strip.planes_ = network.output.planes();
  strip.scale_ = network.scale;
  strip.top_ = plan.region().y * network.scale;
  const Size size{plan.region().width * network.scale, height * network.scale};
  LATENT_TRY(strip.rows_, Image<float>::create(size, strip.planes_, no_limits_of_pixels()));
  for (const TileSpan& source : plan.columns()) {
    const TileSpan span = source.enlarged(network.scale);
    std::vector<float> weights;
    for (int x = span.first; x < span.last; ++x) weights.push_back(span.weight(x));
    strip.weights_.push_back(std::move(weights));
  }
  return strip;
}

void Strip::add(int row, int column, ConstTensorView tensor) {
  const TileSpan down = plan_->rows()[static_cast<std::size_t>(row)].enlarged(scale_);
  const TileSpan across = plan_->columns()[static_cast<std::size_t>(column)].enlarged(scale_);
  const auto k = static_cast<std::size_t>(unshuffle_);
  const std::size_t plane = tensor.shape.plane();
  for (int y = down.first; y < down.last; ++y) {
    const auto inside = static_cast<std::size_t>(y - down.input);
    const std::size_t line = inside / k * static_cast<std::size_t>(tensor.shape.width);
    for (int p = 0; p < planes_; ++p) {
      const std::size_t channel = (static_cast<std::size_t>(p) * k + inside % k) * k;
      const RowPart part{tensor.data + channel * plane + line,
                         plane,
                         unshuffle_,
                         across.first - across.input,
                         weights_[static_cast<std::size_t>(column)],
                         down.weight(y)};
      add_row(part, &rows_.view().at(across.first - plan_->region().x * scale_, y - top_, p),
              planes_);
    }
  }
}

Status Strip::finish_row(int row,
                         const std::function<Status(int first_row, ImageView<const float>)>& take) {
  const bool last = row + 1 == std::ssize(plan_->rows());
  const int end_in_frame =
      last ? plan_->region().bottom() : plan_->rows()[static_cast<std::size_t>(row) + 1].first;
  const int end = end_in_frame * scale_;
  const ImageView<const float> all = std::as_const(rows_).view();
  for (int y = top_; y < end; y += kPieceRows) {
    const Rect piece{0, y - top_, all.width(), std::min(kPieceRows, end - y)};
    LATENT_CHECK(take(y - plan_->region().y * scale_, all.crop(piece)));
  }
  const auto row_samples = static_cast<std::size_t>(rows_.view().stride());
  const auto used = static_cast<std::size_t>(rows_.height());
  const auto done = static_cast<std::size_t>(end - top_);
  float* samples = rows_.view().data();
  std::memmove(samples, samples + done * row_samples, (used - done) * row_samples * sizeof(float));
  std::fill_n(samples + (used - done) * row_samples, done * row_samples, 0.0F);
  top_ = end;
  return {};
}

bool all_finite(ConstTensorView tensor) {
  constexpr std::uint32_t kExponent = 0x7F80'0000U;
  std::uint32_t found = 0;
  const std::size_t count = tensor.shape.count();
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(tensor.data[i]);
    found |= static_cast<std::uint32_t>((bits & kExponent) == kExponent);
  }
  return found == 0;
}

}  // namespace latent::infer
