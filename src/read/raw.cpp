// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/raw.h"

#include <utility>

#include "read/byte_source.h"
#include "read/dng_file.h"
#include "read/dng_samples.h"
#include "read/extents.h"
#include "read/libraw_file.h"
#include "read/named_error.h"
#include "read/plausibility.h"
#include "read/sensor.h"
#include "read/sniff.h"

namespace latent::read {

namespace {

Mosaic without_samples(RawFacts&& facts) {
  Mosaic mosaic;
  mosaic.active = facts.active;
  mosaic.crop = facts.crop;
  mosaic.sensor = facts.sensor;
  mosaic.levels = std::move(facts.levels);
  mosaic.bits_per_sample = facts.bits_per_sample;
  mosaic.orientation = facts.orientation;
  mosaic.pixel_aspect = facts.pixel_aspect;
  mosaic.camera = std::move(facts.camera);
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

Result<Mosaic> open_dng(const ByteSource& source, DngFile&& dng, const Limits& limits,
                        const RunControl& control) {
  if (!dng.facts.opens_as_mosaic) return fail(ErrorCode::Unsupported, dng.facts.obstacle);
  Mosaic mosaic = without_samples(std::move(dng.facts));
  LATENT_TRY(mosaic.samples, read_dng_samples(source, dng.layout, limits, control));
  mosaic.cfa = std::move(dng.cfa);
  mosaic.carried_tags = std::move(dng.carried_tags);
  LATENT_CHECK(measure(mosaic));
  return mosaic;
}

Result<Mosaic> open_camera_format(const Sniffed& sniffed, const ByteSource& source,
                                  const Limits& limits, const RunControl& control) {
  LATENT_TRY(LibRawHandle raw, open_libraw(source, sniffed, limits));
  LATENT_TRY(RawFacts facts, libraw_facts(*raw));
  if (!facts.opens_as_mosaic) return fail(ErrorCode::Unsupported, facts.obstacle);
  LATENT_CHECK(check_tiff_extents(source, limits));
  LATENT_CHECK(check_file_holds(source, facts.buffer));
  LATENT_CHECK(unpack_libraw(*raw, control));
  LATENT_TRY(facts, libraw_facts(*raw));
  Mosaic mosaic = without_samples(std::move(facts));
  LATENT_TRY(mosaic.cfa, libraw_cfa(*raw));
  LATENT_TRY(mosaic.samples, copy_libraw_samples(*raw, limits));
  raw = {};
  LATENT_CHECK(measure(mosaic));
  return mosaic;
}

Result<Mosaic> open_predicate(const std::filesystem::path& path, const Sniffed& sniffed,
                              const Limits& limits, const RunControl& control) {
  LATENT_CHECK(refuse_other_kinds(sniffed));
  LATENT_TRY(const auto source, open_bytes(path));
  LATENT_TRY(auto dng, read_dng(*source, limits));
  return dng ? open_dng(*source, *std::move(dng), limits, control)
             : open_camera_format(sniffed, *source, limits, control);
}

Result<RawFacts> inspect_predicate(const std::filesystem::path& path, const Sniffed& sniffed,
                                   const Limits& limits) {
  LATENT_CHECK(refuse_other_kinds(sniffed));
  LATENT_TRY(const auto source, open_bytes(path));
  LATENT_TRY(auto dng, read_dng(*source, limits));
  if (dng) return std::move(dng->facts);
  LATENT_TRY(const LibRawHandle raw, open_libraw(*source, sniffed, limits));
  return libraw_facts(*raw);
}

}  // namespace

Result<Mosaic> open_raw(const std::filesystem::path& path, const Limits& limits,
                        const RunControl& control) {
  LATENT_TRY(const Sniffed sniffed, sniff(path));
  return named(path, [&] { return open_predicate(path, sniffed, limits, control); });
}

Result<RawFacts> inspect_raw(const std::filesystem::path& path, const Limits& limits) {
  LATENT_TRY(const Sniffed sniffed, sniff(path));
  return named(path, [&] { return inspect_predicate(path, sniffed, limits); });
}

}  // namespace latent::read
