// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "image/picture.h"

namespace latent::read {

/// How a file stores one sample: unsigned whole numbers of 1 to 16 or 32 bits, or floats of 16, 24,
/// 32 or 64 bits; in the byte order of this machine, or, where they are no whole bytes, packed from
/// the highest bit on.
struct StoredSample {
  int bits = 8;
  bool is_float = false;

  /// What such samples become in a Picture; nothing for what is not taken.
  [[nodiscard]] std::optional<SampleDepth> depth() const;
};

/// Samples to be put into every `step`-th place of a row.
template <class T>
struct SampleRow {
  T* to = nullptr;
  std::size_t count = 0;
  std::size_t step = 1;
};

/// Turns stored samples into those of a Picture: fewer bits are widened so that the largest value
/// stays the largest, 32-bit integers become fractions of 2^32 - 1, floats keep their value.
///
/// Returns  false where a sample could not be kept exactly (it was rounded to float32).
/// Shapes   `from` holds at least `row.count` samples of `stored.bits` bits; `stored.depth()` is
///          that of T.
/// Source   TIFF Technical Note 3 (floats of 16 and 24 bits).
bool widen_samples(const std::uint8_t* from, StoredSample stored,
                   const SampleRow<std::uint8_t>& row);
bool widen_samples(const std::uint8_t* from, StoredSample stored,
                   const SampleRow<std::uint16_t>& row);
bool widen_samples(const std::uint8_t* from, StoredSample stored, const SampleRow<float>& row);

/// Whole numbers of 1 to 16 bits as they stand: the entries of a palette.
void read_numbers(const std::uint8_t* from, int bits, std::span<std::uint16_t> to);

}  // namespace latent::read
