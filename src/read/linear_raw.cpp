// SPDX-License-Identifier: GPL-3.0-or-later
#include <libraw/libraw.h>

#include <algorithm>
#include <utility>

#include "metadata/tiff_fields.h"
#include "read/cut.h"
#include "read/dng/dng_samples.h"
#include "read/dng/float_counts.h"
#include "read/level_check.h"
#include "read/libraw/extents.h"
#include "read/libraw/linear_libraw.h"
#include "read/plausibility.h"
#include "read/raw_file.h"
#include "read/sensor.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

constexpr float kWhite16 = 65535.0F;

LinearRaw without_samples(const RawFacts& facts) {
  LinearRaw picture;
  picture.crop = {facts.crop.x - facts.active.x, facts.crop.y - facts.active.y, facts.crop.width,
                  facts.crop.height};
  picture.sensor = facts.sensor;
  std::copy_n(facts.levels.white.begin(), 3, picture.white.begin());
  picture.bits_per_sample = facts.bits_per_sample;
  picture.orientation = facts.orientation;
  picture.pixel_aspect = facts.pixel_aspect;
  picture.camera = facts.camera;
  picture.noise_profile = facts.noise_profile;
  return picture;
}

SensorLevels levels_of(const LinearRaw& picture) {
  SensorLevels levels;
  levels.black.period = {3, 1};
  levels.black.counts.assign(picture.black.begin(), picture.black.end());
  levels.white = {picture.white[0], picture.white[1], picture.white[2], picture.white[1]};
  return levels;
}

void set_levels(LinearRaw& picture, const SensorLevels& levels) {
  std::copy_n(levels.black.counts.begin(), 3, picture.black.begin());
  std::copy_n(levels.white.begin(), 3, picture.white.begin());
}

/// What is checked and measured once the samples are there; levels of integers are held against
/// them.
Status complete(DecodedLinear& decoded, bool check_against_samples) {
  LinearRaw& picture = decoded.picture;
  const Rect frame{0, 0, picture.samples.width(), picture.samples.height()};
  if (picture.crop.empty() || !frame.contains(picture.crop)) picture.crop = frame;
  for (std::size_t c = 0; c < 3; ++c) {
    // Written so that NaN fails too.
    if (!(picture.black[c] >= -kWhite16 && picture.black[c] < picture.white[c] &&
          picture.white[c] <= kWhite16)) {
      return fail(ErrorCode::Corrupt,
                  "is damaged: its black and white level contradict each other; copy it from the "
                  "card again");
    }
  }
  const auto view = std::as_const(picture.samples).view();
  CheckedLevels checked{levels_of(picture), {}, {}};
  if (check_against_samples) {
    checked = check_levels<std::uint16_t>(view, frame, checked.levels);
    set_levels(picture, checked.levels);
  }
  LATENT_TRY(const SampleRange range, check_plausible(view, frame, checked.levels));
  if (!checked.obstacle.empty()) return fail(ErrorCode::Corrupt, checked.obstacle);
  if (!checked.notice.empty()) decoded.notices.push_back(std::move(checked.notice));
  picture.sample_max = range.max;
  picture.bits_per_sample = digitised_bits(picture.bits_per_sample, range.max);
  return {};
}

/// LibRaw applies the polynomials of OpcodeList2 while it decodes lossy tiles; so what it gives
/// spans 16 bits, and the list must not be applied again.
Status read_lossy(const ByteSource& source, const Sniffed& sniffed, const Limits& limits,
                  const RunControl& control, LinearRaw& picture) {
  LATENT_TRY(const LibRawHandle raw, open_libraw(source, sniffed, limits));
  LATENT_CHECK(unpack_libraw(*raw, control));
  LATENT_TRY(picture.samples, copy_libraw_colours(*raw, limits));
  std::erase_if(picture.carried_tags,
                [](const CarriedTag& carried) { return carried.tag == tag::kOpcodeList2; });
  picture.black = {0, 0, 0};
  picture.white = {kWhite16, kWhite16, kWhite16};
  picture.bits_per_sample = 16;
  return {};
}

void become_linear_srgb(LinearRaw& picture, const RawFacts& facts) {
  picture.black = {0, 0, 0};
  picture.white = {kWhite16, kWhite16, kWhite16};
  picture.bits_per_sample = 16;
  if (picture.samples.size() != facts.active.size()) picture.crop = {};  // of other pixels
  picture.pixel_aspect = 1;                                              // LibRaw has stretched it
  picture.camera.as_shot_wb = {1, 1, 1};
  picture.camera.as_shot_wb_known = true;
  picture.camera.calibrations.clear();
  picture.noise_profile.reset();  // of the sensor, not of what was made of it
  picture.notices.push_back(
      std::string("the ") + sensor_class_name(facts.sensor) +
      " sensor was converted to linear sRGB by LibRaw, white balanced as shot and with highlights "
      "clipped; it is denoised after that");
}

/// Counts of floats, in the levels of counts.
Status read_float_counts(const ByteSource& source, const DngFile& dng, const Limits& limits,
                         const RunControl& control, DecodedLinear& decoded) {
  LATENT_TRY(const DecodedFloats found, dng_floats(source, dng, limits, control));
  LATENT_TRY(decoded.picture.samples, counts_of(found.floats, limits));
  set_levels(decoded.picture, counts_of(found.floats.levels, found.floats));
  decoded.picture.bits_per_sample = 16;
  decoded.notices = found.notices;
  return {};
}

}  // namespace

SensorLevels linear_levels(const LinearRaw& picture) {
  SensorLevels levels = levels_of(picture);
  const auto& black = picture.black;
  if (black[0] == black[1] && black[1] == black[2]) levels.black = {{1, 1}, {black[0]}};
  return levels;
}

Result<DecodedLinear> dng_linear(const ByteSource& source, const Sniffed& sniffed,
                                 const DngFile& dng, const Limits& limits,
                                 const RunControl& control) {
  DecodedLinear decoded{without_samples(dng.facts), {}};
  LinearRaw& picture = decoded.picture;
  picture.black = dng.linear_black;
  picture.white = dng.linear_white;
  picture.carried_tags = dng.carried_tags;
  LATENT_CHECK(check_blocks(source, dng.layout));
  if (dng.layout.is_float) {
    LATENT_CHECK(read_float_counts(source, dng, limits, control, decoded));
  } else if (dng_samples_are_readable(dng.layout)) {
    LATENT_TRY(auto whole, read_dng_samples(source, dng.layout, limits, control));
    LATENT_TRY(picture.samples, cut(std::move(whole), dng.facts.active, limits));
  } else {
    LATENT_CHECK(read_lossy(source, sniffed, limits, control, picture));
    if (picture.samples.size() != dng.facts.active.size()) {
      return fail(ErrorCode::Unsupported,
                  "is decoded to another size than its header names; convert it with Adobe DNG "
                  "Converter");
    }
  }
  LATENT_CHECK(complete(decoded, !dng.layout.is_float));
  return decoded;
}

Result<DecodedLinear> libraw_linear(LibRawHandle raw, const ByteSource& source,
                                    const Limits& limits, const RunControl& control) {
  const auto& sizes = raw->imgdata.sizes;
  LATENT_CHECK(check_tiff_extents(source, limits));
  LATENT_CHECK(check_file_holds(source, {sizes.raw_width, sizes.raw_height}));
  LATENT_CHECK(unpack_libraw(*raw, control));
  LATENT_TRY(const RawFacts facts, libraw_facts(*raw));
  DecodedLinear decoded{without_samples(facts), {}};
  LinearRaw& picture = decoded.picture;
  const bool as_stored = facts.sensor == SensorClass::LinearRgb;
  if (as_stored) {
    LATENT_TRY(picture.samples, copy_libraw_colours(*raw, limits));
    picture.black = libraw_black_by_colour(*raw);
  } else {
    LATENT_TRY(picture.samples, convert_to_linear_srgb(*raw, limits, control));
    become_linear_srgb(picture, facts);
  }
  LATENT_CHECK(complete(decoded, as_stored));
  return decoded;
}

}  // namespace latent::read
