// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/caged/sound.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace latent::read {

namespace {

constexpr int kMostSide = 1'000'000;  // of a rectangle that may not fit its picture
constexpr int kMostBits = 64;

Status right(bool holds) {
  if (holds) return {};
  return fail(ErrorCode::Internal, "cannot be read: the reader process answered wrongly");
}

bool is_whole(const Rect& inside, Size size) {
  return !inside.empty() && inside.x >= 0 && inside.y >= 0 && inside.x <= kMostSide &&
         inside.y <= kMostSide && inside.width <= size.width && inside.height <= size.height &&
         Rect{0, 0, size.width, size.height}.contains(inside);
}

bool is_right(const BlackLevels& black) {
  return black.period.width > 0 && black.period.height > 0 &&
         static_cast<std::size_t>(black.period.area()) == black.counts.size() &&
         std::ranges::all_of(black.counts, [](float count) { return std::isfinite(count); });
}

bool is_right(const SensorLevels& levels) {
  return is_right(levels.black) &&
         std::ranges::all_of(levels.white, [](float count) { return std::isfinite(count); });
}

bool is_right(Orientation orientation) { return orientation >= 1 && orientation <= 8; }
bool is_right_aspect(double aspect) { return std::isfinite(aspect) && aspect > 0; }
bool is_right_bits(int bits) { return bits >= 1 && bits <= kMostBits; }

bool is_matrix(const std::vector<double>& matrix) { return matrix.empty() || matrix.size() == 9; }

bool is_right(const CameraFacts& camera) {
  return std::ranges::all_of(camera.calibrations, [](const ColourCalibration& calibration) {
    return is_matrix(calibration.color_matrix) && is_matrix(calibration.forward_matrix) &&
           is_matrix(calibration.camera_calibration);
  });
}

/// Bytes of a value of a TIFF field type; 0 of none.
std::size_t bytes_of_type(std::uint16_t type) {
  constexpr std::array<std::size_t, 19> kBytes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                               8, 4, 8, 4, 0, 0, 8, 8, 8};
  return type < kBytes.size() ? kBytes[type] : 0;
}

/// Whether a field has as many bytes as its values take.
template <class Entry>
bool has_its_bytes(const Entry& entry) {
  const std::size_t each = bytes_of_type(entry.type);
  return each != 0 && entry.bytes.size() == each * std::size_t{entry.count};
}

template <class Entries>
bool have_their_bytes(const Entries& entries) {
  return std::ranges::all_of(entries, [](const auto& entry) { return has_its_bytes(entry); });
}

std::uint16_t largest(ImageView<const std::uint16_t> view) {
  std::uint16_t most = 0;
  for (int y = 0; y < view.height(); ++y) {
    for (const std::uint16_t sample : view.row(y)) most = std::max(most, sample);
  }
  return most;
}

std::uint16_t smallest(ImageView<const std::uint16_t> view) {
  std::uint16_t least = 65535;
  for (int y = 0; y < view.height(); ++y) {
    for (const std::uint16_t sample : view.row(y)) least = std::min(least, sample);
  }
  return least;
}

Status check(const RawFacts& facts) {
  LATENT_CHECK(right(is_right(facts.levels) && is_right(facts.orientation) &&
                     is_right_aspect(facts.pixel_aspect) && is_right_bits(facts.bits_per_sample) &&
                     is_right(facts.camera)));
  if (!facts.opens_as_mosaic && !facts.opens_as_linear) return {};
  return right(is_whole(facts.active, facts.buffer) && facts.active.contains(facts.crop) &&
               !facts.crop.empty() && facts.opens_as_mosaic != facts.opens_as_linear);
}

}  // namespace

Status make_sound(PictureFacts& facts) {
  return right(facts.size.width > 0 && facts.size.height > 0 &&
               (facts.colours == 1 || facts.colours == 3) && is_right(facts.orientation));
}

Status make_sound(FileFacts& facts) {
  if (const auto* raw = std::get_if<RawFacts>(&facts)) return check(*raw);
  return make_sound(std::get<PictureFacts>(facts));
}

Status make_sound(Mosaic& mosaic) {
  const Size size = mosaic.samples.size();
  LATENT_CHECK(right(mosaic.samples.channels() == 1 && is_whole(mosaic.active, size) &&
                     !mosaic.crop.empty() && mosaic.active.contains(mosaic.crop)));
  LATENT_CHECK(right(is_right(mosaic.levels) && is_right(mosaic.orientation) &&
                     is_right_aspect(mosaic.pixel_aspect) &&
                     is_right_bits(mosaic.bits_per_sample) && is_right(mosaic.camera) &&
                     have_their_bytes(mosaic.carried_tags)));
  mosaic.sample_max = largest(std::as_const(mosaic.samples).view());
  mosaic.sample_min = smallest(std::as_const(mosaic.samples).view().crop(mosaic.active));
  return {};
}

Status make_sound(LinearRaw& picture) {
  LATENT_CHECK(right(picture.samples.channels() == 3 &&
                     is_whole(picture.crop, picture.samples.size()) &&
                     is_right(picture.orientation) && is_right_aspect(picture.pixel_aspect) &&
                     is_right_bits(picture.bits_per_sample) && is_right(picture.camera) &&
                     have_their_bytes(picture.carried_tags)));
  picture.sample_max = largest(std::as_const(picture.samples).view());
  return {};
}

Status make_sound(ExactFloats& floats) {
  const int channels = floats.samples.channels();
  return right((channels == 1 || channels == 3) && is_right(floats.levels) &&
               std::isfinite(floats.scale) && std::isfinite(floats.offset));
}

Status make_sound(Picture& picture) {
  const int channels =
      std::visit([](const auto& image) { return image.channels(); }, picture.samples);
  return right((picture.colours == 1 || picture.colours == 3) && channels == picture.channels() &&
               !picture.icc.empty() && is_right(picture.orientation) &&
               std::isfinite(picture.resolution.x) && std::isfinite(picture.resolution.y));
}

Status make_sound(std::optional<EmbeddedPreview>& preview) {
  return right(!preview || (preview->size.width > 0 && preview->size.height > 0));
}

Status make_sound(SmallJpeg& small) {
  return right(small.pixels.channels() == 3 && small.whole.width > 0 && small.whole.height > 0);
}

Status make_sound(Image<std::uint8_t>& rendering) { return right(rendering.channels() == 3); }
Status make_sound(Image<std::uint16_t>& rendering) { return right(rendering.channels() == 3); }

Status make_sound(metadata::Metadata& metadata) {
  return right(have_their_bytes(metadata.image) && have_their_bytes(metadata.raw) &&
               have_their_bytes(metadata.photo) && have_their_bytes(metadata.gps) &&
               have_their_bytes(metadata.interop));
}

Status make_sound(std::vector<metadata::DescribedField>&) { return {}; }

}  // namespace latent::read
