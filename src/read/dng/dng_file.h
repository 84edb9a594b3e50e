// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "image/mosaic.h"
#include "read/dng/black_deltas.h"
#include "read/raw_facts.h"

namespace latent::read {

/// The frame header of a JPEG: its marker of T.81 and its bits a sample; 0 where it is not known.
struct JpegFrame {
  std::uint8_t marker = 0;
  std::uint8_t bits = 0;
};

/// Where the samples of a DNG lie: blocks (strips or tiles) row by row.
struct DngLayout {
  Size image;
  Size block;                ///< a tile, or a strip: as wide as the image
  int bits_per_sample = 16;  ///< as they are stored
  int stated_bits = 16;      ///< as the header has it
  int samples_per_pixel = 1;
  int compression = 1;       ///< 1 none, 7 lossless JPEG, 8 deflate, 34892 JPEG with loss,
                             ///< 52546 JPEG XL
  int predictor = 1;         ///< of deflate: 1 none, 2 and 34892, 34893 differences, 3 and 34894,
                             ///< 34895 of floats
  JpegFrame jpeg;            ///< of the first block
  bool planar = false;       ///< one block holds one colour only
  bool interleaved = false;  ///< rows, columns or blocks of pixels stand in another order
  bool is_float = false;
  bool little_endian = true;
  std::vector<std::uint64_t> offsets;        ///< one a block
  std::vector<std::uint64_t> byte_counts;    ///< one a block
  std::vector<std::uint16_t> linearisation;  ///< stored value -> linear count; empty: as stored
  BlackDeltas black_deltas;                  ///< taken off after the linearisation
};

/// A DNG file as its tags describe it.
struct DngFile {
  RawFacts facts;
  DngLayout layout;
  CfaPattern cfa;                       ///< seen from the buffer's sample (0, 0)
  std::array<float, 3> linear_black{};  ///< of linear RGB: levels by colour
  std::array<float, 3> linear_white{};
  std::vector<CarriedTag> carried_tags;
};

/// Reads the header of a DNG file; nothing where the file is no DNG.
///
/// The raw picture is the largest directory whose NewSubfileType is 0. What the specification
/// leaves to a default has it. The levels are those of the samples as read_dng_samples() gives
/// them.
///
/// Errors   Corrupt   the tags contradict each other or point outside the picture.
///          TooLarge  the picture passes `limits`.
///          Messages are predicates, without the name of the file.
/// Source   Adobe, Digital Negative Specification 1.4.0.0, 2012.
[[nodiscard]] Result<std::optional<DngFile>> read_dng(const ByteSource& source,
                                                      const Limits& limits);

}  // namespace latent::read
