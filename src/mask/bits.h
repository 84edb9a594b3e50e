// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "image/image.h"

namespace latent::mask {

/// A picture of one bit a pixel, 64 pixels a word, the leftmost in the highest bit.
class Bits {
 public:
  explicit Bits(Size size);

  /// The pixels of a mask above `threshold` in the part `box` of it; where the box is larger than
  /// the mask, the pixels of its border go on. Uses up to `threads` threads.
  [[nodiscard]] static Result<Bits> above(ImageView<const float> mask, const Rect& box,
                                          float threshold, int threads);

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] int words_a_row() const { return words_; }
  [[nodiscard]] std::span<std::uint64_t> row(int y) {
    return {bits_.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(words_),
            static_cast<std::size_t>(words_)};
  }
  [[nodiscard]] std::span<const std::uint64_t> row(int y) const {
    return {bits_.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(words_),
            static_cast<std::size_t>(words_)};
  }
  [[nodiscard]] bool at(int x, int y) const {
    return ((row(y)[static_cast<std::size_t>(x) / 64] >> (63 - static_cast<unsigned>(x) % 64)) &
            1U) != 0;
  }
  void clear(int x, int y) {
    row(y)[static_cast<std::size_t>(x) / 64] &=
        ~(std::uint64_t{1} << (63 - static_cast<unsigned>(x) % 64));
  }
  /// Sets what is clear and clears what is set from column x on.
  void flip_from(int x, int y);
  /// Clears what lies outside.
  void clip(const Rect& inside);

  /// The smallest part that holds all that is set and `margin` pixels around it, its left side a
  /// multiple of 64; empty where nothing is set.
  [[nodiscard]] Rect content(int margin) const;
  /// A part whose left side is a multiple of 64.
  [[nodiscard]] Bits part(const Rect& area) const;

  [[nodiscard]] bool none() const;
  [[nodiscard]] std::int64_t count() const;

  /// Clears what is set in `other`, of the same size.
  void remove(const Bits& other);

  /// The pixels whose whole neighbourhood within `radius` px is set; beyond the border all is.
  [[nodiscard]] Bits eroded(int radius) const;
  /// The pixels within `radius` px of a set one; beyond the border nothing is.
  [[nodiscard]] Bits dilated(int radius) const;

 private:
  enum class Grow : std::uint8_t { Less, More };
  [[nodiscard]] Bits morphed(int radius, Grow grow) const;
  [[nodiscard]] Bits morphed_once(int radius, Grow grow) const;
  void set_beyond(bool set);

  Size size_;
  int words_ = 0;
  std::vector<std::uint64_t> bits_;
};

/// What two bitmaps of one size share: set in both over set in either; 1 where nothing is set.
[[nodiscard]] double iou(const Bits& a, const Bits& b);

/// Clears spikes: parts that no disc of `radius` px fits into and that stand out by more than the
/// radius. Corners, which are such parts and stand out by less, stay; so does everything where no
/// disc fits anywhere. Gives how many pixels were cleared.
std::int64_t remove_spikes(Bits& bits, int radius);

}  // namespace latent::mask
