// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "read/dng/dng_file.h"

namespace latent::read {

/// The most samples that one byte becomes: no lossless coding that is taken needs less than one bit
/// a sample, and lossy JPEG needs two bits for a block of 64.
inline constexpr std::uint64_t kSamplesOfByte = 8;
inline constexpr std::uint64_t kSamplesOfLossyByte = 256;

/// Whether the file is long enough for a picture at all; LibRaw invents what is missing without a
/// word.
///
/// Errors   Corrupt; the message is a predicate.
[[nodiscard]] Status check_file_holds(const ByteSource& source, Size buffer,
                                      std::uint64_t samples_a_byte = kSamplesOfByte);

/// Whether the lists of a DNG are complete and the file is long enough for every strip or tile that
/// its header promises; uncompressed ones also for their samples.
///
/// Errors   Corrupt; the message is a predicate.
[[nodiscard]] Status check_blocks(const ByteSource& source, const DngLayout& layout);

/// The same for the strips or tiles of the largest picture in a camera's TIFF-like file. Passes
/// where the file is no TIFF or names no sizes.
///
/// Errors   Corrupt; the message is a predicate.
[[nodiscard]] Status check_tiff_extents(const ByteSource& source, const Limits& limits);

}  // namespace latent::read
