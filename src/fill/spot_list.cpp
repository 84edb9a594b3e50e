// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/spot_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/path.h"
#include "base/small_file.h"
#include "models/manifest/json.h"

namespace latent::fill {

using models::Json;

namespace {

constexpr std::size_t kMostBytes = 4U << 20U;
constexpr std::size_t kMostSpots = 100'000;
constexpr std::int64_t kVersion = 1;
constexpr double kMostSide = 1e6;

std::optional<double> number_in(const Json::Object& object, const char* key, double least,
                                double most) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  double value = 0;
  if (const auto* whole = found->second.as_integer()) {
    value = static_cast<double>(*whole);
  } else if (const auto* real = found->second.as_real()) {
    value = *real;
  } else {
    return std::nullopt;
  }
  if (!(value >= least && value <= most)) return std::nullopt;
  return value;
}

}  // namespace

Result<std::vector<Spot>> spots_in(const SpotList& list, Size picture) {
  const double across = static_cast<double>(picture.width) / list.picture.width;
  const double down = static_cast<double>(picture.height) / list.picture.height;
  constexpr double kSameShape = 0.01;
  if (std::abs(across / down - 1.0) > kSameShape) {
    return fail(
        ErrorCode::Usage,
        fmt::format("the list of spots is of a picture of {} x {} pixels, and this one of "
                    "{} x {} has another shape (cropped or turned?)",
                    list.picture.width, list.picture.height, picture.width, picture.height));
  }
  std::vector<Spot> spots;
  for (const Spot& spot : list.spots) {
    spots.push_back({(spot.x + 0.5) * across - 0.5, (spot.y + 0.5) * down - 0.5,
                     spot.radius * std::max(across, down), spot.depth});
  }
  return spots;
}

std::string spots_to_json(const SpotList& list) {
  std::string text = fmt::format(
      "{{\n  \"latent_spots\": {},\n  \"width\": {},\n  \"height\": {},\n"
      "  \"spots\": [",
      kVersion, list.picture.width, list.picture.height);
  const char* before = "\n";
  for (const Spot& spot : list.spots) {
    text +=
        fmt::format("{}    {{\"x\": {:.1f}, \"y\": {:.1f}, \"radius\": {:.1f}, \"depth\": {:.4f}}}",
                    before, spot.x, spot.y, spot.radius, spot.depth);
    before = ",\n";
  }
  return text + (list.spots.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

Result<SpotList> spots_from_json(std::string_view text, const std::string& what) {
  const auto bad = [&](const std::string& why, ErrorCode code = ErrorCode::Corrupt) {
    return fail(code, what + ": " + why);
  };
  LATENT_TRY(const Json root, models::parse_json(text, what, kMostBytes));
  const auto* object = root.as_object();
  if (object == nullptr || object->find("latent_spots") == object->end()) {
    return bad("it is no list of spots, which latent erase --spots --dry-run --spots-list writes");
  }
  if (!number_in(*object, "latent_spots", kVersion, kVersion)) {
    return bad(fmt::format("it is a list of another version; this program reads {}", kVersion),
               ErrorCode::Unsupported);
  }
  for (const auto& [key, value] : *object) {
    if (key != "latent_spots" && key != "width" && key != "height" && key != "spots") {
      return bad(fmt::format("'{}' is no key of a list of spots", printable(key)));
    }
  }
  const auto width = number_in(*object, "width", 1, kMostSide);
  const auto height = number_in(*object, "height", 1, kMostSide);
  if (!width || !height) return bad("width and height take whole numbers from 1");
  SpotList list;
  list.picture = {static_cast<int>(*width), static_cast<int>(*height)};
  const auto spots = object->find("spots");
  const auto* entries = spots == object->end() ? nullptr : spots->second.as_array();
  if (entries == nullptr) return bad("spots takes a list");
  if (entries->size() > kMostSpots) {
    return bad(fmt::format("it has more than {} spots", kMostSpots), ErrorCode::TooLarge);
  }
  for (const Json& entry : *entries) {
    const auto* spot = entry.as_object();
    const std::string place = fmt::format("spots[{}]", list.spots.size());
    if (spot == nullptr) return bad(place + " takes an object");
    const auto x = number_in(*spot, "x", -0.5, *width);
    const auto y = number_in(*spot, "y", -0.5, *height);
    const auto radius = number_in(*spot, "radius", 0.5, 1000);
    const auto depth = number_in(*spot, "depth", 0, 1);
    if (!x || !y || !radius) {
      return bad(place + " takes x and y inside the picture and a radius from 0.5 to 1000 pixels");
    }
    if (spot->size() != (depth ? 4U : 3U)) {
      return bad(place + " has a key that is none of x, y, radius and depth (0 to 1)");
    }
    list.spots.push_back({*x, *y, *radius, depth.value_or(0)});
  }
  return list;
}

Result<SpotList> read_spot_list(const std::filesystem::path& file) {
  LATENT_TRY(const std::string text, read_small_file(file, kMostBytes));
  return spots_from_json(text, quoted(file));
}

}  // namespace latent::fill
