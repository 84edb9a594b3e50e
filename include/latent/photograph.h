// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "latent/export.h"
#include "latent/jobs.h"

LATENT_NAMESPACE_BEGIN

/// What Latent finds in a photograph, and what it would do with it: what `latent info` prints.
struct PhotographInfo {
  bool is_raw = false;
  int width = 0;  ///< of a raw: of the area that its maker shows; not turned
  int height = 0;
  int orientation = 1;  ///< EXIF, 1 to 8
  std::string format;   ///< "DNG", "JPEG"
  std::string make;     ///< of raws
  std::string model;
  std::string sensor;                ///< of raws: "Bayer", "X-Trans", ...
  std::string cfa;                   ///< of raws: "RGGB", or the 36 letters of X-Trans
  std::optional<SensorNoise> noise;  ///< of raws: the file's profile, else estimated
  std::string profile;               ///< of finished pictures, in words
  std::optional<double> level;       ///< of finished pictures: sigma of the noise in 8-bit steps
  std::vector<std::string> warnings;
  std::filesystem::path output;  ///< the file that a task would write; empty where it would refuse
  std::string refusal;           ///< the sentence with which it would refuse
  std::string json;              ///< all there is, as `latent info --json` prints it (docs/cli.md)
};

enum class SampleType : std::uint8_t { U8, U16, F32 };

/// A finished picture in the caller's memory.
///
/// Shapes   [height, width, channels], interleaved: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha
///          (colours are not multiplied by it).
/// Units    encoded in `profile`; integers over their whole range, floats from 0 to 1 and beyond.
struct PictureView {
  const void* samples = nullptr;
  SampleType type = SampleType::U8;
  int width = 0;
  int height = 0;
  int channels = 3;
  std::ptrdiff_t row_bytes = 0;  ///< from one row to the next; 0: they lie side by side
  /// srgb, linear-srgb, adobergb, displayp3, rec2020, linear-rec2020, prophoto, or the path of an
  /// ICC file; grey pictures: srgb (the curve of sRGB), linear-srgb, or a path.
  std::string profile = "srgb";
  std::span<const std::uint8_t> icc;  ///< the bytes of an ICC profile, in place of `profile`
};

/// A raw photograph in the caller's memory, one sample a pixel, all of them lit.
///
/// Shapes   [height, width]
/// Units    sensor counts: uint16, or float32.
struct MosaicView {
  const void* samples = nullptr;
  SampleType type = SampleType::U16;  ///< U16 or F32
  int width = 0;
  int height = 0;
  std::ptrdiff_t row_bytes = 0;
  /// Colours from the first sample on: "RGGB", "GRBG", "GBRG", "BGGR", the 36 letters of a 6 x 6
  /// X-Trans pattern row by row, or "mono".
  std::string cfa;
  /// Counts that mean no light: one number, or one for each letter of `cfa`.
  std::vector<double> black{0.0};
  double white = 65'535;  ///< the count at which the sensor saturates
  /// Multipliers of red, green and blue that make grey neutral. Absent: not known.
  std::optional<std::array<double, 3>> white_balance;
};

/// Pixels that a task made. Of the facts of a file (FileResult) what has to do with files is empty.
struct Pixels {
  using Samples =
      std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<float>>;
  int width = 0;
  int height = 0;
  int channels = 0;
  Samples samples;  ///< [height, width, channels]
  FileResult facts;
};

/// A part of a photograph before and after. Both are r, g, b interleaved, encoded sRGB; finished
/// pictures without bounds: wide gamut and highlights lie below 0 and above 1. Raws are developed
/// plainly. An enlargement shows the part enlarged, `before` by a plain bicubic filter.
struct ShownPart {
  int width = 0;
  int height = 0;
  std::vector<float> before;  ///< [height, width, 3]
  std::vector<float> after;   ///< [height, width, 3]
  /// Of a raw: the sensor counts after, not rounded, [height, width], of linear raws with 3
  /// channels; else empty.
  std::vector<float> counts;
};

LATENT_NAMESPACE_END
