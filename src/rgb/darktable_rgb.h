// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "image/image.h"
#include "image/tensor.h"

namespace latent::rgb {

using Pixel = std::array<float, 3>;

/// The curve of sRGB as darktable has it around its networks: 0 below 0.
[[nodiscard]] float darktable_encoded(float linear);
[[nodiscard]] float darktable_decoded(float encoded);
/// The same continued below 0 by its mirror image: what the working encoding of the tasks is.
[[nodiscard]] float extended_decoded(float encoded);
[[nodiscard]] float extended_encoded(float linear);

/// Linear sRGB and linear Rec. 2020, both with white at 1, 1, 1.
[[nodiscard]] Pixel rec2020_of(const Pixel& srgb);
[[nodiscard]] Pixel srgb_of(const Pixel& rec2020);

/// Gives one pixel of a picture in linear sRGB without bounds; coordinates inside it.
using LinearPixel = std::function<Pixel(int x, int y)>;

/// Whether the picture is dark: on a grid of 16 pixels at least a tenth of the samples have a luma
/// (Rec. 709 weights, on linear Rec. 2020) below 0.005.
[[nodiscard]] bool is_dark(Size picture, const LinearPixel& pixel);

/// darktable 5.6's arithmetic of networks for finished pictures: hard cores, no blending.
///
/// Source   docs/compatibility.md
/// Threads  one at a time.
class DarktablePicture {
 public:
  struct Contract {
    int tile = 768;
    int overlap = 64;
    int scale = 1;
    bool boost = false;          ///< decided for the whole picture
    bool preserve_gamut = true;  ///< colours outside sRGB go around; scale 1 only
  };

  DarktablePicture(Size picture, const Contract& contract, LinearPixel pixel)
      : size_(picture), contract_(contract), pixel_(std::move(pixel)) {}

  [[nodiscard]] int columns() const;
  [[nodiscard]] int rows() const;
  [[nodiscard]] int tiles() const { return columns() * rows(); }
  /// The part of the picture that a tile gives, before it is enlarged.
  [[nodiscard]] Rect core(int index) const;

  /// Shapes   planes [1, 3, T, T].
  void pack(int index, TensorView planes) const;

  /// The core of an answer in linear Rec. 2020.
  ///
  /// Shapes   answer [1, 3, T * scale, T * scale]; out [core height * scale, core width * scale,
  /// 3].
  void unpack(int index, ConstTensorView answer, ImageView<float> out) const;

 private:
  [[nodiscard]] Rect tile_at(int index) const;
  [[nodiscard]] Pixel source_at(int x, int y) const;
  [[nodiscard]] bool is_inside(const Pixel& srgb) const;
  [[nodiscard]] Pixel answered(ConstTensorView answer, std::size_t at) const;
  [[nodiscard]] Pixel gone_around(const Rect& tile, int x, int y, ConstTensorView answer) const;

  Size size_;
  Contract contract_;
  LinearPixel pixel_;
};

}  // namespace latent::rgb
