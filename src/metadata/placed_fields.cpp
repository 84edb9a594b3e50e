// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/placed_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "metadata/tiff_fields.h"

namespace latent::metadata {

namespace {

using Fraction = std::array<std::uint32_t, 2>;

constexpr std::uint16_t kXPosition = 0x011e;
constexpr std::uint16_t kYPosition = 0x011f;
constexpr std::uint16_t kImageFullWidth = 0x8214;  // of Pixar's TIFFs, as panorama programs use it
constexpr std::uint16_t kImageFullLength = 0x8215;
constexpr std::uint16_t kPixelScale = 0x830e;  // GeoTIFF
constexpr std::uint16_t kTiePoints = 0x8482;
constexpr std::uint16_t kTransformation = 0x85d8;
constexpr std::uint16_t kGeoKeys = 0x87af;
constexpr std::uint16_t kSubjectArea = 0x9214;  // in IFD 0 the place of the subject, by TIFF/EP
constexpr std::uint16_t kSubjectLocation = 0xa214;
constexpr std::uint16_t kFocalPlaneX = 0xa20e;
constexpr std::uint16_t kFocalPlaneY = 0xa20f;
constexpr std::uint16_t kFocalPlaneXOfTiffEp = 0x920e;
constexpr std::uint16_t kFocalPlaneYOfTiffEp = 0x920f;
constexpr std::uint16_t kRelatedWidth = 0x1001;
constexpr std::uint16_t kRelatedLength = 0x1002;

Field* find(std::vector<Field>& fields, std::uint16_t tag) {
  const auto found = std::ranges::find(fields, tag, &Field::tag);
  return found == fields.end() ? nullptr : &*found;
}

void erase(std::vector<Field>& fields, std::uint16_t tag) {
  std::erase_if(fields, [&](const Field& field) { return field.tag == tag; });
}

/// The values of a field that are T; nothing where it holds others.
template <class T>
std::vector<T> values_of(const Field& field) {
  std::vector<T> values(field.bytes.size() / sizeof(T));
  if (values.size() * sizeof(T) != field.bytes.size()) return {};
  std::memcpy(values.data(), field.bytes.data(), field.bytes.size());
  return values;
}

template <class T>
void set(Field& field, TiffType type, const std::vector<T>& values) {
  field.type = static_cast<std::uint16_t>(type);
  field.count = static_cast<std::uint32_t>(values.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  field.bytes.assign(bytes, bytes + values.size() * sizeof(T));
}

bool is_a(const Field& field, TiffType type) {
  return field.type == static_cast<std::uint16_t>(type);
}

/// Whole numbers of one or two widths.
std::vector<double> whole_numbers(const Field& field) {
  if (is_a(field, TiffType::Short)) {
    const auto values = values_of<std::uint16_t>(field);
    return {values.begin(), values.end()};
  }
  if (!is_a(field, TiffType::Long)) return {};
  const auto values = values_of<std::uint32_t>(field);
  return {values.begin(), values.end()};
}

std::optional<double> fraction_of(const std::vector<Field>& fields, std::uint16_t tag) {
  const auto found = std::ranges::find(fields, tag, &Field::tag);
  if (found == fields.end() || !is_a(*found, TiffType::Rational)) return std::nullopt;
  const auto values = values_of<Fraction>(*found);
  if (values.size() != 1 || values[0][1] == 0) return std::nullopt;
  return static_cast<double>(values[0][0]) / values[0][1];
}

/// `value`, with the denominator that stands there where it is enough.
Fraction fraction_near(double value, std::uint32_t denominator) {
  constexpr double kMost = std::numeric_limits<std::uint32_t>::max();
  const double exact = value * denominator;
  if (denominator > 0 && exact <= kMost && std::abs(exact - std::round(exact)) < 1e-6) {
    return {static_cast<std::uint32_t>(std::lround(exact)), denominator};
  }
  double below = 1e6;
  while (below > 1 && value * below > kMost) below /= 10;
  return {static_cast<std::uint32_t>(std::llround(std::min(value * below, kMost))),
          static_cast<std::uint32_t>(below)};
}

/// A fraction times a whole number, as a fraction of the same denominator where that goes.
void multiply(Field* field, int factor) {
  if (field == nullptr || !is_a(*field, TiffType::Rational)) return;
  auto values = values_of<Fraction>(*field);
  for (Fraction& value : values) {
    if (value[1] == 0) continue;
    value = fraction_near(static_cast<double>(value[0]) / value[1] * factor, value[1]);
  }
  set(*field, TiffType::Rational, values);
}

/// How many pixels a unit of XPosition has: it is given in the unit of the resolution.
void place_position(std::vector<Field>& fields, std::uint16_t tag, std::uint16_t resolution,
                    int moved, int scale) {
  const auto dots = fraction_of(fields, resolution);
  Field* field = find(fields, tag);
  const bool is_part = find(fields, kImageFullWidth) != nullptr;
  if (field == nullptr && (moved == 0 || !is_part || !dots)) return;
  double position = field != nullptr ? fraction_of(fields, tag).value_or(0) : 0;
  std::uint32_t denominator = 1;
  if (field != nullptr && field->bytes.size() == sizeof(Fraction)) {
    denominator = values_of<Fraction>(*field)[0][1];
  } else if (dots) {
    denominator = static_cast<std::uint32_t>(std::lround(std::min(*dots, 1e9)));
  }
  if (dots && *dots > 0) position += moved / *dots;
  Field placed{tag, 0, 0, {}};
  set(placed, TiffType::Rational,
      std::vector<Fraction>{fraction_near(position * scale, std::max(1U, denominator))});
  if (field != nullptr) {
    *field = placed;
  } else {
    fields.insert(std::ranges::upper_bound(fields, tag, {}, &Field::tag), placed);
  }
}

void multiply_whole(Field* field, int scale) {
  if (field == nullptr) return;
  std::vector<std::uint32_t> placed;
  for (const double value : whole_numbers(*field)) {
    placed.push_back(static_cast<std::uint32_t>(
        std::min(value * scale, static_cast<double>(std::numeric_limits<std::uint32_t>::max()))));
  }
  if (!placed.empty()) set(*field, TiffType::Long, placed);
}

/// A point, a circle or a rectangle around its middle; nothing where it lies outside, or where the
/// numbers become larger than the field holds.
std::optional<std::vector<std::uint16_t>> placed_area(const std::vector<double>& area,
                                                      const Placing& placing) {
  if (area.size() < 2 || area.size() > 4) return std::nullopt;
  const Rect& region = placing.region;
  std::vector<double> placed = area;
  const std::array<double, 2> origin{static_cast<double>(region.x), static_cast<double>(region.y)};
  const std::array<double, 2> side{static_cast<double>(region.width),
                                   static_cast<double>(region.height)};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const double half = area.size() == 4 ? area[2 + axis] / 2 : 0;
    double low = area[axis] - half - origin[axis];
    double high = area[axis] + half - origin[axis];
    if (low >= side[axis] + (half > 0 ? 0 : 1) || high < 0) return std::nullopt;
    if (area.size() == 4 && !placing.is_whole()) {
      low = std::max(low, 0.0);
      high = std::min(high, side[axis]);
      placed[2 + axis] = high - low;
    }
    placed[axis] = (low + high) / 2;
  }
  std::vector<std::uint16_t> result;
  for (const double value : placed) {
    const double scaled = std::round(value * placing.scale);
    if (!(scaled >= 0 && scaled <= std::numeric_limits<std::uint16_t>::max())) return std::nullopt;
    result.push_back(static_cast<std::uint16_t>(scaled));
  }
  return result;
}

void place_area(std::vector<Field>& fields, std::uint16_t tag, const Placing& placing) {
  Field* field = find(fields, tag);
  if (field == nullptr) return;
  const auto placed = placed_area(whole_numbers(*field), placing);
  if (!placed) return erase(fields, tag);
  set(*field, TiffType::Short, *placed);
}

/// Whether GeoTIFF's keys say that coordinates are those of the middle of a pixel.
bool counts_middles(std::vector<Field>& fields) {
  constexpr std::uint16_t kRasterType = 1025;
  constexpr std::uint16_t kPoint = 2;
  const Field* keys = find(fields, kGeoKeys);
  if (keys == nullptr || !is_a(*keys, TiffType::Short)) return false;
  const auto values = values_of<std::uint16_t>(*keys);
  for (std::size_t i = 4; i + 3 < values.size(); i += 4) {
    if (values[i] == kRasterType) return values[i + 1] == 0 && values[i + 3] == kPoint;
  }
  return false;
}

void place_map(std::vector<Field>& fields, const Placing& placing) {
  const double scale = placing.scale;
  const double middle = counts_middles(fields) ? 0.5 : 0.0;
  const std::array<double, 2> origin{static_cast<double>(placing.region.x),
                                     static_cast<double>(placing.region.y)};
  if (Field* field = find(fields, kPixelScale); field != nullptr) {
    auto values = values_of<double>(*field);
    for (std::size_t i = 0; i < std::min<std::size_t>(2, values.size()); ++i) values[i] /= scale;
    if (is_a(*field, TiffType::Double)) set(*field, TiffType::Double, values);
  }
  if (Field* field = find(fields, kTiePoints); field != nullptr && is_a(*field, TiffType::Double)) {
    auto values = values_of<double>(*field);
    for (std::size_t i = 0; i + 5 < values.size(); i += 6) {
      for (std::size_t axis = 0; axis < 2; ++axis) {
        double& at = values[i + axis];
        at = (at + middle - origin[axis]) * scale - middle;
      }
    }
    set(*field, TiffType::Double, values);
  }
  Field* field = find(fields, kTransformation);
  if (field == nullptr || !is_a(*field, TiffType::Double) || field->count != 16) return;
  auto m = values_of<double>(*field);
  for (std::size_t row = 0; row < 16; row += 4) {
    // Pixels of the result in those of the source: (p + middle) / scale - middle + origin.
    for (std::size_t axis = 0; axis < 2; ++axis) {
      m[row + 3] += m[row + axis] * (middle / scale - middle + origin[axis]);
      m[row + axis] /= scale;
    }
  }
  set(*field, TiffType::Double, m);
}

void place_related(std::vector<Field>& fields, std::uint16_t tag, int source, int result) {
  Field* field = find(fields, tag);
  if (field == nullptr) return;
  const auto values = whole_numbers(*field);
  if (values.size() != 1 || values[0] != source) return;
  set(*field, TiffType::Long, std::vector<std::uint32_t>{static_cast<std::uint32_t>(result)});
}

}  // namespace

void place_fields(Metadata& metadata, const Placing& placing) {
  const Rect& region = placing.region;
  const int scale = placing.scale;
  auto& image = metadata.image;
  place_position(image, kXPosition, tag::kXResolution, region.x, scale);
  place_position(image, kYPosition, tag::kYResolution, region.y, scale);
  multiply_whole(find(image, kImageFullWidth), scale);
  multiply_whole(find(image, kImageFullLength), scale);
  place_map(image, placing);
  for (auto* fields : {&image, &metadata.photo}) {
    place_area(*fields, kSubjectArea, placing);
    place_area(*fields, kSubjectLocation, placing);
    multiply(find(*fields, kFocalPlaneX), scale);
    multiply(find(*fields, kFocalPlaneY), scale);
    multiply(find(*fields, kFocalPlaneXOfTiffEp), scale);
    multiply(find(*fields, kFocalPlaneYOfTiffEp), scale);
  }
  place_related(metadata.interop, kRelatedWidth, placing.source.width, region.width * scale);
  place_related(metadata.interop, kRelatedLength, placing.source.height, region.height * scale);
}

Rect turned(const Rect& rect, Size picture, Orientation orientation) {
  // EXIF's eight: 2 to 4 mirrored and upside down, 5 to 8 with the axes exchanged first.
  Rect at = rect;
  Size size = picture;
  const int turn = static_cast<int>(orientation);
  if (turn >= 5) {
    std::swap(at.x, at.y);
    std::swap(at.width, at.height);
    std::swap(size.width, size.height);
  }
  const bool from_right = turn == 2 || turn == 3 || turn == 6 || turn == 7;
  const bool from_below = turn == 3 || turn == 4 || turn == 7 || turn == 8;
  if (from_right) at.x = size.width - at.x - at.width;
  if (from_below) at.y = size.height - at.y - at.height;
  return at;
}

}  // namespace latent::metadata
