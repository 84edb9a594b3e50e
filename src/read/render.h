// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/limits.h"
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

/// A quick neutral picture of a raw file, to look at and to compare: LibRaw's demosaicing with the
/// camera's white balance, no automatic brightness, no denoising, turned upright.
///
/// Shapes   [height, width, 3]
/// Units    sRGB primaries and curve, 0..255 (T = uint8) or 0..65535 (T = uint16); highlights
/// clipped. Errors   as open_raw() where the file is none or damaged; Usage where the region lies
/// outside.
///          Sensors that open_raw() refuses are rendered as far as LibRaw renders them.
/// Threads  any.
template <class T>
[[nodiscard]] Result<Image<T>> render_neutral(const std::filesystem::path& path,
                                              const RenderOptions& options = {},
                                              const Limits& limits = {});

extern template Result<Image<std::uint8_t>> render_neutral(const std::filesystem::path&,
                                                           const RenderOptions&, const Limits&);
extern template Result<Image<std::uint16_t>> render_neutral(const std::filesystem::path&,
                                                            const RenderOptions&, const Limits&);

}  // namespace latent::read
