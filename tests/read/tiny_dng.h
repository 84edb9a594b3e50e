// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "image/geometry.h"

namespace latent::read::test {

/// The values of one TIFF field, byte order not yet decided.
struct Field {
  std::uint16_t type = 0;
  std::uint32_t count = 0;
  std::size_t unit = 1;               ///< bytes that are swapped together
  std::vector<std::uint64_t> values;  ///< one a unit
};

Field bytes_field(const std::vector<std::uint8_t>& values, std::uint16_t type = 1);
Field shorts(const std::vector<std::uint16_t>& values);
Field longs(const std::vector<std::uint32_t>& values);
/// As signed rationals over 10000.
Field rationals(const std::vector<double>& values);
Field doubles(const std::vector<double>& values);
Field ascii(const std::string& text);

/// A DNG written tag by tag, for tests that must not depend on any other writer.
struct TinyDng {
  Size size{32, 24};
  int bits = 16;
  bool big_endian = false;
  bool raw_in_sub_ifd = false;
  std::optional<Rect> active;                 ///< buffer coordinates
  std::optional<Rect> crop;                   ///< buffer coordinates
  Size cfa_period{2, 2};                      ///< seen from the active area, as DNG wants it
  std::vector<std::uint8_t> cfa{0, 1, 1, 2};  ///< empty: mono (LinearRaw, one sample)
  Size black_period{1, 1};
  std::vector<double> black{512};
  double white = 16383;
  int orientation = 1;
  std::vector<std::uint16_t> samples;  ///< size.area() of them
  std::vector<std::uint16_t> linearisation;
  int rows_per_strip = 0;                     ///< 0: one strip
  Size tile{0, 0};                            ///< tiles instead of strips
  bool lossless_jpeg = false;                 ///< instead of uncompressed
  int planes = 1;                             ///< samples a pixel; 3 wants an empty cfa
  std::vector<float> floats;                  ///< instead of samples, of 16, 24 or 32 bits
  int deflate = 0;                            ///< instead of uncompressed: its predictor
  std::map<std::uint16_t, Field> first_tags;  ///< added to IFD 0, or put in the place of its own
  std::map<std::uint16_t, Field> raw_tags;    ///< the same for the raw directory

  [[nodiscard]] std::vector<std::uint8_t> encode() const;
};

/// Samples without two equal neighbours that stay inside [black, white] of a default TinyDng.
std::vector<std::uint16_t> busy_samples(Size size, std::uint16_t low = 400,
                                        std::uint16_t high = 16000);

/// Writes a file into a folder of this test program's own and returns its path.
std::filesystem::path write_file(const std::string& name, const std::vector<std::uint8_t>& bytes);

/// write_file() of the encoded DNG.
std::filesystem::path write_dng(const std::string& name, const TinyDng& dng);

}  // namespace latent::read::test
