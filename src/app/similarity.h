// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "image/image.h"

namespace latent::app {

/// How far two pictures of one size are from each other, in encoded sRGB over 0..1.
struct Similarity {
  Size size;
  std::optional<double>
      psnr;  ///< dB over all channels, peak 1; absent where there is no difference
  /// Mean structural similarity of the luma: Gaussian window of 11 x 11, sigma 1.5, K 0.01 and
  /// 0.03, where the whole window fits (Wang et al. 2004). Absent below 11 pixels a side.
  std::optional<double> ssim;
  double largest = 0;  ///< absolute difference of one sample
  Point largest_at;
  std::array<double, 3> mean{};  ///< of b - a, channel by channel
};

/// Takes the rows of two pictures side by side, top to bottom, and keeps eleven of them.
class SimilarityMeter {
 public:
  explicit SimilarityMeter(Size size);

  /// The next row of each, width * 3 samples r, g, b.
  void add(const float* a, const float* b);
  [[nodiscard]] Similarity finish() const;

 private:
  static constexpr int kWindow = 11;
  /// Moments of one row, smoothed along it: a, b, a^2, b^2, a b.
  using Moments = std::array<std::vector<double>, 5>;

  void add_differences(const float* a, const float* b);
  void add_luma(const float* a, const float* b);
  void add_similarity_row();

  Size size_;
  std::array<double, kWindow> kernel_{};
  std::array<Moments, kWindow> ring_;
  int rows_ = 0;
  double squares_ = 0;
  std::array<double, 3> sums_{};
  double largest_ = 0;
  Point largest_at_;
  double ssim_sum_ = 0;
  std::int64_t ssim_count_ = 0;
};

}  // namespace latent::app
