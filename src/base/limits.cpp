// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/limits.h"

#include <fmt/format.h>

namespace latent {

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
                fmt::format("the header says {} x {} pixels; the longest side allowed is {} "
                            "(setting max_side_px)",
                            width, height, limits.max_side_px));
  }
  if (width * height > limits.max_pixels) {
    return fail(ErrorCode::TooLarge,
                fmt::format("the header says {} x {} pixels; the most allowed is {} megapixels "
                            "(setting max_megapixels)",
                            width, height, limits.max_pixels / 1'000'000));
  }
  return {};
}

}  // namespace latent
