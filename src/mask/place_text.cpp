// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/place_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/path.h"

namespace latent::mask {

namespace {

std::string size_words(Size size) {
  return fmt::format("the picture, which has {} x {} pixels (not turned)", size.width, size.height);
}

}  // namespace

Result<TypedNumbers> parse_places(std::string_view text, std::size_t count) {
  const auto wrong = [&] {
    return fail(ErrorCode::Usage,
                fmt::format("'{}' is not {}", printable(text.substr(0, 60)),
                            count == 2 ? "X,Y: two numbers of pixels, or of percent (50%,40%)"
                                       : "X,Y,W,H: four numbers of pixels, or of percent"));
  };
  TypedNumbers typed;
  std::size_t shares = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    double value = 0;
    const auto [next, failed] = std::from_chars(at, end, value);
    if (failed != std::errc{} || !std::isfinite(value) || typed.values.size() == count) {
      return wrong();
    }
    at = next;
    if (at != end && *at == '%') {
      ++shares;
      value *= 0.01;
      ++at;
    }
    typed.values.push_back(value);
    if (at == end) break;
    if (*at++ != ',') return wrong();
  }
  if (typed.values.size() != count || (shares != 0 && shares != count)) return wrong();
  typed.shares = shares != 0;
  return typed;
}

Result<Place> click_at(std::string_view text, Size picture) {
  LATENT_TRY(const TypedNumbers typed, parse_places(text, 2));
  Place place{typed.values[0], typed.values[1]};
  if (!typed.shares) {
    place = {(place.x + 0.5) / picture.width, (place.y + 0.5) / picture.height};
  }
  if (place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1) return place;
  return fail(ErrorCode::Usage,
              fmt::format("the point {} lies outside {}", printable(text), size_words(picture)));
}

Result<Rect> box_at(std::string_view text, Size picture) {
  LATENT_TRY(const TypedNumbers typed, parse_places(text, 4));
  const double across = typed.shares ? picture.width : 1.0;
  const double down = typed.shares ? picture.height : 1.0;
  const double left = std::floor(typed.values[0] * across);
  const double top = std::floor(typed.values[1] * down);
  const double right = std::ceil((typed.values[0] + typed.values[2]) * across);
  const double bottom = std::ceil((typed.values[1] + typed.values[3]) * down);
  if (!(typed.values[2] > 0 && typed.values[3] > 0)) {
    return fail(
        ErrorCode::Usage,
        fmt::format("the box {} has no area; draw it around the whole object", printable(text)));
  }
  if (left < 0 || top < 0 || right > picture.width || bottom > picture.height) {
    return fail(ErrorCode::Usage,
                fmt::format("the box {} reaches beyond {}", printable(text), size_words(picture)));
  }
  return Rect{static_cast<int>(left), static_cast<int>(top), static_cast<int>(right - left),
              static_cast<int>(bottom - top)};
}

Result<std::array<Place, 2>> box_corners_at(std::string_view text, Size picture) {
  LATENT_CHECK(box_at(text, picture));
  LATENT_TRY(const TypedNumbers typed, parse_places(text, 4));
  const auto& [x, y, width, height] =
      std::array{typed.values[0], typed.values[1], typed.values[2], typed.values[3]};
  const double across = typed.shares ? 1.0 : picture.width;
  const double down = typed.shares ? 1.0 : picture.height;
  const auto corner = [&](double u, double v) {
    return Place{std::min(u / across, 1.0), std::min(v / down, 1.0)};
  };
  return std::array{corner(x, y), corner(x + width, y + height)};
}

}  // namespace latent::mask
