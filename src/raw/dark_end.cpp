// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/dark_end.h"

#include <cstdint>

namespace latent::raw {

DarkEnd dark_end_of(const Mosaic& mosaic) {
  constexpr std::int64_t kNext = 8;           // counts above the smallest
  constexpr double kPile = 4.0;               // times as many as each of these
  constexpr double kLeastShare = 1.0 / 2000;  // of the frame
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  std::int64_t smallest = 0;
  std::int64_t next = 0;
  for (int y = 0; y < frame.height(); ++y) {
    for (const std::uint16_t count : frame.row(y)) {
      const std::int64_t above = std::int64_t{count} - mosaic.sample_min;
      smallest += above == 0 ? 1 : 0;
      next += above > 0 && above <= kNext ? 1 : 0;
    }
  }
  const auto pile = static_cast<double>(smallest);
  DarkEnd end;
  end.share = pile / static_cast<double>(frame.size().area());
  end.cut = pile > kPile * static_cast<double>(next) / static_cast<double>(kNext) &&
            end.share > kLeastShare;
  return end;
}

}  // namespace latent::raw
