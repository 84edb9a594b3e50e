// SPDX-License-Identifier: GPL-3.0-or-later
#include <libraw/libraw.h>

#include <utility>

#include "read/cut.h"
#include "read/dng/dng_floats.h"
#include "read/dng/dng_samples.h"
#include "read/dng/float_counts.h"
#include "read/level_check.h"
#include "read/libraw/extents.h"
#include "read/plausibility.h"
#include "read/raw_file.h"
#include "read/sensor.h"

namespace latent::read {

namespace {

Mosaic without_samples(const RawFacts& facts) {
  Mosaic mosaic;
  mosaic.active = facts.active;
  mosaic.crop = facts.crop;
  mosaic.sensor = facts.sensor;
  mosaic.levels = facts.levels;
  mosaic.bits_per_sample = facts.bits_per_sample;
  mosaic.orientation = facts.orientation;
  mosaic.pixel_aspect = facts.pixel_aspect;
  mosaic.camera = facts.camera;
  mosaic.noise_profile = facts.noise_profile;
  return mosaic;
}

Status measure(Mosaic& mosaic) {
  LATENT_TRY(const SampleRange range,
             check_plausible(std::as_const(mosaic.samples).view(), mosaic.active, mosaic.levels));
  mosaic.sample_max = range.max;
  mosaic.sample_min = range.active_min;
  mosaic.bits_per_sample = digitised_bits(mosaic.bits_per_sample, range.max);
  return {};
}

/// Levels and samples of integers held against each other.
Result<DecodedMosaic> checked(Mosaic&& mosaic) {
  DecodedMosaic decoded{std::move(mosaic), {}};
  Mosaic& found = decoded.mosaic;
  CheckedLevels levels =
      check_levels<std::uint16_t>(std::as_const(found.samples).view(), found.active, found.levels);
  found.levels = levels.levels;
  LATENT_CHECK(measure(found));
  if (!levels.obstacle.empty()) return fail(ErrorCode::Corrupt, levels.obstacle);
  if (!levels.notice.empty()) decoded.notices.push_back(std::move(levels.notice));
  return decoded;
}

Result<DecodedMosaic> float_mosaic(const ByteSource& source, const DngFile& dng,
                                   const Limits& limits, const RunControl& control) {
  LATENT_TRY(const DecodedFloats decoded, dng_floats(source, dng, limits, control));
  DecodedMosaic found{without_samples(dng.facts), decoded.notices};
  LATENT_TRY(found.mosaic.samples, counts_of(decoded.floats, limits));
  found.mosaic.levels = counts_of(decoded.floats.levels, decoded.floats);
  found.mosaic.bits_per_sample = 16;
  found.mosaic.cfa = dng.cfa;
  found.mosaic.carried_tags = dng.carried_tags;
  LATENT_CHECK(measure(found.mosaic));
  return found;
}

}  // namespace

Result<DecodedFloats> dng_floats(const ByteSource& source, const DngFile& dng, const Limits& limits,
                                 const RunControl& control) {
  DecodedFloats decoded;
  ExactFloats& floats = decoded.floats;
  LATENT_TRY(floats.samples, read_dng_floats(source, dng.layout, limits, control));
  floats.levels = dng.facts.levels;
  Rect seen = dng.facts.active;
  if (dng.facts.sensor == SensorClass::LinearRgb) {
    LATENT_TRY(floats.samples, cut(std::move(floats.samples), seen, limits));
    seen = {0, 0, seen.width, seen.height};
    floats.levels.black = {{3, 1}, {dng.linear_black.begin(), dng.linear_black.end()}};
    const auto& white = dng.linear_white;
    floats.levels.white = {white[0], white[1], white[2], white[1]};
  }
  CheckedLevels levels =
      check_levels<float>(std::as_const(floats.samples).view(), seen, floats.levels);
  if (!levels.obstacle.empty()) return fail(ErrorCode::Corrupt, levels.obstacle);
  floats.levels = levels.levels;
  choose_counts(floats, seen);
  if (!levels.notice.empty()) decoded.notices.push_back(std::move(levels.notice));
  for (std::string notice : {no_numbers_notice(floats), clipped_notice(floats, seen)}) {
    if (!notice.empty()) decoded.notices.push_back(std::move(notice));
  }
  return decoded;
}

Result<DecodedMosaic> dng_mosaic(const ByteSource& source, const DngFile& dng, const Limits& limits,
                                 const RunControl& control) {
  if (dng.layout.is_float) return float_mosaic(source, dng, limits, control);
  Mosaic mosaic = without_samples(dng.facts);
  LATENT_TRY(mosaic.samples, read_dng_samples(source, dng.layout, limits, control));
  mosaic.cfa = dng.cfa;
  mosaic.carried_tags = dng.carried_tags;
  return checked(std::move(mosaic));
}

Result<DecodedMosaic> libraw_mosaic(LibRawHandle raw, const ByteSource& source,
                                    const Limits& limits, const RunControl& control) {
  const auto& sizes = raw->imgdata.sizes;
  LATENT_CHECK(check_tiff_extents(source, limits));
  LATENT_CHECK(check_file_holds(source, {sizes.raw_width, sizes.raw_height}));
  LATENT_CHECK(unpack_libraw(*raw, control));
  LATENT_TRY(const RawFacts facts, libraw_facts(*raw));
  Mosaic mosaic = without_samples(facts);
  LATENT_TRY(mosaic.cfa, libraw_cfa(*raw));
  LATENT_TRY(mosaic.samples, copy_libraw_samples(*raw, limits));
  raw = {};
  return checked(std::move(mosaic));
}

}  // namespace latent::read
