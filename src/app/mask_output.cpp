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

using Colour = std::array<std::uint8_t, 3>;

/// Draws prompts onto a picture.
class Marker {
 public:
  explicit Marker(ImageView<std::uint8_t> picture)
      : picture_(picture),
        longest_(std::max(picture.width(), picture.height())),
        radius_(std::max(3.0, longest_ / 130.0)) {}

  void mark(const mask::Prompt& prompt) const {
    const Colour& colour = prompt.on_object ? kOn : kOff;
    if (prompt.kind == mask::PromptKind::Box) {
      box(prompt.places.front(), prompt.places.back());
    } else if (prompt.kind == mask::PromptKind::Stroke) {
      stroke(prompt, colour);
    } else {
      disc(prompt.places.front(), radius_ * 1.4, kRing);
      disc(prompt.places.front(), radius_, colour);
    }
  }

 private:
  static constexpr Colour kOn{40, 210, 80};
  static constexpr Colour kOff{235, 50, 40};
  static constexpr Colour kRing{255, 255, 255};
  static constexpr Colour kBox{255, 220, 0};

  [[nodiscard]] double across(const mask::Place& place) const { return place.x * picture_.width(); }
  [[nodiscard]] double down(const mask::Place& place) const { return place.y * picture_.height(); }

  void fill(double left, double top, double right, double bottom, const Colour& colour,
            const auto& wanted) const {
    const int first = std::max(0, static_cast<int>(std::floor(top)));
    const int last = std::min(picture_.height() - 1, static_cast<int>(std::ceil(bottom)));
    const int from = std::max(0, static_cast<int>(std::floor(left)));
    const int to = std::min(picture_.width() - 1, static_cast<int>(std::ceil(right)));
    for (int y = first; y <= last; ++y) {
      for (int x = from; x <= to; ++x) {
        if (!wanted(x + 0.5, y + 0.5)) continue;
        for (int c = 0; c < 3; ++c) picture_.at(x, y, c) = colour[static_cast<std::size_t>(c)];
      }
    }
  }

  void disc(const mask::Place& place, double radius, const Colour& colour) const {
    const double middle_x = across(place);
    const double middle_y = down(place);
    fill(middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius, colour,
         [&](double x, double y) { return std::hypot(x - middle_x, y - middle_y) <= radius; });
  }

  void box(const mask::Place& one, const mask::Place& other) const {
    const double left = std::min(across(one), across(other));
    const double right = std::max(across(one), across(other));
    const double top = std::min(down(one), down(other));
    const double bottom = std::max(down(one), down(other));
    const double half = std::max(1.0, longest_ / 1000.0);
    fill(left - half, top - half, right + half, bottom + half, kBox, [&](double x, double y) {
      const bool beside = x < left + half || x > right - half;
      return beside || y < top + half || y > bottom - half;
    });
  }

  void stroke(const mask::Prompt& prompt, const Colour& colour) const {
    constexpr double kThin = 0.5;  // of a click's radius: what lies under it stays visible
    const mask::Place* last = &prompt.places.front();
    for (const mask::Place& place : prompt.places) {
      const double length = std::hypot(across(place) - across(*last), down(place) - down(*last));
      const int steps = std::max(1, static_cast<int>(length / radius_));
      for (int i = 0; i <= steps; ++i) {
        const double share = static_cast<double>(i) / steps;
        disc({last->x + (place.x - last->x) * share, last->y + (place.y - last->y) * share},
             kThin * radius_, colour);
      }
      last = &place;
    }
  }

  ImageView<std::uint8_t> picture_;
  double longest_;
  double radius_;
};

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
        shown.view().at(x, y, c) = line ? kLine[static_cast<std::size_t>(c)]
                                        : static_cast<std::uint8_t>(std::lround(
                                              kept * static_cast<float>(picture.at(x, y, c))));
      }
    }
  }
  if (options.prompts != nullptr) {
    const Marker marker(shown.view());
    for (const mask::ObjectPrompts& object : options.prompts->objects) {
      for (const mask::Prompt& prompt : object.prompts) marker.mark(prompt);
    }
  }
  return write::write_png(target, std::as_const(shown).view(), picture_options(options));
}

}  // namespace latent::app
