// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/erase/hole_mask.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/path.h"
#include "fill/holes.h"
#include "fill/spot_list.h"
#include "mask/place_text.h"
#include "mask/session.h"
#include "read/mask/mask_file.h"
#include "tasks/object_mask.h"

namespace latent::tasks {

namespace {

constexpr float kCovered = 0.1F;  ///< of a soft mask: from here on a pixel is to go
constexpr int kCloseLook = 1536;  ///< side of the part in which a click is answered first
constexpr int kMostTrials = 2;

Rect whole_of(Size size) { return {0, 0, size.width, size.height}; }

/// Adds what a soft mask covers, which lies at `at`.
void add(HoleMask& holes, ImageView<const float> soft, Point at) {
  for (int y = 0; y < soft.height(); ++y) {
    for (int x = 0; x < soft.width(); ++x) {
      if (soft.at(x, y) > kCovered) holes.mask.view().at(at.x + x, at.y + y) = 1;
    }
  }
}

/// The nearest pixel of a mask of another size.
Result<SoftMask> resized(const SoftMask& mask, Size size) {
  LATENT_TRY(auto out, SoftMask::create(size));
  for (int y = 0; y < size.height; ++y) {
    const auto from_y = static_cast<int>(std::int64_t{y} * mask.height() / size.height);
    for (int x = 0; x < size.width; ++x) {
      const auto from_x = static_cast<int>(std::int64_t{x} * mask.width() / size.width);
      out.view().at(x, y) = mask.view().at(from_x, from_y);
    }
  }
  return out;
}

Status add_mask_file(HoleMask& holes, const EraseSettings& settings, const Limits& limits,
                     const RunControl& control) {
  const Size size = holes.mask.size();
  LATENT_TRY(SoftMask mask, read::read_mask_file(settings.mask, limits, control));
  if (mask.size() != size) {
    if (!settings.scale_mask) {
      return fail(
          ErrorCode::Usage, settings.mask,
          fmt::format("{}: the mask has {} x {} pixels and the picture {} x {}; --scale-mask "
                      "brings it to that size",
                      quoted(settings.mask), mask.width(), mask.height(), size.width, size.height));
    }
    holes.notices.push_back(fmt::format("the mask of {} x {} pixels was brought to {} x {}",
                                        mask.width(), mask.height(), size.width, size.height));
    LATENT_TRY(mask, resized(mask, size));
  }
  add(holes, mask.view(), {0, 0});
  for (int y = 0; y < size.height; ++y) {
    const auto row = holes.mask.view().row(y);
    if (std::ranges::find(row, std::uint8_t{1}) != row.end()) return {};
  }
  return fail(ErrorCode::Usage, settings.mask,
              quoted(settings.mask) +
                  ": the mask is empty, so there is nothing to erase (white is what goes)");
}

struct Prompts {
  std::vector<mask::Place> on;
  std::vector<mask::Place> off;
  std::vector<Rect> boxes;
};

Result<Prompts> prompts_of(const EraseSettings& settings, Size size) {
  Prompts prompts;
  for (const std::string& text : settings.clicks) {
    LATENT_TRY(const mask::Place place, mask::click_at(text, size));
    prompts.on.push_back(place);
  }
  for (const std::string& text : settings.not_on) {
    LATENT_TRY(const mask::Place place, mask::click_at(text, size));
    prompts.off.push_back(place);
  }
  for (const std::string& text : settings.boxes) {
    LATENT_TRY(const Rect box, mask::box_at(text, size));
    prompts.boxes.push_back(box);
  }
  return prompts;
}

/// The part of the picture around all prompts in which they are answered at full size.
Rect close_look(const Prompts& prompts, Size size) {
  double left = size.width;
  double top = size.height;
  double right = 0;
  double bottom = 0;
  const auto take = [&](double x, double y) {
    left = std::min(left, x);
    right = std::max(right, x);
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  };
  for (const auto& place : prompts.on) take(place.x * size.width, place.y * size.height);
  for (const auto& place : prompts.off) take(place.x * size.width, place.y * size.height);
  for (const Rect& box : prompts.boxes) {
    take(box.x, box.y);
    take(box.right(), box.bottom());
  }
  const int width =
      std::min(size.width, std::max(kCloseLook, static_cast<int>(2 * (right - left))));
  const int height =
      std::min(size.height, std::max(kCloseLook, static_cast<int>(2 * (bottom - top))));
  const int x = std::clamp(static_cast<int>((left + right) / 2) - width / 2, 0, size.width - width);
  const int y =
      std::clamp(static_cast<int>((top + bottom) / 2) - height / 2, 0, size.height - height);
  return {x, y, width, height};
}

mask::PromptSet set_in(const Prompts& prompts, const Rect& part, Size size) {
  mask::PromptSet set;
  set.source_size = part.size();
  const auto moved = [&](double x, double y) {
    return mask::Place{std::clamp((x - part.x) / part.width, 0.0, 1.0),
                       std::clamp((y - part.y) / part.height, 0.0, 1.0)};
  };
  const auto click = [&](const mask::Place& place, bool on) {
    mask::Prompt prompt;
    prompt.on_object = on;
    prompt.places = {moved(place.x * size.width, place.y * size.height)};
    return prompt;
  };
  mask::ObjectPrompts clicked;
  for (const auto& place : prompts.on) clicked.prompts.push_back(click(place, true));
  for (const Rect& box : prompts.boxes) {
    mask::Prompt prompt;
    prompt.kind = mask::PromptKind::Box;
    prompt.places = {moved(box.x, box.y), moved(box.right(), box.bottom())};
    if (prompts.on.empty()) {  // each box is an object of its own
      set.objects.push_back({{prompt}});
    } else {
      clicked.prompts.push_back(prompt);
    }
  }
  if (!prompts.on.empty()) set.objects.push_back(clicked);
  for (auto& object : set.objects) {
    for (const auto& place : prompts.off) object.prompts.push_back(click(place, false));
  }
  return set;
}

/// Whether the mask runs into a border of the part that is none of the picture.
bool is_cut(ImageView<const float> mask, const Rect& part, Size size) {
  const auto any = [&](int x0, int x1, int y0, int y1) {
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) {
        if (mask.at(x, y) > 0.5F) return true;
      }
    }
    return false;
  };
  return (part.x > 0 && any(0, 1, 0, part.height)) || (part.y > 0 && any(0, part.width, 0, 1)) ||
         (part.right() < size.width && any(part.width - 1, part.width, 0, part.height)) ||
         (part.bottom() < size.height && any(0, part.width, part.height - 1, part.height));
}

bool has_object(ImageView<const float> mask) {
  for (int y = 0; y < mask.height(); ++y) {
    if (std::ranges::any_of(mask.row(y), [](float share) { return share > kCovered; })) return true;
  }
  return false;
}

Status add_objects(HoleMask& holes, const PictureSource& picture, const EraseSettings& settings,
                   const RunControl& control) {
  const Size size = picture.size();
  LATENT_TRY(const Prompts prompts, prompts_of(settings, size));
  if (prompts.on.empty() && prompts.boxes.empty()) {
    return fail(ErrorCode::Usage, "--not says what stays; say with --click or --box what goes");
  }
  Rect part = close_look(prompts, size);
  for (int trial = 0; trial < kMostTrials; ++trial) {
    LATENT_TRY(auto session, mask_session_of(picture, part, control));
    mask::MaskSettings how;
    LATENT_TRY(const SoftMask mask,
               session.mask(set_in(prompts, part, size), how, nullptr, control));
    if (trial == 0 && is_cut(mask.view(), part, size)) {
      part = whole_of(size);
      continue;
    }
    if (!has_object(mask.view())) {
      return fail(ErrorCode::Usage,
                  "no object was found there; draw --box around the whole object with some ground "
                  "on every side, put --click in its middle, or mark it with --mask");
    }
    add(holes, mask.view(), part.origin());
    break;
  }
  return {};
}

/// Grows what was marked so far.
Status grow(HoleMask& holes, const PictureSource& picture, const EraseSettings& settings) {
  if (settings.dilate) {
    holes.grown_px = *settings.dilate;
    return fill::dilate(holes.mask.view(), static_cast<float>(*settings.dilate));
  }
  LATENT_TRY(const fill::Holes found, fill::Holes::of(std::as_const(holes.mask).view()));
  const int most = fill::most_blur(picture.size());
  const int around = 2 * most;
  for (const fill::HoleGroup& group : found.groups()) {
    const Rect area = Rect{group.bounds.x - around, group.bounds.y - around,
                           group.bounds.width + 2 * around, group.bounds.height + 2 * around}
                          .intersection(whole_of(picture.size()));
    LATENT_TRY(auto colours, Image<float>::create(area.size(), 3));
    picture.encoded_rgb(area, WideGamut::Preserve, colours.view());
    const auto part = holes.mask.view().crop(area);
    LATENT_TRY(const float blur, fill::grow_by_blur(colours.view(), part, most));
    holes.grown_px = std::max(holes.grown_px, static_cast<double>(blur));
  }
  return {};
}

void add_spots(HoleMask& holes, const std::vector<fill::Spot>& spots) {
  const Rect whole = whole_of(holes.mask.size());
  for (const fill::Spot& spot : spots) {
    const int reach = static_cast<int>(std::ceil(spot.radius));
    const Rect area = Rect{static_cast<int>(spot.x) - reach, static_cast<int>(spot.y) - reach,
                           2 * reach + 2, 2 * reach + 2}
                          .intersection(whole);
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) {
        const double dx = x - spot.x;
        const double dy = y - spot.y;
        if (dx * dx + dy * dy <= spot.radius * spot.radius) holes.mask.view().at(x, y) = 1;
      }
    }
    ++holes.spots;
  }
}

}  // namespace

Result<std::vector<fill::Spot>> spots_of(const PictureSource& picture, const RunControl& control) {
  constexpr int kRows = 64;
  const Size size = picture.size();
  LATENT_TRY(auto light, Image<float>::create(size));
  LATENT_TRY(auto rows, Image<float>::create({size.width, std::min(kRows, size.height)}, 3));
  for (int first = 0; first < size.height; first += kRows) {
    const int count = std::min(kRows, size.height - first);
    picture.encoded_rgb({0, first, size.width, count}, WideGamut::Preserve, rows.view());
    for (int y = 0; y < count; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const float* rgb = &rows.view().at(x, y);
        light.view().at(x, first + y) =
            std::clamp(0.25F * rgb[0] + 0.5F * rgb[1] + 0.25F * rgb[2], 0.0F, 1.0F);
      }
    }
  }
  fill::SpotSettings settings;
  settings.largest = std::max(20.0, 0.006 * std::max(size.width, size.height));
  return fill::find_spots(light.view(), settings, control);
}

Result<HoleMask> hole_mask_of(const PictureSource& picture, const EraseSettings& settings,
                              const Limits& limits, const RunControl& control) {
  const Size size = picture.size();
  HoleMask holes;
  LATENT_TRY(holes.mask, Image<std::uint8_t>::create(size));
  const bool prompts =
      !settings.clicks.empty() || !settings.not_on.empty() || !settings.boxes.empty();
  const bool masks = !settings.mask.empty() || prompts;
  if (!masks && !settings.spots && settings.spots_list.empty()) {
    return fail(ErrorCode::Usage,
                "nothing is named that is to go; say it with --mask, --click, --box or --spots");
  }
  if (!settings.mask.empty()) LATENT_CHECK(add_mask_file(holes, settings, limits, control));
  if (prompts) LATENT_CHECK(add_objects(holes, picture, settings, control));
  if (masks) LATENT_CHECK(grow(holes, picture, settings));
  if (!settings.spots_list.empty()) {
    LATENT_TRY(const fill::SpotList list, fill::read_spot_list(settings.spots_list));
    LATENT_TRY(const auto spots, fill::spots_in(list, size));
    add_spots(holes, spots);
  }
  if (settings.spots) {
    LATENT_TRY(const auto spots, spots_of(picture, control));
    if (spots.empty()) holes.notices.emplace_back("no shadow of dust was found in the picture");
    add_spots(holes, spots);
  }
  return holes;
}

}  // namespace latent::tasks
