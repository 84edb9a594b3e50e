// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace latent {

/// What an untrusted file may ask for before anything is allocated for it. No user can set these,
/// so a refusal says how much is allowed and what can be done with the file.
struct Limits {
  int max_side_px = 65'000;
  std::int64_t max_pixels = 600'000'000;
  std::size_t max_package_bytes = std::size_t{4} << 30U;  ///< a model package, unpacked
  std::size_t max_package_entries = 4096;
  std::size_t max_manifest_bytes = std::size_t{4} << 20U;
  std::size_t max_metadata_bytes = std::size_t{64} << 20U;
};

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

}  // namespace latent
