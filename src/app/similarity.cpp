// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/similarity.h"

#include <cmath>
#include <cstdint>

namespace latent::app {

namespace {

constexpr double kSigma = 1.5;
constexpr double kStabiliser1 = 0.01 * 0.01;
constexpr double kStabiliser2 = 0.03 * 0.03;

/// Rec. 601, as every published figure uses it.
double luma(const float* rgb) {
  return 0.299 * double{rgb[0]} + 0.587 * double{rgb[1]} + 0.114 * double{rgb[2]};
}

}  // namespace

SimilarityMeter::SimilarityMeter(Size size) : size_(size) {
  double sum = 0;
  for (int i = 0; i < kWindow; ++i) {
    const double distance = i - kWindow / 2;
    kernel_[static_cast<std::size_t>(i)] = std::exp(-distance * distance / (2 * kSigma * kSigma));
    sum += kernel_[static_cast<std::size_t>(i)];
  }
  for (double& weight : kernel_) weight /= sum;
  const auto inner = static_cast<std::size_t>(std::max(0, size.width - kWindow + 1));
  for (Moments& moments : ring_) {
    for (auto& row : moments) row.resize(inner);
  }
}

void SimilarityMeter::add(const float* a, const float* b) {
  add_differences(a, b);
  if (size_.width >= kWindow && size_.height >= kWindow) add_luma(a, b);
  ++rows_;
}

void SimilarityMeter::add_differences(const float* a, const float* b) {
  for (int x = 0; x < size_.width; ++x) {
    for (int c = 0; c < 3; ++c) {
      const double difference = double{b[3 * x + c]} - double{a[3 * x + c]};
      squares_ += difference * difference;
      sums_[static_cast<std::size_t>(c)] += difference;
      if (std::abs(difference) > largest_) {
        largest_ = std::abs(difference);
        largest_at_ = {x, rows_};
      }
    }
  }
}

void SimilarityMeter::add_luma(const float* a, const float* b) {
  const auto width = static_cast<std::size_t>(size_.width);
  std::array<std::vector<double>, 5> products;
  for (auto& row : products) row.resize(width);
  for (std::size_t x = 0; x < width; ++x) {
    const double first = luma(a + 3 * x);
    const double second = luma(b + 3 * x);
    products[0][x] = first;
    products[1][x] = second;
    products[2][x] = first * first;
    products[3][x] = second * second;
    products[4][x] = first * second;
  }
  Moments& smoothed = ring_[static_cast<std::size_t>(rows_ % kWindow)];
  for (std::size_t moment = 0; moment < products.size(); ++moment) {
    for (std::size_t x = 0; x < smoothed[moment].size(); ++x) {
      double sum = 0;
      for (std::size_t i = 0; i < kWindow; ++i) sum += kernel_[i] * products[moment][x + i];
      smoothed[moment][x] = sum;
    }
  }
  if (rows_ + 1 >= kWindow) add_similarity_row();
}

void SimilarityMeter::add_similarity_row() {
  const std::size_t inner = ring_[0][0].size();
  for (std::size_t x = 0; x < inner; ++x) {
    std::array<double, 5> mean{};
    for (int i = 0; i < kWindow; ++i) {
      // The oldest row of the ring stands after the one just written.
      const Moments& row = ring_[static_cast<std::size_t>((rows_ + 1 + i) % kWindow)];
      for (std::size_t m = 0; m < mean.size(); ++m) {
        mean[m] += kernel_[static_cast<std::size_t>(i)] * row[m][x];
      }
    }
    const double product = mean[0] * mean[1];
    const double squares = mean[0] * mean[0] + mean[1] * mean[1];
    const double covariance = mean[4] - product;
    const double variances = mean[2] + mean[3] - squares;
    ssim_sum_ += (2 * product + kStabiliser1) * (2 * covariance + kStabiliser2) /
                 ((squares + kStabiliser1) * (variances + kStabiliser2));
    ++ssim_count_;
  }
}

Similarity SimilarityMeter::finish() const {
  Similarity found;
  found.size = size_;
  const auto pixels = static_cast<double>(size_.area());
  if (squares_ > 0) found.psnr = -10.0 * std::log10(squares_ / (3 * pixels));
  if (ssim_count_ > 0) found.ssim = ssim_sum_ / static_cast<double>(ssim_count_);
  found.largest = largest_;
  found.largest_at = largest_at_;
  for (std::size_t c = 0; c < 3; ++c) found.mean[c] = sums_[c] / pixels;
  return found;
}

}  // namespace latent::app
