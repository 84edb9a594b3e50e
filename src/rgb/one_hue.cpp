// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/one_hue.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace latent::rgb {

namespace {

constexpr float kNear = 3.0F / 255.0F;
constexpr float kFar = 16.0F / 255.0F;
constexpr double kMostBeside = 0.01;  ///< of all pixels, farther than kNear
constexpr int kSampledRows = 96;
constexpr int kRowsAtOnce = 16;

float brightness_of(const float* pixel) { return (pixel[0] + pixel[1] + pixel[2]) * (1.0F / 3.0F); }

}  // namespace

float OneHue::at(const Curve& curve, float brightness) {
  const float place = std::clamp(brightness, 0.0F, 1.0F) * static_cast<float>(kNodes - 1);
  const auto node = std::min(static_cast<std::size_t>(place), kNodes - 2);
  const float part = place - static_cast<float>(node);
  return curve[node] + (curve[node + 1] - curve[node]) * part;
}

float OneHue::distance(const float* pixel) const {
  const float brightness = brightness_of(pixel);
  float farthest = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    farthest = std::max(farthest, std::abs(pixel[c] - brightness - at(curves_[c], brightness)));
  }
  return farthest;
}

void OneHue::lead(const float* pixels, float* taken, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i, pixels += 3, taken += 3) {
    const float before = brightness_of(pixels);
    const float less = brightness_of(taken);
    for (std::size_t c = 0; c < 3; ++c) {
      taken[c] = less + at(curves_[c], before) - at(curves_[c], before - less);
    }
  }
}

void OneHue::put(float* pixels, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i, pixels += 3) {
    const float brightness = brightness_of(pixels);
    for (std::size_t c = 0; c < 3; ++c) pixels[c] = brightness + at(curves_[c], brightness);
  }
}

/// Finds the curve by the mean colour of each brightness.
class HueSearch {
 public:
  HueSearch(Size picture, const ReadArea& read) : picture_(picture), read_(read) {}

  Result<std::optional<OneHue>> run() {
    LATENT_CHECK(sample());
    if (!make_curve()) return std::optional<OneHue>{};
    LATENT_TRY(const bool holds, check());
    if (!holds) return std::optional<OneHue>{};
    return std::optional<OneHue>(std::move(hue_));
  }

 private:
  struct Node {
    double count = 0;
    std::array<double, 3> sums{};
  };

  Result<Image<float>> rows(int first, int count) const {
    LATENT_TRY(auto pixels, Image<float>::create({picture_.width, count}, 3));
    read_({0, first, picture_.width, count}, pixels.view());
    return pixels;
  }

  Status sample() {
    const int step = std::max(1, picture_.height / kSampledRows);
    for (int y = step / 2; y < picture_.height; y += step) {
      LATENT_TRY(const auto row, rows(y, 1));
      const float* pixel = row.view().row(0).data();
      for (int x = 0; x < picture_.width; ++x, pixel += 3) add(pixel);
    }
    return {};
  }

  void add(const float* pixel) {
    const float brightness = brightness_of(pixel);
    const float place = std::clamp(brightness, 0.0F, 1.0F) * (OneHue::kNodes - 1);
    Node& node = nodes_[static_cast<std::size_t>(place + 0.5F)];
    node.count += 1;
    for (std::size_t c = 0; c < 3; ++c) node.sums[c] += pixel[c] - brightness;
  }

  /// Straight between brightnesses that occur, level beyond them. No curve where colour changes
  /// faster than brightness could make it: then it is one colour beside another.
  bool make_curve() {
    std::size_t last = OneHue::kNodes;  // that occurs
    for (std::size_t i = 0; i < OneHue::kNodes; ++i) {
      if (nodes_[i].count == 0) continue;
      for (std::size_t c = 0; c < 3; ++c) {
        const auto value = static_cast<float>(nodes_[i].sums[c] / nodes_[i].count);
        if (!connect(hue_.curves_[c], last, i, value)) return false;
      }
      last = i;
    }
    if (last == OneHue::kNodes) return false;
    for (auto& curve : hue_.curves_) {
      std::fill(curve.begin() + static_cast<std::ptrdiff_t>(last), curve.end(), curve[last]);
    }
    return true;
  }

  static bool connect(OneHue::Curve& curve, std::size_t from, std::size_t to, float value) {
    constexpr float kSteepest = 3.0F;
    curve[to] = value;
    if (from == OneHue::kNodes) {
      std::fill_n(curve.begin(), to, value);
      return true;
    }
    const auto steps = static_cast<float>(to - from);
    const float rise = value - curve[from];
    for (std::size_t i = from + 1; i < to; ++i) {
      curve[i] = curve[from] + rise * static_cast<float>(i - from) / steps;
    }
    return std::abs(rise) <= kSteepest * steps / (OneHue::kNodes - 1) + kNear;
  }

  Result<bool> check() const {
    const auto most = static_cast<std::int64_t>(kMostBeside * static_cast<double>(picture_.area()));
    std::int64_t beside = 0;
    for (int y = 0; y < picture_.height; y += kRowsAtOnce) {
      const int count = std::min(kRowsAtOnce, picture_.height - y);
      LATENT_TRY(const auto part, rows(y, count));
      for (int row = 0; row < count; ++row) {
        const float* pixel = part.view().row(row).data();
        for (int x = 0; x < picture_.width; ++x, pixel += 3) {
          const float distance = hue_.distance(pixel);
          if (!(distance <= kFar)) return false;
          beside += distance > kNear ? 1 : 0;
        }
      }
      if (beside > most) return false;
    }
    return true;
  }

  Size picture_;
  const ReadArea& read_;
  std::array<Node, OneHue::kNodes> nodes_{};
  OneHue hue_;
};

Result<std::optional<OneHue>> OneHue::find(Size picture, const ReadArea& read) {
  return HueSearch(picture, read).run();
}

}  // namespace latent::rgb
