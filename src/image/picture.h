// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "image/image.h"
#include "image/mosaic.h"

namespace latent {

/// How one sample of a finished picture is stored.
enum class SampleDepth : std::uint8_t { U8, U16, F32 };

/// "8-bit", "16-bit", "32-bit float".
[[nodiscard]] const char* sample_depth_name(SampleDepth depth);

/// Samples [height, width, channels], interleaved, as the file stores them: colour first (1 grey or
/// 3 RGB), then alpha where there is one. Integers span 0 .. 2^bits - 1; floats are as they stand.
using PictureSamples = std::variant<Image<std::uint8_t>, Image<std::uint16_t>, Image<float>>;

/// Dots per inch; 0 where the file does not say.
struct Resolution {
  double x = 0;
  double y = 0;
};

/// A finished (developed, scanned, exported) picture, not turned by its orientation.
struct Picture {
  PictureSamples samples;
  int colours = 3;                ///< 1 or 3
  bool alpha = false;             ///< one more channel, not gamma-encoded
  bool alpha_associated = false;  ///< colours are multiplied by alpha already
  std::vector<std::uint8_t> icc;  ///< what the colours mean; never empty: made up where the file
                                  ///< had none
  bool icc_from_file = false;     ///< embedded in the file, byte for byte
  bool icc_stated = false;        ///< made of what the file says in another way than by a profile
  std::vector<std::uint8_t> unusable_icc;  ///< of the file, where icc is not: it says no colours
  Resolution resolution;
  Orientation orientation = 1;
  std::string format;                 ///< "TIFF", "PNG", "JPEG", "OpenEXR", "JPEG XL", "raw"
  std::vector<std::string> warnings;  ///< what was changed while reading, one sentence each

  [[nodiscard]] Size size() const {
    return std::visit([](const auto& image) { return image.size(); }, samples);
  }
  [[nodiscard]] int channels() const { return colours + (alpha ? 1 : 0); }
  [[nodiscard]] SampleDepth depth() const { return static_cast<SampleDepth>(samples.index()); }
};

}  // namespace latent
