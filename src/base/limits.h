// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace latent {

/// What an untrusted file may ask for before anything is allocated for it (docs/limits.md). The
/// first four are the user's: a refusal names the option that would allow the file, where one does.
struct Limits {
  int max_side_px = 65'000;               ///< --limit-side
  std::int64_t max_pixels = 600'000'000;  ///< --limit-megapixels
  /// --limit-memory; 0: only the machine's own. Half is for the samples of the picture, half for
  /// what is planned of tiles (infer::TileOptions::most_bytes).
  std::size_t max_memory_bytes = 0;
  std::size_t max_metadata_bytes = 64'000'000;  ///< --limit-metadata

  std::size_t max_package_bytes = std::size_t{4} << 30U;  ///< a model package, unpacked
  std::size_t max_package_entries = 4096;
  std::size_t max_manifest_bytes = std::size_t{4} << 20U;
};

/// The most that the user's limits can be raised to, and the least: what the arithmetic of the
/// rooms was made for.
inline constexpr int kMostSide = 1'000'000;
inline constexpr std::int64_t kMostMegapixels = 100'000;
inline constexpr std::size_t kMegabyte = 1'000'000;  ///< of --limit-memory and --limit-metadata
inline constexpr std::size_t kMostMemoryMegabytes = 10'000'000;
inline constexpr std::size_t kLeastMemoryMegabytes = 16;
inline constexpr std::size_t kMostMetadataMegabytes = 1'000;

/// Whether these are limits that a user may set.
///
/// Errors   Usage  the sentence names the option and its range.
[[nodiscard]] Status check_limits(const Limits& limits);

/// No limits but memory itself: for rows of our own making, whose size was judged before. What is
/// read never gets these.
[[nodiscard]] Limits no_limits_of_pixels();

/// a * b, or TooLarge where it would not fit in std::size_t. The way to every byte count.
[[nodiscard]] Result<std::size_t> checked_multiply(std::size_t a, std::size_t b);

/// Whether a picture of this size may be read at all.
///
/// Errors   Corrupt   a side that is not positive.
///          TooLarge  a side or the area passes the limits.
[[nodiscard]] Status check_dimensions(std::int64_t width, std::int64_t height,
                                      const Limits& limits);

/// Whether the samples of a picture may take so many bytes: half of max_memory_bytes.
///
/// Errors   TooLarge
[[nodiscard]] Status check_sample_memory(std::size_t bytes, const Limits& limits);

/// "--limit-metadata 80 allows it", for the end of a refusal of that many bytes of metadata; what
/// else helps, where no limit does.
[[nodiscard]] std::string what_allows_metadata(std::uint64_t bytes);

}  // namespace latent
