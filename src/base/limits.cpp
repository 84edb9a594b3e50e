// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/limits.h"

#include <fmt/format.h>

#include <limits>

namespace latent {

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
  if (width > limits.max_side_px || height > limits.max_side_px) {
    return fail(ErrorCode::TooLarge,
                fmt::format("the header says {} x {} pixels, and a side of {} is the longest that "
                            "is read; cut it into parts first",
                            width, height, limits.max_side_px));
  }
  if (width * height > limits.max_pixels) {
    return fail(ErrorCode::TooLarge,
                fmt::format("the header says {} x {} pixels, and {} megapixels are the most that "
                            "is read; cut it into parts first",
                            width, height, limits.max_pixels / 1'000'000));
  }
  return {};
}

}  // namespace latent
