// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/session.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "mask/cleanup.h"
#include "mask/marks.h"
#include "mask/sampling.h"
#include "mask/soften.h"

namespace latent::mask {

namespace {

Status check_range(const char* name, double value, double least, double most) {
  if (value >= least && value <= most) return {};  // NaN is not
  std::string from = std::to_string(least);
  std::string to = std::to_string(most);
  for (std::string* text : {&from, &to}) {
    text->erase(text->find_last_not_of('0') + 1);
    if (text->back() == '.') text->pop_back();
  }
  return fail(ErrorCode::Usage, std::string(name) + " goes from " + from + " to " + to);
}

/// The places in which pieces are kept: of clicks and strokes on the object.
std::vector<Point> kept_places(const ObjectPrompts& object, Size size) {
  std::vector<Point> places;
  for (const Prompt& prompt : object.prompts) {
    if (!prompt.on_object || prompt.kind == PromptKind::Box) continue;
    for (const Place& place : prompt.places) places.push_back(pixel_of(place, size));
  }
  return places;
}

/// A mask of any size at another, 0 or 1.
Result<Image<std::uint8_t>> hard_mask(const SoftMask& mask, Size size) {
  LATENT_TRY(Image<std::uint8_t> hard, Image<std::uint8_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    const float from_y = (static_cast<float>(y) + 0.5F) * static_cast<float>(mask.height()) /
                         static_cast<float>(size.height);
    for (int x = 0; x < size.width; ++x) {
      const float from_x = (static_cast<float>(x) + 0.5F) * static_cast<float>(mask.width()) /
                           static_cast<float>(size.width);
      hard.view().at(x, y) = bilinear(mask.view(), from_x, from_y) >= 0.5F ? 1 : 0;
    }
  }
  return hard;
}

Status put_into(ImageView<std::uint8_t> all, ImageView<const std::uint8_t> one) {
  for (int y = 0; y < all.height(); ++y) {
    for (int x = 0; x < all.width(); ++x) all.at(x, y) |= one.at(x, y);
  }
  return {};
}

}  // namespace

Status check_settings(const MaskSettings& settings) {
  LATENT_CHECK(check_range("threshold", settings.threshold, 0.01, 0.99));
  LATENT_CHECK(check_range("cleanup", settings.cleanup, 0, 0.1));
  LATENT_CHECK(check_range("smoothing", settings.smoothing, 0, 200));
  return check_range("feather", settings.feather, 0, 1000);
}

MaskSession::MaskSession(Image<std::uint8_t> picture, std::shared_ptr<const Encoded> encoded)
    : picture_(std::move(picture)), encoded_(std::move(encoded)) {}

Result<MaskSession> MaskSession::create(Image<std::uint8_t> picture, const RunControl& control) {
  LATENT_TRY(auto encoded, Encoded::create(picture.view(), control));
  return MaskSession(std::move(picture), std::move(encoded));
}

Result<SoftMask> MaskSession::mask(const PromptSet& prompts, const MaskSettings& settings,
                                   const SoftMask* previous, const RunControl& control) {
  LATENT_CHECK(check_settings(settings));
  if (previous == nullptr) LATENT_CHECK(check_prompts(prompts));
  LATENT_TRY(Image<std::uint8_t> all, Image<std::uint8_t>::create(encoded_->size()));
  while (selectors_.size() < std::max<std::size_t>(1, prompts.objects.size())) {
    selectors_.emplace_back(encoded_);
  }
  const auto least =
      static_cast<std::int64_t>(settings.cleanup * static_cast<double>(encoded_->size().area()));
  const std::size_t count = std::max<std::size_t>(prompts.objects.size(), previous ? 1 : 0);
  const ObjectPrompts none;
  for (std::size_t i = 0; i < count; ++i) {
    const ObjectPrompts& object = i < prompts.objects.size() ? prompts.objects[i] : none;
    const bool goes_on = i == 0 && previous != nullptr;
    LATENT_TRY(Image<std::uint8_t> one,
               goes_on && object.prompts.empty()
                   ? hard_mask(*previous, encoded_->size())
                   : selectors_[i].select(object.prompts, goes_on ? previous : nullptr, control));
    const auto places = kept_places(object, encoded_->size());
    if (settings.objects == KeptPieces::Clicked && !goes_on) {
      LATENT_CHECK(keep_pieces(one.view(), places));
    }
    LATENT_CHECK(remove_specks(one.view(), least));
    for (const Prompt& prompt : object.prompts) paint(prompt, one.view());
    LATENT_CHECK(put_into(all.view(), one.view()));
  }
  LATENT_TRY(SoftMask mask, refine(picture_.view(), all.view(), settings.refine, control));
  LATENT_CHECK(set_threshold(mask.view(), settings.threshold));
  LATENT_CHECK(smooth_outline(mask, settings.smoothing));
  LATENT_CHECK(soften_edge(mask, settings.feather));
  return mask;
}

}  // namespace latent::mask
