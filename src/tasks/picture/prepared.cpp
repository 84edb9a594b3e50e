// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/prepared.h"

#include <utility>

#include "tasks/stopwatch.h"

namespace latent::tasks {

bool PreparedPicture::EnlargedFor::operator==(const EnlargedFor& other) const {
  return region == other.region && settings.denoise == other.settings.denoise &&
         settings.tolerance == other.settings.tolerance &&
         settings.consistent == other.settings.consistent &&
         settings.overshoot == other.settings.overshoot &&
         settings.wide_gamut == other.settings.wide_gamut &&
         settings.compat == other.settings.compat &&
         (settings.denoise == 0.0 || settings.mask == other.settings.mask);
}

Status PreparedPicture::decode(const RunControl& control) {
  if (picture_) return {};
  const Stopwatch watch;
  LATENT_TRY(picture_, PictureSource::open(photograph, control));
  warnings_ = picture_->warnings();
  made_ = {};
  facts.size = picture_->size();
  seconds.read += watch.seconds();
  return {};
}

void PreparedPicture::become(PictureSource picture, const Made& made) {
  picture_ = std::move(picture);
  made_ = made;
}

Status PreparedPicture::spread_visible_colours(int reach_px) {
  LATENT_CHECK(picture_->spread_visible_colours(reach_px));
  made_.spread = reach_px;
  return {};
}

Status PreparedPicture::restore(const RunControl& control) {
  if (made_ == Made{}) return decode(control);
  picture_.reset();
  return decode(control);
}

}  // namespace latent::tasks
