// SPDX-License-Identifier: GPL-3.0-or-later
#include <libraw/libraw.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "read/dng/delivered_opcodes.h"
#include "read/dng/dng_samples.h"
#include "read/libraw/extents.h"
#include "read/libraw/linear_libraw.h"
#include "read/plausibility.h"
#include "read/raw_file.h"
#include "read/sensor.h"

namespace latent::read {

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

/// What is checked and measured once the samples are there.
Status complete(LinearRaw& picture) {
  const Rect frame{0, 0, picture.samples.width(), picture.samples.height()};
  if (picture.crop.empty() || !frame.contains(picture.crop)) picture.crop = frame;
  SensorLevels levels;
  levels.black.period = {3, 1};
  levels.black.counts.assign(picture.black.begin(), picture.black.end());
  levels.white = {picture.white[0], picture.white[1], picture.white[2], picture.white[1]};
  for (std::size_t c = 0; c < 3; ++c) {
    // Written so that NaN fails too.
    if (!(picture.black[c] >= -kWhite16 && picture.black[c] < picture.white[c] &&
          picture.white[c] <= kWhite16)) {
      return fail(ErrorCode::Corrupt,
                  "is damaged: its black and white level contradict each other; copy it from the "
                  "card again");
    }
  }
  LATENT_TRY(const SampleRange range,
             check_plausible(std::as_const(picture.samples).view(), frame, levels));
  picture.sample_max = range.max;
  picture.bits_per_sample = digitised_bits(picture.bits_per_sample, range.max);
  return {};
}

Result<Image<std::uint16_t>> cut(Image<std::uint16_t>&& whole, const Rect& area,
                                 const Limits& limits) {
  if (area.size() == whole.size()) return std::move(whole);
  auto part = Image<std::uint16_t>::create(area.size(), whole.channels(), limits);
  if (!part) return fail(part.error().code, "cannot be read: " + part.error().sentence);
  const auto from = std::as_const(whole).view().crop(area);
  for (int y = 0; y < area.height; ++y) {
    std::memcpy(part->view().row(y).data(), from.row(y).data(), from.row(y).size_bytes());
  }
  return part;
}

void tell(std::string lost, LinearRaw& picture) {
  if (!lost.empty()) picture.notices.push_back(std::move(lost));
}

/// LibRaw applies the polynomials of OpcodeList2 while it decodes lossy tiles; so what it gives
/// spans 16 bits, and they must not be applied again; what else the list holds stays.
Status read_lossy(const ByteSource& source, const Sniffed& sniffed, const Limits& limits,
                  const RunControl& control, LinearRaw& picture) {
  LATENT_TRY(const LibRawHandle raw, open_libraw(source, sniffed, limits));
  LATENT_CHECK(unpack_libraw(*raw, control));
  LATENT_TRY(picture.samples, copy_libraw_colours(*raw, limits));
  tell(take_out_applied(picture.carried_tags), picture);
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

}  // namespace

Result<LinearRaw> dng_linear(const ByteSource& source, const Sniffed& sniffed, const DngFile& dng,
                             const Limits& limits, const RunControl& control) {
  LinearRaw picture = without_samples(dng.facts);
  picture.black = dng.linear_black;
  picture.white = dng.linear_white;
  picture.carried_tags = dng.carried_tags;
  LATENT_CHECK(check_blocks(source, dng.layout));
  if (dng_samples_are_readable(dng.layout)) {
    LATENT_TRY(auto whole, read_dng_samples(source, dng.layout, limits, control));
    LATENT_TRY(picture.samples, cut(std::move(whole), dng.facts.active, limits));
    LATENT_CHECK(deliver_first_list(source, dng, limits, control, picture.carried_tags));
  } else {
    LATENT_CHECK(read_lossy(source, sniffed, limits, control, picture));
    if (picture.samples.size() != dng.facts.active.size()) {
      return fail(ErrorCode::Unsupported,
                  "is decoded to another size than its header names; convert it with Adobe DNG "
                  "Converter");
    }
  }
  tell(cut_tags(dng.layout.image, dng.facts.active, picture.carried_tags), picture);
  LATENT_CHECK(complete(picture));
  return picture;
}

Result<LinearRaw> libraw_linear(LibRawHandle raw, const ByteSource& source, const Limits& limits,
                                const RunControl& control) {
  const auto& sizes = raw->imgdata.sizes;
  LATENT_CHECK(check_tiff_extents(source, limits));
  LATENT_CHECK(check_file_holds(source, {sizes.raw_width, sizes.raw_height}));
  LATENT_CHECK(unpack_libraw(*raw, control));
  LATENT_TRY(const RawFacts facts, libraw_facts(*raw));
  LinearRaw picture = without_samples(facts);
  if (facts.sensor == SensorClass::LinearRgb) {
    LATENT_TRY(picture.samples, copy_libraw_colours(*raw, limits));
    picture.black = libraw_black_by_colour(*raw);
  } else {
    LATENT_TRY(picture.samples, convert_to_linear_srgb(*raw, limits, control));
    become_linear_srgb(picture, facts);
  }
  LATENT_CHECK(complete(picture));
  return picture;
}

}  // namespace latent::read
