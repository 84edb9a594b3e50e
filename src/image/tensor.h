// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

#include "base/invariant.h"
#include "base/limits.h"
#include "base/result.h"

namespace latent {

/// [N, C, H, W]
struct TensorShape {
  int n = 1;
  int channels = 0;
  int height = 0;
  int width = 0;
  [[nodiscard]] std::size_t plane() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  }
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(n) * static_cast<std::size_t>(channels) * plane();
  }
  /// Whether `plane` is one of the n * channels planes, none of which has a side below 0.
  [[nodiscard]] bool has_plane(int plane) const {
    return plane >= 0 && plane < n * channels && height >= 0 && width >= 0;
  }
  friend bool operator==(const TensorShape&, const TensorShape&) = default;
};

/// float32 samples that somebody else owns, contiguous, planar. Checked as ImageView is.
struct TensorView {
  float* data = nullptr;
  TensorShape shape;
  [[nodiscard]] std::span<float> plane(int channel) const {
    LATENT_INVARIANT(data != nullptr && shape.has_plane(channel));
    return {data + static_cast<std::size_t>(channel) * shape.plane(), shape.plane()};
  }
};

struct ConstTensorView {
  const float* data = nullptr;
  TensorShape shape;
  ConstTensorView() = default;
  ConstTensorView(const float* samples, TensorShape s) : data(samples), shape(s) {}
  ConstTensorView(const TensorView& view)  // NOLINT(google-explicit-constructor): adds const
      : data(view.data), shape(view.shape) {}
  [[nodiscard]] std::span<const float> plane(int channel) const {
    LATENT_INVARIANT(data != nullptr && shape.has_plane(channel));
    return {data + static_cast<std::size_t>(channel) * shape.plane(), shape.plane()};
  }
};

/// Owned float32 tensor, 64-byte aligned, not initialised.
class Tensor {
 public:
  Tensor() = default;

  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<Tensor> create(TensorShape shape) {
    LATENT_TRY(const std::size_t bytes, checked_multiply(shape.count(), sizeof(float)));
    constexpr std::size_t kAlignment = 64;
    auto* memory = static_cast<float*>(
        std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment));
    if (memory == nullptr) return fail(ErrorCode::TooLarge, "not enough memory for a tile");
    Tensor tensor;
    tensor.data_.reset(memory);
    tensor.shape_ = shape;
    return tensor;
  }

  [[nodiscard]] const TensorShape& shape() const { return shape_; }
  [[nodiscard]] TensorView view() { return {data_.get(), shape_}; }
  [[nodiscard]] ConstTensorView view() const { return {data_.get(), shape_}; }

 private:
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::unique_ptr<float[], Free> data_;
  TensorShape shape_;
};

}  // namespace latent
