// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "read/dng/dng_directories.h"
#include "read/dng/dng_file.h"

namespace latent::read {

/// The first value of a field of whole numbers, or `otherwise`.
[[nodiscard]] std::uint64_t whole_number(const TiffFile& file, const TiffDirectory& directory,
                                         std::uint16_t tag, std::uint64_t otherwise);

/// Where the samples lie and how they are stored. Where the header contradicts itself, the bytes
/// decide: of strips and tiles those count whose number and byte counts fit, and uncompressed
/// samples have the bits that their bytes have room for. Not yet the deltas of black.
///
/// Errors   Corrupt, TooLarge; messages are predicates.
[[nodiscard]] Result<DngLayout> read_dng_layout(const DngDirectories& directories,
                                                const Limits& limits);

/// What a user should know where the bytes are not those of the stated bits; else empty.
[[nodiscard]] std::string stored_bits_notice(const DngLayout& layout);

/// The frame header of the first block, where that is a JPEG whose header can be walked.
[[nodiscard]] JpegFrame read_jpeg_frame(const ByteSource& source, const DngLayout& layout);

/// Why samples stored like that are not taken, half a sentence after the file's name; empty where
/// they are.
[[nodiscard]] std::string coding_obstacle(const DngLayout& layout);

}  // namespace latent::read
