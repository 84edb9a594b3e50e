// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/local_strength.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "mask/sampling.h"
#include "tasks/mask/mask_of.h"

namespace latent::tasks {

Result<LocalStrength> LocalStrength::load(const LocalMask& mask, const read::Photograph& photograph,
                                          Size size, const RunControl& control) {
  LATENT_ENSURE(mask.file.has_value());
  LATENT_TRY(MaskOnPhotograph found, mask_of(*mask.file, photograph, size, control));
  if (mask.invert) {
    for (int y = 0; y < size.height; ++y) {
      for (float& share : found.mask.view().row(y)) share = 1.0F - share;
    }
  }
  LocalStrength strength(std::move(found.mask));
  strength.notices_ = std::move(found.notices);
  return strength;
}

void LocalStrength::row(int x, int y, std::span<float> shares) const {
  const auto line = mask_.view().row(std::clamp(y, 0, mask_.height() - 1));
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const int at = std::clamp(x + static_cast<int>(i), 0, mask_.width() - 1);
    shares[i] = line[static_cast<std::size_t>(at)];
  }
}

void LocalStrength::enlarged_row(int scale, int x, int y, std::span<float> shares) const {
  if (scale == 1) {
    row(x, y, shares);
    return;
  }
  const auto at = [scale](int place) {
    return (static_cast<float>(place) + 0.5F) / static_cast<float>(scale);
  };
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i] = mask::bilinear(mask_.view(), at(x + static_cast<int>(i)), at(y));
  }
}

void LocalStrength::mix(int scale, Point at, ImageView<const float> before,
                        ImageView<float> after) const {
  std::vector<float> shares(static_cast<std::size_t>(after.width()));
  const auto channels = static_cast<std::size_t>(after.channels());
  for (int y = 0; y < after.height(); ++y) {
    enlarged_row(scale, at.x, at.y + y, shares);
    const auto from = before.row(y);
    const auto to = after.row(y);
    for (std::size_t i = 0; i < to.size(); ++i) {
      const float share = shares[i / channels];
      if (share == 1.0F) continue;
      to[i] = share == 0.0F ? from[i] : from[i] + share * (to[i] - from[i]);
    }
  }
}

Result<const LocalStrength*> LocalStrengths::of(const LocalMask& mask,
                                                const read::Photograph& photograph, Size size,
                                                const RunControl& control) {
  if (!mask.file) return nullptr;
  std::error_code unknown;
  const auto time = std::filesystem::last_write_time(*mask.file, unknown);
  const bool same = loaded_ && loaded_for_ == mask && size_ == size && !unknown && time_ == time;
  if (!same) {
    loaded_.reset();
    LATENT_TRY(loaded_, LocalStrength::load(mask, photograph, size, control));
    loaded_for_ = mask;
    size_ = size;
    time_ = time;
  }
  return &*loaded_;
}

}  // namespace latent::tasks
