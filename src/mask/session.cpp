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

/// Puts masks of parts of the photograph into one of its full size, which `all` becomes. The prompts
/// that paint have the last word of theirs, too.
Status lay_in(std::vector<PartMask>& close, const PromptSet& prompts, std::int64_t least, Size full,
              Image<std::uint8_t>& all) {
  LATENT_TRY(Image<std::uint8_t> large, Image<std::uint8_t>::create(full));
  const Size small = all.size();
  const auto from = [](int place, int count, int of) {
    return static_cast<int>(std::int64_t{place} * count / of);
  };
  for (int y = 0; y < full.height; ++y) {
    const auto row = std::as_const(all).view().row(from(y, small.height, full.height));
    for (int x = 0; x < full.width; ++x) {
      large.view().at(x, y) = row[static_cast<std::size_t>(from(x, small.width, full.width))];
    }
  }
  for (PartMask& part : close) {
    const double shrunk = static_cast<double>(part.mask.size().area()) /
                          static_cast<double>(part.area.size().area()) *
                          static_cast<double>(full.area()) / static_cast<double>(small.area());
    LATENT_CHECK(remove_specks(part.mask.view(),
                               static_cast<std::int64_t>(static_cast<double>(least) * shrunk)));
    for (int y = 0; y < part.area.height; ++y) {
      const auto row =
          std::as_const(part.mask).view().row(from(y, part.mask.height(), part.area.height));
      for (int x = 0; x < part.area.width; ++x) {
        large.view().at(part.area.x + x, part.area.y + y) |=
            row[static_cast<std::size_t>(from(x, part.mask.width(), part.area.width))];
      }
    }
  }
  for (const ObjectPrompts& object : prompts.objects) {
    for (const Prompt& prompt : object.prompts) {
      if (prompt.kind == PromptKind::Stroke) paint(prompt, large.view());
    }
  }
  all = std::move(large);
  return {};
}

}  // namespace

Status check_settings(const MaskSettings& settings) {
  LATENT_CHECK(check_range("threshold", settings.threshold, 0.01, 0.99));
  LATENT_CHECK(check_range("cleanup", settings.cleanup, 0, 0.1));
  LATENT_CHECK(check_range("smoothing", settings.smoothing, 0, 200));
  return check_range("feather", settings.feather, 0, 1000);
}

MaskSession::MaskSession(Image<std::uint8_t> picture, FinderMaker make,
                         std::unique_ptr<Finder> finder)
    : picture_(std::move(picture)), make_(std::move(make)), finder_(std::move(finder)) {}

Result<MaskSession> MaskSession::create(Image<std::uint8_t> picture, const RunControl& control,
                                        FinderMaker make) {
  LATENT_TRY(auto finder, make(picture.view(), control));
  return MaskSession(std::move(picture), std::move(make), std::move(finder));
}

Result<Image<std::uint8_t>> MaskSession::found(Finder& finder, std::size_t number,
                                               const ObjectPrompts& object,
                                               const MaskSettings& settings,
                                               const SoftMask* previous,
                                               const RunControl& control) const {
  LATENT_TRY(auto one, finder.select(number, object.prompts, previous, control));
  if (!settings.second_prompts || previous != nullptr) return one;
  LATENT_TRY(const auto more, second_prompts(one.view(), object.prompts));
  if (more.empty()) return one;
  std::vector<Prompt> all = object.prompts;
  all.insert(all.end(), more.begin(), more.end());
  return finder.select(number, all, previous, control);
}

Result<std::optional<MaskSession::Close>> MaskSession::closer(std::size_t number,
                                                              const ObjectPrompts& object,
                                                              const MaskSettings& settings,
                                                              ImageView<const std::uint8_t> mask,
                                                              const RunControl& control) {
  const auto area = crop_around(mask, object.prompts, picture_.size());
  if (!area) return std::nullopt;
  while (crops_.size() <= number) crops_.emplace_back();
  std::optional<Crop>& kept = crops_[number];
  if (!kept || !holds(kept->area, *area)) {
    LATENT_TRY(auto finder, make_(std::as_const(picture_).view().crop(*area), control));
    kept = Crop{*area, std::move(finder)};
  }
  const ObjectPrompts inside = in_crop(object, kept->area, picture_.size());
  LATENT_TRY(auto found_there, found(*kept->finder, 0, inside, settings, nullptr, control));
  if (settings.objects == KeptPieces::Clicked) {
    LATENT_CHECK(keep_pieces(found_there.view(), kept_places(inside, found_there.size())));
  }
  return Close{kept->area, std::move(found_there)};
}

Result<SoftMask> MaskSession::mask(const PromptSet& prompts, const MaskSettings& settings,
                                   const SoftMask* previous, const RunControl& control) {
  LATENT_CHECK(check_settings(settings));
  if (previous == nullptr) LATENT_CHECK(check_prompts(prompts));
  for (const ObjectPrompts& object : prompts.objects) {
    for (const Prompt& prompt : object.prompts) LATENT_CHECK(check_prompt(prompt));
  }
  const Size size = finder_->size();
  LATENT_TRY(Image<std::uint8_t> all, Image<std::uint8_t>::create(size));
  std::vector<Close> close;
  const auto least = static_cast<std::int64_t>(settings.cleanup * static_cast<double>(size.area()));
  const std::size_t count = std::max<std::size_t>(prompts.objects.size(), previous ? 1 : 0);
  const ObjectPrompts none;
  for (std::size_t i = 0; i < count; ++i) {
    const ObjectPrompts& object = i < prompts.objects.size() ? prompts.objects[i] : none;
    const bool goes_on = i == 0 && previous != nullptr;
    LATENT_TRY(Image<std::uint8_t> one,
               goes_on && object.prompts.empty()
                   ? hard_mask(*previous, size)
                   : found(*finder_, i, object, settings, goes_on ? previous : nullptr, control));
    if (settings.objects == KeptPieces::Clicked && !goes_on) {
      LATENT_CHECK(keep_pieces(one.view(), kept_places(object, size)));
    }
    if (settings.small_objects == SmallObjects::Crop && !goes_on) {
      LATENT_TRY(auto nearer, closer(i, object, settings, one.view(), control));
      if (nearer && agrees(*nearer, one.view(), picture_.size())) {
        close.push_back(*std::move(nearer));
        continue;
      }
    }
    LATENT_CHECK(remove_specks(one.view(), least));
    for (const Prompt& prompt : object.prompts) paint(prompt, one.view());
    LATENT_CHECK(put_into(all.view(), one.view()));
  }
  if (!close.empty()) LATENT_CHECK(lay_in(close, prompts, least, picture_.size(), all));
  LATENT_TRY(SoftMask mask, refine(picture_.view(), all.view(), settings.refine, control));
  // A brush counts whatever the picture shows, so that no filter takes it back. Where there are
  // several objects, one that takes away takes from its own alone, which it did before.
  for (const ObjectPrompts& object : prompts.objects) {
    for (const Prompt& prompt : object.prompts) {
      if (prompt.on_object || prompts.objects.size() == 1) paint_softly(prompt, mask.view());
    }
  }
  LATENT_CHECK(set_threshold(mask.view(), settings.threshold));
  LATENT_CHECK(smooth_outline(mask, settings.smoothing));
  LATENT_CHECK(soften_edge(mask, settings.feather));
  return mask;
}

}  // namespace latent::mask
