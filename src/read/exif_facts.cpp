// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/exif_facts.h"

#include <cmath>
#include <optional>

#include "metadata/tiff_fields.h"
#include "read/tiff_directory.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

constexpr std::uint16_t kInteropIndex = 1;  ///< of the interoperability directory

std::optional<double> number(const TiffFile& file, const TiffDirectory& directory,
                             std::uint16_t tag) {
  const TiffField* field = directory.find(tag);
  if (field == nullptr || field->count != 1) return std::nullopt;
  const auto values = file.numbers(*field);
  if (!values || values->empty() || !std::isfinite(values->front())) return std::nullopt;
  return values->front();
}

std::optional<TiffDirectory> directory_in(const TiffFile& file, const TiffDirectory& parent,
                                          std::uint16_t tag) {
  const auto offset = file.integer(parent.find(tag));
  return offset && *offset > 0 ? file.directory_at(*offset) : std::nullopt;
}

/// ColorSpace says "uncalibrated" and the interoperability index "R03"; some cameras write
/// ColorSpace 2 instead.
bool is_adobe_rgb(const TiffFile& file, const TiffDirectory& first) {
  constexpr double kAdobeRgb = 2;
  constexpr double kSrgb = 1;
  const auto exif = directory_in(file, first, tag::kExifIfd);
  if (!exif) return false;
  const auto space = number(file, *exif, tag::kColorSpace);
  if (space == kAdobeRgb) return true;
  if (space == kSrgb) return false;
  const auto interop = directory_in(file, *exif, tag::kInteropIfd);
  return interop && file.text(interop->find(kInteropIndex)) == "R03";
}

}  // namespace

std::optional<Orientation> sound_orientation(std::uint64_t value) {
  if (value < 1 || value > 8) return std::nullopt;
  return static_cast<Orientation>(value);
}

ExifFacts exif_facts(std::span<const std::uint8_t> tiff) {
  ExifFacts facts;
  const MemoryBytes source(tiff);
  const auto file = TiffFile::open(source, {});
  if (!file) return facts;
  const TiffDirectory& first = file->directories().front();
  facts.orientation = sound_orientation(file->integer(first.find(tag::kOrientation)).value_or(0));
  constexpr double kCentimetre = 3;
  constexpr double kInch = 2;
  const double unit = number(*file, first, tag::kResolutionUnit).value_or(kInch);
  const double scale = unit == kCentimetre ? 2.54 : unit == kInch ? 1 : 0;
  facts.resolution = {number(*file, first, tag::kXResolution).value_or(0) * scale,
                      number(*file, first, tag::kYResolution).value_or(0) * scale};
  if (!(facts.resolution.x > 0 && facts.resolution.y > 0)) facts.resolution = {};
  facts.adobe_rgb = is_adobe_rgb(*file, first);
  return facts;
}

}  // namespace latent::read
