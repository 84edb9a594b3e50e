// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/overshoot.h"

#include <algorithm>
#include <span>

namespace latent::rgb {

namespace {

constexpr float kMargin = 4.0F / 255.0F;
constexpr float kShareOfPhotographs = 0.5F;
constexpr float kShareOfDrawings = 0.02F;
/// Of the 5 x 5 samples, how many are an extreme: below all is a photograph, above a drawing.
constexpr float kExtremesOfPhotographs = 0.25F;
constexpr float kExtremesOfDrawings = 0.45F;
/// Samples nearer than this are one value: less than a step of 8 bits.
constexpr float kSame = 0.75F / 255.0F;

struct Range {
  float low;
  float high;
};

/// One colour of the source around one of its pixels.
class Neighbourhood {
 public:
  Neighbourhood(ImageView<const float> source, int x, int y, int channel)
      : source_(source), x_(x), y_(y), channel_(channel) {}

  template <class Visit>
  void visit(int reach, Visit visit) const {
    const int channels = source_.channels();
    const int left = std::max(0, x_ - reach);
    const int right = std::min(source_.width() - 1, x_ + reach);
    for (int y = std::max(0, y_ - reach); y <= std::min(source_.height() - 1, y_ + reach); ++y) {
      const float* row = source_.row(y).data();
      for (int x = left; x <= right; ++x) visit(row[x * channels + channel_]);
    }
  }

  [[nodiscard]] Range range(int reach) const {
    const float own = source_.row(y_)[static_cast<std::size_t>(x_ * source_.channels() + channel_)];
    Range found{own, own};
    visit(reach, [&](float sample) {
      found.low = std::min(found.low, sample);
      found.high = std::max(found.high, sample);
    });
    return found;
  }

  /// The share of the samples that are the smallest or the largest of them.
  [[nodiscard]] float extremes() const {
    const Range all = range(kOvershootReach);
    int extremes = 0;
    int count = 0;
    visit(kOvershootReach, [&](float sample) {
      ++count;
      extremes += sample - all.low <= kSame || all.high - sample <= kSame ? 1 : 0;
    });
    return static_cast<float>(extremes) / static_cast<float>(count);
  }

 private:
  ImageView<const float> source_;
  int x_;
  int y_;
  int channel_;
};

float share_of(float extremes) {
  const float drawn = std::clamp(
      (extremes - kExtremesOfPhotographs) / (kExtremesOfDrawings - kExtremesOfPhotographs), 0.0F,
      1.0F);
  return kShareOfPhotographs + drawn * (kShareOfDrawings - kShareOfPhotographs);
}

/// The samples of `enlarged` that stand on one pixel of the source.
struct Block {
  int first_x;
  int last_x;
  int first_y;
  int last_y;
};

void bound_block(const Neighbourhood& around, const Block& block, int channel,
                 ImageView<float> enlarged) {
  const auto channels = static_cast<std::size_t>(enlarged.channels());
  const auto each = [&](auto visit) {
    for (int y = block.first_y; y <= block.last_y; ++y) {
      const std::span<float> row = enlarged.row(y);
      for (int x = block.first_x; x <= block.last_x; ++x) {
        visit(row[static_cast<std::size_t>(x) * channels + static_cast<std::size_t>(channel)]);
      }
    }
  };
  const Range near = around.range(1);
  const float range = near.high - near.low;
  const auto outside = [&](float margin) {
    bool found = false;
    each([&](float sample) {
      found = found || sample < near.low - margin || sample > near.high + margin;
    });
    return found;
  };
  // Most blocks are inside the narrowest bound.
  if (!outside(kMargin + kShareOfDrawings * range)) return;
  const float margin = kMargin + share_of(around.extremes()) * range;
  each([&](float& sample) { sample = std::clamp(sample, near.low - margin, near.high + margin); });
}

}  // namespace

void bound_overshoot(ImageView<const float> source, const Rect& area, int scale, int left, int top,
                     ImageView<float> enlarged) {
  const int right = left + enlarged.width() - 1;
  const int bottom = top + enlarged.height() - 1;
  for (int y = top / scale; y <= bottom / scale; ++y) {
    for (int x = left / scale; x <= right / scale; ++x) {
      const Block block{std::max(0, x * scale - left),
                        std::min(enlarged.width() - 1, x * scale + scale - 1 - left),
                        std::max(0, y * scale - top),
                        std::min(enlarged.height() - 1, y * scale + scale - 1 - top)};
      for (int channel = 0; channel < enlarged.channels(); ++channel) {
        bound_block(Neighbourhood(source, x - area.x, y - area.y, channel), block, channel,
                    enlarged);
      }
    }
  }
}

}  // namespace latent::rgb
