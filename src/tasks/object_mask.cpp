// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/object_mask.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "mask/decoder_automatic.h"
#include "mask/soften.h"
#include "tasks/picture/source.h"
#include "tasks/task.h"

namespace latent::tasks {

namespace {

constexpr int kRows = 64;

Result<PictureSource> opened(const read::Photograph& photograph, const RunControl& control) {
  auto source = PictureSource::open(photograph, control);
  if (!source) {
    return tl::make_unexpected(naming(photograph.path(), std::move(source).error()));
  }
  return source;
}

/// Part of a picture as encoded sRGB, 0..255.
Result<Image<std::uint8_t>> rendered(const PictureSource& source, const Rect& part,
                                     const RunControl& control) {
  const Size size = part.size();
  LATENT_TRY(auto picture, Image<std::uint8_t>::create(size, 3));
  LATENT_TRY(auto rows, Image<float>::create({size.width, std::min(kRows, size.height)}, 3));
  for (int first = 0; first < size.height; first += kRows) {
    LATENT_CHECK(control.check());
    const Rect band{part.x, part.y + first, size.width, std::min(kRows, size.height - first)};
    source.encoded_rgb(band, WideGamut::Preserve, rows.view());
    for (int y = 0; y < band.height; ++y) {
      const auto from = rows.view().row(y);
      const auto to = picture.view().row(first + y);
      for (std::size_t i = 0; i < to.size(); ++i) {
        to[i] = static_cast<std::uint8_t>(std::clamp(from[i], 0.0F, 1.0F) * 255.0F + 0.5F);
      }
    }
  }
  return picture;
}

}  // namespace

Result<MaskPicture> mask_picture(const read::Photograph& photograph, const RunControl& control) {
  LATENT_TRY(const auto source, opened(photograph, control));
  const Size size = source.size();
  LATENT_TRY(auto picture, rendered(source, {0, 0, size.width, size.height}, control));
  return MaskPicture{std::move(picture), source.warnings()};
}

Result<mask::MaskSession> mask_session_of(const PictureSource& source, const Rect& part,
                                          const RunControl& control) {
  LATENT_TRY(auto picture, rendered(source, part, control));
  return mask::MaskSession::create(std::move(picture), control);
}

Result<PreparedMask> prepare_object_mask(const read::Photograph& photograph,
                                         const RunControl& control, mask::FinderMaker make) {
  LATENT_TRY(MaskPicture made, mask_picture(photograph, control));
  LATENT_TRY(auto session,
             mask::MaskSession::create(std::move(made.picture), control, std::move(make)));
  return PreparedMask{std::move(session), std::move(made.notices)};
}

Result<SoftMask> automatic_object(const MaskNetwork& network, ImageView<const std::uint8_t> picture,
                                  const mask::MaskSettings& settings, const RunControl& control) {
  const auto run = [&](std::vector<mask::NetTensor> inputs) {
    return network.graph(std::move(inputs), control);
  };
  LATENT_TRY(SoftMask mask,
             mask::automatic_mask(network.contract, picture, network.input, run, control));
  LATENT_CHECK(mask::set_threshold(mask.view(), settings.threshold));
  LATENT_CHECK(mask::smooth_outline(mask, settings.smoothing));
  LATENT_CHECK(mask::soften_edge(mask, settings.feather));
  return mask;
}

}  // namespace latent::tasks
