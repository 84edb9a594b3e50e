// SPDX-License-Identifier: GPL-3.0-or-later
#include <libraw/libraw.h>

#include <utility>

#include "read/dng/delivered_opcodes.h"
#include "read/dng/dng_samples.h"
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

}  // namespace

Result<Mosaic> dng_mosaic(const ByteSource& source, const DngFile& dng, const Limits& limits,
                          const RunControl& control) {
  Mosaic mosaic = without_samples(dng.facts);
  LATENT_TRY(mosaic.samples, read_dng_samples(source, dng.layout, limits, control));
  mosaic.cfa = dng.cfa;
  mosaic.carried_tags = dng.carried_tags;
  LATENT_CHECK(deliver_first_list(source, dng, limits, control, mosaic.carried_tags));
  LATENT_CHECK(measure(mosaic));
  return mosaic;
}

Result<Mosaic> libraw_mosaic(LibRawHandle raw, const ByteSource& source, const Limits& limits,
                             const RunControl& control) {
  const auto& sizes = raw->imgdata.sizes;
  LATENT_CHECK(check_tiff_extents(source, limits));
  LATENT_CHECK(check_file_holds(source, {sizes.raw_width, sizes.raw_height}));
  LATENT_CHECK(unpack_libraw(*raw, control));
  LATENT_TRY(const RawFacts facts, libraw_facts(*raw));
  Mosaic mosaic = without_samples(facts);
  LATENT_TRY(mosaic.cfa, libraw_cfa(*raw));
  LATENT_TRY(mosaic.samples, copy_libraw_samples(*raw, limits));
  raw = {};
  LATENT_CHECK(measure(mosaic));
  return mosaic;
}

}  // namespace latent::read
