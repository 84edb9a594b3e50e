// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "colour/profile.h"
#include "image/cfa.h"
#include "image/picture.h"
#include "read/photograph.h"

namespace latent::app {

/// Samples of a finished picture in somebody's memory, rows `row_bytes` apart.
///
/// Shapes   [height, width, channels], interleaved: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and
///          alpha, which colours are not multiplied by.
/// Units    in the profile; integers over their whole range, floats 0..1 and beyond.
struct PixelsInMemory {
  const std::byte* samples = nullptr;
  SampleDepth depth = SampleDepth::U8;
  Size size;
  int channels = 3;
  std::ptrdiff_t row_bytes = 0;
};

/// Samples of a sensor in somebody's memory: all of them saw light.
///
/// Shapes   [height, width], uint16 or float32.
struct MosaicInMemory {
  const std::byte* samples = nullptr;
  bool floats = false;
  Size size;
  std::ptrdiff_t row_bytes = 0;
  CfaPattern cfa;                          ///< seen from the first sample
  Size black_period{1, 1};                 ///< of `black`, row by row
  std::vector<double> black{0.0};          ///< that mean no light
  double white = 65'535;                   ///< at which all colours saturate
  std::array<double, 3> balance{1, 1, 1};  ///< multipliers of red, green, blue; green is 1
  bool balance_known = false;
};

/// The photograph that a TIFF of these pixels is: read, judged and limited as a file would be, so
/// that it gives what the file gives. The samples are copied.
///
/// Errors   Usage  sizes, channels or a profile that do not fit together; as Photograph::of().
[[nodiscard]] Result<read::Photograph> photograph_of(const PixelsInMemory& pixels,
                                                     const colour::Profile& profile,
                                                     const Limits& limits);

/// The photograph that a DNG of these samples is; likewise.
///
/// Errors   Usage  a black that is negative or not below white; as Photograph::of().
[[nodiscard]] Result<read::Photograph> photograph_of(const MosaicInMemory& mosaic,
                                                     const Limits& limits);

}  // namespace latent::app
