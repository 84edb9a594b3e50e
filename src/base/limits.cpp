// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace latent {

namespace {

constexpr std::int64_t kMegapixel = 1'000'000;

std::uint64_t rounded_up(std::uint64_t value, std::uint64_t unit) {
  return value / unit + (value % unit == 0 ? 0 : 1);
}

/// The end of a refusal: the option that would allow it, or where none does, what else helps.
std::string what_allows(const char* option, std::uint64_t value, std::uint64_t most) {
  if (value > most) return "no limit can be set so high; cut it into parts first";
  return fmt::format("{} {} allows it", option, value);
}

Status in_range(const char* option, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  if (value >= least && value <= most) return {};
  return fail(ErrorCode::Usage, fmt::format("{} takes a whole number from {} to {}, not {}", option,
                                            least, most, value));
}

}  // namespace

Status check_limits(const Limits& limits) {
  const auto side = static_cast<std::uint64_t>(std::max(0, limits.max_side_px));
  const auto pixels = static_cast<std::uint64_t>(std::max<std::int64_t>(0, limits.max_pixels));
  LATENT_CHECK(in_range("--limit-side", side, 1, kMostSide));
  LATENT_CHECK(in_range("--limit-megapixels", rounded_up(pixels, kMegapixel), 1, kMostMegapixels));
  if (limits.max_memory_bytes != 0) {
    LATENT_CHECK(in_range("--limit-memory", limits.max_memory_bytes / kMegabyte,
                          kLeastMemoryMegabytes, kMostMemoryMegabytes));
  }
  return in_range("--limit-metadata", limits.max_metadata_bytes / kMegabyte, 1,
                  kMostMetadataMegabytes);
}

Limits no_limits_of_pixels() {
  Limits limits;
  limits.max_side_px = std::numeric_limits<int>::max();
  limits.max_pixels = std::numeric_limits<std::int64_t>::max();
  return limits;
}

Result<std::size_t> checked_multiply(std::size_t a, std::size_t b) {
  std::size_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) {
    return fail(ErrorCode::TooLarge, "a size in the file is too large for this machine");
  }
  return product;
}

Status check_dimensions(std::int64_t width, std::int64_t height, const Limits& limits) {
  if (width <= 0 || height <= 0) {
    return fail(ErrorCode::Corrupt,
                fmt::format("the header says {} x {} pixels, which is no picture", width, height));
  }
  const std::int64_t side = std::max(width, height);
  if (side > limits.max_side_px) {
    return fail(
        ErrorCode::TooLarge,
        fmt::format("the header says {} x {} pixels, a side longer than the limit of {}; {}", width,
                    height, limits.max_side_px,
                    what_allows("--limit-side", static_cast<std::uint64_t>(side), kMostSide)));
  }
  if (width * height > limits.max_pixels) {
    const auto megapixels = rounded_up(static_cast<std::uint64_t>(width * height), kMegapixel);
    return fail(
        ErrorCode::TooLarge,
        fmt::format("the header says {} x {} pixels, {} megapixels, and the limit is {} "
                    "megapixels; {}",
                    width, height, megapixels,
                    static_cast<double>(limits.max_pixels) / static_cast<double>(kMegapixel),
                    what_allows("--limit-megapixels", megapixels, kMostMegapixels)));
  }
  return {};
}

Status check_sample_memory(std::size_t bytes, const Limits& limits) {
  if (limits.max_memory_bytes == 0 || bytes <= limits.max_memory_bytes / 2) return {};
  return fail(ErrorCode::TooLarge,
              fmt::format("its samples take {} MB of memory, more than half of the limit of {}; {}",
                          rounded_up(bytes, kMegabyte), limits.max_memory_bytes / kMegabyte,
                          what_allows("--limit-memory", 2 * rounded_up(bytes, kMegabyte),
                                      kMostMemoryMegabytes)));
}

std::string what_allows_metadata(std::uint64_t bytes) {
  const std::uint64_t megabytes = rounded_up(bytes, kMegabyte);
  return megabytes > kMostMetadataMegabytes
             ? "no limit can be set so high; take the large part out of it first"
             : what_allows("--limit-metadata", megabytes, kMostMetadataMegabytes);
}

}  // namespace latent
