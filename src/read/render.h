// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "image/image.h"

namespace latent::read {

struct RenderOptions {
  /// Part of the picture in pixels of the file's crop (what the maker shows), before it is turned
  /// upright; (0, 0) is the crop's own corner. The whole crop where absent.
  std::optional<Rect> region;
  /// The longest side of the result is at most this; 0 keeps every pixel. Reduced by whole factors
  /// first (half-size decoding), then by area averaging.
  int longest_side_px = 0;
};

class RawFile;

/// As Photograph::rendering(); messages are predicates.
template <class T>
[[nodiscard]] Result<Image<T>> render(RawFile& file, const RenderOptions& options);

extern template Result<Image<std::uint8_t>> render(RawFile&, const RenderOptions&);
extern template Result<Image<std::uint16_t>> render(RawFile&, const RenderOptions&);

}  // namespace latent::read
