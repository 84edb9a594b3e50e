// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "image/exact_floats.h"
#include "image/linear_raw.h"
#include "image/mosaic.h"
#include "image/picture.h"
#include "metadata/metadata.h"
#include "read/caged/wire.h"
#include "read/embedded_preview.h"
#include "read/opened_file.h"
#include "read/picture/small_jpeg.h"
#include "read/raw_facts.h"

namespace latent::read {

// The fields of all that a file can answer, in one order for writing and reading. A field that is
// added to one of these structs is added here; read.caged holds both ways against each other.

template <class Archive>
void fields(Archive& a, Size& v) {
  a(v.width, v.height);
}
template <class Archive>
void fields(Archive& a, Rect& v) {
  a(v.x, v.y, v.width, v.height);
}
template <class Archive>
void fields(Archive& a, BlackLevels& v) {
  a(v.period, v.counts);
}
template <class Archive>
void fields(Archive& a, SensorLevels& v) {
  a(v.black, v.white);
}
template <class Archive>
void fields(Archive& a, NoiseModel& v) {
  a(v.a, v.b);
  a.choice(v.origin, NoiseModel::Origin::Estimated);
}
template <class Archive>
void fields(Archive& a, ColourCalibration& v) {
  a(v.illuminant, v.color_matrix, v.forward_matrix, v.camera_calibration);
}
template <class Archive>
void fields(Archive& a, CarriedTag& v) {
  a(v.tag, v.type, v.count, v.of_raw_ifd, v.bytes, v.big_endian);
}
template <class Archive>
void fields(Archive& a, CameraFacts& v) {
  a(v.make, v.model, v.unique_model, v.iso, v.exposure_seconds, v.aperture, v.focal_length_mm,
    v.as_shot_wb, v.as_shot_wb_known, v.calibrations, v.baseline_exposure_ev);
}
inline void fields(WireWriter& a, CfaPattern& v) {
  a(v.period().width, v.period().height);
  for (int y = 0; y < v.period().height; ++y) {
    for (int x = 0; x < v.period().width; ++x) a.choice(v.at(x, y), CfaColour::Green2);
  }
}
inline void fields(WireReader& a, CfaPattern& v) {
  constexpr int kMostSide = 16;
  Size period;
  a(period);
  if (period.width < 1 || period.height < 1 || period.width > kMostSide ||
      period.height > kMostSide) {
    return a.refuse();
  }
  std::vector<CfaColour> colours(static_cast<std::size_t>(period.area()));
  for (CfaColour& colour : colours) a.choice(colour, CfaColour::Green2);
  auto made = CfaPattern::create(period, std::move(colours));
  if (!made) return a.refuse();
  v = *std::move(made);
}
template <class Archive>
void fields(Archive& a, RawFacts& v) {
  a(v.container, v.decoder);
  a.choice(v.sensor, SensorClass::Unknown);
  a(v.cfa_letters, v.buffer, v.active, v.crop, v.levels, v.levels_are_final, v.bits_per_sample,
    v.is_float, v.orientation, v.pixel_aspect, v.camera, v.colour_notice, v.left_out, v.notices,
    v.noise_profile, v.opens_as_mosaic, v.opens_as_linear, v.obstacle);
}
template <class Archive>
void fields(Archive& a, PictureFacts& v) {
  a(v.format, v.size, v.colours, v.alpha);
  a.choice(v.depth, SampleDepth::F32);
  a(v.orientation, v.is_raw);
}
template <class Archive>
void fields(Archive& a, Mosaic& v) {
  a(v.samples, v.active, v.crop);
  a.choice(v.sensor, SensorClass::Unknown);
  a(v.cfa, v.levels, v.bits_per_sample, v.sample_max, v.sample_min, v.orientation, v.pixel_aspect,
    v.camera, v.noise_profile, v.carried_tags);
}
template <class Archive>
void fields(Archive& a, LinearRaw& v) {
  a(v.samples, v.crop);
  a.choice(v.sensor, SensorClass::Unknown);
  a(v.black, v.white, v.bits_per_sample, v.sample_max, v.orientation, v.pixel_aspect, v.camera,
    v.noise_profile, v.carried_tags, v.notices);
}
template <class Archive>
void fields(Archive& a, ExactFloats& v) {
  a(v.samples, v.levels, v.scale, v.offset);
}
inline void fields(WireWriter& a, PictureSamples& v) {
  a(static_cast<std::uint8_t>(v.index()));
  std::visit([&](const auto& image) { a(image); }, v);
}
inline void fields(WireReader& a, PictureSamples& v) {
  std::uint8_t index = 0;
  a(index);
  const auto take = [&](auto image) {
    a(image);
    v = std::move(image);
  };
  if (index == 0) return take(Image<std::uint8_t>());
  if (index == 1) return take(Image<std::uint16_t>());
  if (index == 2) return take(Image<float>());
  a.refuse();
}
template <class Archive>
void fields(Archive& a, Resolution& v) {
  a(v.x, v.y);
}
template <class Archive>
void fields(Archive& a, Picture& v) {
  a(v.samples, v.colours, v.alpha, v.alpha_associated, v.icc, v.icc_from_file, v.icc_stated,
    v.unusable_icc, v.resolution, v.orientation, v.format, v.warnings);
}
template <class Archive>
void fields(Archive& a, EmbeddedPreview& v) {
  a(v.jpeg, v.size);
}
template <class Archive>
void fields(Archive& a, SmallJpeg& v) {
  a(v.pixels, v.whole, v.icc);
}
inline void fields(WireWriter& a, FileFacts& v) {
  a(static_cast<std::uint8_t>(v.index()));
  std::visit([&](const auto& facts) { a(facts); }, v);
}
inline void fields(WireReader& a, FileFacts& v) {
  std::uint8_t index = 0;
  a(index);
  const auto take = [&](auto facts) {
    a(facts);
    v = std::move(facts);
  };
  if (index == 0) return take(RawFacts());
  if (index == 1) return take(PictureFacts());
  a.refuse();
}
template <class Archive>
void fields(Archive& a, Limits& v) {
  a(v.max_side_px, v.max_pixels, v.max_memory_bytes, v.max_metadata_bytes);
}
template <class Archive>
void fields(Archive& a, RenderOptions& v) {
  a(v.region, v.longest_side_px);
}
template <class Archive>
void fields(Archive& a, Error& v) {
  a.choice(v.code, ErrorCode::Internal);
  a(v.sentence);
}

}  // namespace latent::read

namespace latent::metadata {

template <class Archive>
void fields(Archive& a, Field& v) {
  a(v.tag, v.type, v.count, v.bytes);
}
template <class Archive>
void fields(Archive& a, MakerNote& v) {
  a(v.bytes, v.source_offset, v.big_endian);
}
template <class Archive>
void fields(Archive& a, TextEntry& v) {
  a(v.keyword, v.text, v.language, v.translated_keyword, v.elsewhere);
}
template <class Archive>
void fields(Archive& a, Attached& v) {
  a(v.name, v.behind, v.behind_at, v.index, v.index_at);
}
template <class Archive>
void fields(Archive& a, ExrAttribute& v) {
  a(v.name, v.type, v.value);
}
template <class Archive>
void fields(Archive& a, Metadata& v) {
  a(v.image, v.raw, v.photo, v.gps, v.interop, v.maker_note, v.xmp, v.iptc, v.texts, v.photoshop,
    v.exr, v.attached, v.warnings);
}
template <class Archive>
void fields(Archive& a, DescribedField& v) {
  a(v.name, v.value);
}

}  // namespace latent::metadata
