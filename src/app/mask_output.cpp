// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_output.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "write/picture/picture.h"

namespace latent::app {

namespace {

write::PictureOptions picture_options(const MaskOverlayOptions& options) {
  write::PictureOptions wanted;
  wanted.overwrite = options.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  wanted.access = options.access;
  return wanted;
}

/// How far along the outline a pixel lies: it or a neighbour within `reach` is on the other side.
bool at_outline(ImageView<const float> mask, int x, int y, int reach) {
  const bool here = mask.at(x, y) >= 0.5F;
  for (const auto& [dx, dy] : {std::pair{reach, 0}, {-reach, 0}, {0, reach}, {0, -reach}}) {
    const int px = std::clamp(x + dx, 0, mask.width() - 1);
    const int py = std::clamp(y + dy, 0, mask.height() - 1);
    if ((mask.at(px, py) >= 0.5F) != here) return true;
  }
  return false;
}

}  // namespace

Status write_mask_overlay(const std::filesystem::path& target,
                          ImageView<const std::uint8_t> picture, ImageView<const float> mask,
                          const MaskOverlayOptions& options) {
  constexpr float kDark = 0.35F;
  constexpr std::array<std::uint8_t, 3> kLine{255, 60, 200};
  LATENT_ENSURE(picture.size() == mask.size() && picture.channels() == 3);
  LATENT_TRY(Image<std::uint8_t> shown, Image<std::uint8_t>::create(picture.size(), 3));
  const int reach = std::max(1, std::max(mask.width(), mask.height()) / 1000);
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const bool line = at_outline(mask, x, y, reach);
      const float kept = kDark + (1.0F - kDark) * mask.at(x, y);
      for (int c = 0; c < 3; ++c) {
        shown.view().at(x, y, c) =
            line ? kLine[static_cast<std::size_t>(c)]
                 : static_cast<std::uint8_t>(kept * static_cast<float>(picture.at(x, y, c)) + 0.5F);
      }
    }
  }
  return write::write_png(target, std::as_const(shown).view(), picture_options(options));
}

}  // namespace latent::app
