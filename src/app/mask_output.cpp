// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_output.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "app/output_file.h"
#include "base/text.h"
#include "write/picture/picture.h"

namespace latent::app {

namespace {

template <class T>
Result<Image<T>> as_samples(ImageView<const float> mask, float full) {
  LATENT_TRY(Image<T> samples, Image<T>::create(mask.size()));
  for (int y = 0; y < mask.height(); ++y) {
    const auto from = mask.row(y);
    const auto to = samples.view().row(y);
    for (std::size_t x = 0; x < from.size(); ++x) {
      to[x] = static_cast<T>(std::clamp(from[x], 0.0F, 1.0F) * full + 0.5F);
    }
  }
  return samples;
}

write::PictureOptions picture_options(const MaskOutputOptions& options) {
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

Status check_mask_target(const std::filesystem::path& target) {
  return check_output_file(target, "mask", {"png", "tif"});
}

Status write_mask_result(const std::filesystem::path& target, ImageView<const float> mask,
                         const MaskOutputOptions& options) {
  constexpr float kFull8 = 255.0F;
  constexpr float kFull16 = 65535.0F;
  const std::string extension = lower_case(target.extension().native());
  const auto wanted = picture_options(options);
  if (extension == ".tif" || extension == ".tiff") {
    LATENT_TRY(const auto samples, as_samples<std::uint16_t>(mask, kFull16));
    return write::write_tiff(target, samples.view(), wanted);
  }
  if (options.bits == 16) {
    LATENT_TRY(const auto samples, as_samples<std::uint16_t>(mask, kFull16));
    return write::write_png(target, samples.view(), wanted);
  }
  LATENT_TRY(const auto samples, as_samples<std::uint8_t>(mask, kFull8));
  return write::write_png(target, samples.view(), wanted);
}

Status write_mask_overlay(const std::filesystem::path& target,
                          ImageView<const std::uint8_t> picture, ImageView<const float> mask,
                          const MaskOutputOptions& options) {
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
