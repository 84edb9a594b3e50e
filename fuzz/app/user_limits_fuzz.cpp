// SPDX-License-Identifier: GPL-3.0-or-later
// settings.toml from anywhere: limits that a user may set, or a sentence.
#include "app/user_limits.h"

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto limits = app::parse_limits(text, "settings.toml");
  if (!limits) {
    if (limits.error().sentence.empty()) std::abort();
    return 0;
  }
  if (limits->max_side_px < 1 || limits->max_side_px > kMostSide) std::abort();
  if (limits->max_pixels < 1 || limits->max_pixels > kMostMegapixels * 1'000'000) std::abort();
  return 0;
}
