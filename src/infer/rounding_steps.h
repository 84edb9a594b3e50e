// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace latent::infer {

/// The grid of one activation: multiples of `scale`, 0..255 or -127..127 of them.
struct Steps {
  float scale = 1;
  bool has_signs = false;
};

/// What goes into a convolution on pictures: the histogram of its magnitudes.
class ActivationRange {
 public:
  void add(std::span<const float> samples);

  /// Whether a sample was NaN or infinite.
  [[nodiscard]] bool is_broken() const { return broken_; }

  /// The grid with the smallest squared error over the histogram: it may end below the largest
  /// sample, because a few clipped samples cost less than coarse steps for all.
  ///
  /// Source   Nagel and others, "A White Paper on Neural Network Quantization" (2021), section 3.1,
  ///          "mean squared error".
  [[nodiscard]] Steps steps() const;

 private:
  static constexpr std::size_t kBins = 4096;
  void widen(double top);

  std::array<double, kBins> counts_{};
  double largest_ = 0;
  bool negative_ = false;
  bool broken_ = false;
};

/// Weights of a convolution in 8 bits, with one scale for each output channel: the one with the
/// smallest squared error.
struct RoundedWeights {
  std::vector<std::int8_t> values;
  std::vector<float> scales;
};

/// `weights` [channels, ...], finite.
[[nodiscard]] RoundedWeights rounded_weights(std::span<const float> weights, std::size_t channels);

}  // namespace latent::infer
