// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "base/invariant.h"
#include "base/limits.h"
#include "base/result.h"
#include "image/geometry.h"

namespace latent {

/// A window on samples that somebody else owns: shape [height, width, channels], channels
/// interleaved, rows `stride` samples apart. T may be const; a view of T becomes a view of const T,
/// never the other way round.
///
/// Builds for writing code and those with sanitizers end the process at a view whose shape cannot
/// be, and at whatever is asked for beyond it (LATENT_INVARIANT); release checks nothing here.
template <class T>
class ImageView {
 public:
  ImageView() = default;
  ImageView(T* data, Size size, std::ptrdiff_t stride, int channels = 1)
      : data_(data), size_(size), stride_(stride), channels_(channels) {
    LATENT_INVARIANT(size.width >= 0 && size.height >= 0 && channels >= 1);
    LATENT_INVARIANT(empty() || data != nullptr);
    LATENT_INVARIANT(size.height <= 1 || stride >= std::ptrdiff_t{size.width} * channels);
  }

  template <class U>
  requires(std::is_same_v<const U, T>)
      // NOLINTNEXTLINE(google-explicit-constructor): adding const is safe
      ImageView(const ImageView<U>& other)
      : ImageView(other.data(), other.size(), other.stride(), other.channels()) {}

  [[nodiscard]] T* data() const { return data_; }
  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] int width() const { return size_.width; }
  [[nodiscard]] int height() const { return size_.height; }
  [[nodiscard]] int channels() const { return channels_; }
  [[nodiscard]] std::ptrdiff_t stride() const { return stride_; }
  [[nodiscard]] bool empty() const { return size_.width <= 0 || size_.height <= 0; }

  /// Row y, width * channels samples. 0 <= y < height.
  [[nodiscard]] std::span<T> row(int y) const {
    LATENT_INVARIANT(y >= 0 && y < size_.height);
    return {data_ + y * stride_, static_cast<std::size_t>(size_.width * channels_)};
  }
  [[nodiscard]] T& at(int x, int y, int channel = 0) const {
    LATENT_INVARIANT(x >= 0 && x < size_.width && y >= 0 && y < size_.height);
    LATENT_INVARIANT(channel >= 0 && channel < channels_);
    return data_[y * stride_ + std::ptrdiff_t{x} * channels_ + channel];
  }

  /// The part inside `area`, which must lie inside this view or be empty.
  [[nodiscard]] ImageView crop(const Rect& area) const {
    LATENT_INVARIANT(area.empty() || Rect{0, 0, size_.width, size_.height}.contains(area));
    return {data_ + area.y * stride_ + std::ptrdiff_t{area.x} * channels_, area.size(), stride_,
            channels_};
  }

 private:
  T* data_ = nullptr;
  Size size_;
  std::ptrdiff_t stride_ = 0;
  int channels_ = 1;
};

/// An owned picture [height, width, channels], interleaved, contiguous, 64-byte aligned, samples
/// zero at birth. Moves; is never copied by accident (clone()).
template <class T>
class Image {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Image() = default;

  /// `limits` are for pictures that a file asks for; buffers of our own have none.
  ///
  /// Errors   Corrupt, TooLarge  as check_dimensions() and check_sample_memory(); TooLarge where
  ///                             memory is refused.
  [[nodiscard]] static Result<Image> create(Size size, int channels = 1,
                                            const Limits& limits = no_limits_of_pixels()) {
    LATENT_CHECK(check_dimensions(size.width, size.height, limits));
    LATENT_TRY(const std::size_t row, checked_multiply(static_cast<std::size_t>(size.width),
                                                       static_cast<std::size_t>(channels)));
    LATENT_TRY(const std::size_t count,
               checked_multiply(row, static_cast<std::size_t>(size.height)));
    LATENT_TRY(const std::size_t bytes, checked_multiply(count, sizeof(T)));
    LATENT_CHECK(check_sample_memory(bytes, limits));
    constexpr std::size_t kAlignment = 64;
    const std::size_t padded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    auto* memory = static_cast<T*>(std::aligned_alloc(kAlignment, padded));
    if (memory == nullptr) {
      return fail(ErrorCode::TooLarge,
                  "not enough memory for " + std::to_string(bytes >> 20U) + " MiB of picture");
    }
    std::memset(static_cast<void*>(memory), 0, padded);
    Image image;
    image.samples_.reset(memory);
    image.size_ = size;
    image.channels_ = channels;
    return image;
  }

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] int width() const { return size_.width; }
  [[nodiscard]] int height() const { return size_.height; }
  [[nodiscard]] int channels() const { return channels_; }
  [[nodiscard]] bool empty() const { return samples_ == nullptr; }

  [[nodiscard]] ImageView<T> view() {
    return {samples_.get(), size_, std::ptrdiff_t{size_.width} * channels_, channels_};
  }
  [[nodiscard]] ImageView<const T> view() const {
    return {samples_.get(), size_, std::ptrdiff_t{size_.width} * channels_, channels_};
  }

  [[nodiscard]] Result<Image> clone() const {
    LATENT_TRY(Image copy, create(size_, channels_));
    std::memcpy(
        copy.samples_.get(), samples_.get(),
        sizeof(T) * static_cast<std::size_t>(size_.area()) * static_cast<std::size_t>(channels_));
    return copy;
  }

 private:
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };
  std::unique_ptr<T[], Free> samples_;
  Size size_;
  int channels_ = 1;
};

}  // namespace latent
