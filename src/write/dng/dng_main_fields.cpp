// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/dng_main_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "metadata/tiff_fields.h"
#include "write/big_endian.h"
#include "write/dng/gain_table_map.h"
#include "write/exif_blocks.h"

namespace latent::write {

namespace tag = metadata::tag;

namespace {

/// XYZ (D65) to linear sRGB, for a picture whose camera is unknown. IEC 61966-2-1.
constexpr std::array<double, 9> kXyzToSrgb{3.2406, -1.5372, -0.4986, -0.9689, 1.8758,
                                           0.0415, 0.0557,  -0.2040, 1.0570};
constexpr std::uint16_t kIlluminantD65 = 21;

/// Carried tags of the DNG range that speak of the source's bytes, or that the writer states
/// itself.
constexpr std::array<std::uint16_t, 20> kNeverCarried{
    0xc618,  // LinearizationTable, which reading has applied
    0xc61b,  // BlackLevelDeltaH
    0xc61c,  // BlackLevelDeltaV
    0xc65d,  // RawDataUniqueID
    0xc68c,  // OriginalRawFileData
    0xc716,  // PreviewApplicationName
    0xc717,  // PreviewApplicationVersion
    0xc718,  // PreviewSettingsName
    0xc719,  // PreviewSettingsDigest
    0xc71a,  // PreviewColorSpace
    0xc71b,  // PreviewDateTime
    0xc71c,  // RawImageDigest
    0xc71d,  // OriginalRawFileDigest
    0xc71e,  // SubTileBlockSize
    0xc71f,  // RowInterleaveFactor
    0xc761,  // NoiseProfile, scaled to what is left
    0xc7a7,  // NewRawImageDigest
    0xc7a8,  // RawToPreviewGain
    0xc7a9,  // CacheBlob
    0xc7aa,  // CacheVersion
};

bool may_be_carried(std::uint16_t carried) {
  const bool of_dng =
      carried >= tag::kDngVersion;  // below are TIFF's own, which say how a file is laid
  return of_dng &&
         std::find(kNeverCarried.begin(), kNeverCarried.end(), carried) == kNeverCarried.end();
}

void set_field(const metadata::Field& field, TiffDirectory& directory,
               std::vector<std::string>& warnings) {
  const auto status = directory.set(field.tag, field.type, field.count, field.bytes);
  if (!status) warnings.push_back(status.error().sentence + " and was left out");
}

bool is_gain_table_map(std::uint16_t carried) {
  return carried == tag::kProfileGainTableMap || carried == tag::kProfileGainTableMap2;
}

/// The words inside a gain table map follow the byte order of its file, and ours is little-endian.
void set_gain_table_map(const CarriedTag& carried, TiffDirectory& directory,
                        std::vector<std::string>& warnings) {
  metadata::Field field{carried.tag, carried.type, carried.count, carried.bytes};
  if (carried.big_endian) {
    auto turned = little_endian_gain_table_map(carried.tag, carried.bytes);
    if (!turned) {
      warnings.emplace_back(
          "ProfileGainTableMap of the source was left out: its size is not that of its parts");
      return;
    }
    field.bytes = *std::move(turned);
  }
  set_field(field, directory, warnings);
}

constexpr std::uint16_t kFirstOf17 = 52543;  // RGBTables

/// What else holds words in the byte order of its file: a short and then words of 32 bits, or parts
/// of several widths, which are not turned.
void set_words(const CarriedTag& carried, TiffDirectory& directory,
               std::vector<std::string>& warnings) {
  constexpr std::uint16_t kFirstIlluminant = 52533;
  constexpr std::uint16_t kLastIlluminant = 52535;
  metadata::Field field{carried.tag, carried.type, carried.count, carried.bytes};
  const bool illuminant = carried.tag >= kFirstIlluminant && carried.tag <= kLastIlluminant;
  if (!illuminant || field.bytes.size() % 4 != 2) {
    warnings.push_back(
        fmt::format("{} of the source was left out: its words stand in another order",
                    carried.tag == kFirstOf17 ? "RGBTables"
                    : illuminant              ? "IlluminantData"
                                              : "ImageSequenceInfo"));
    return;
  }
  std::reverse(field.bytes.begin(), field.bytes.begin() + 2);
  for (std::size_t at = 2; at < field.bytes.size(); at += 4) {
    const auto word = field.bytes.begin() + static_cast<std::ptrdiff_t>(at);
    std::reverse(word, word + 4);
  }
  set_field(field, directory, warnings);
}

bool holds_words(std::uint16_t carried) {
  constexpr std::array<std::uint16_t, 5> kHoldWords{52533, 52534, 52535, kFirstOf17, 52548};
  return std::find(kHoldWords.begin(), kHoldWords.end(), carried) != kHoldWords.end();
}

/// DNGVersion is the first that has all that is written; floats came with 1.4. An older reader may
/// ignore gain table
/// maps, so DNGBackwardVersion does not follow them.
void set_versions(const TiffDirectory& raw, TiffDirectory& main) {
  const auto any = [&](std::initializer_list<std::uint16_t> tags) {
    return std::any_of(tags.begin(), tags.end(), [&](std::uint16_t written) {
      return main.contains(written) || raw.contains(written);
    });
  };
  const auto set = [&](std::uint16_t which, int minor) {
    main.set_byte(which, std::array<std::uint8_t, 4>{1, static_cast<std::uint8_t>(minor), 0, 0});
  };
  const auto any_within = [&](std::uint16_t first, std::uint16_t last) {
    for (std::uint32_t written = first; written <= last; ++written) {
      if (any({static_cast<std::uint16_t>(written)})) return true;
    }
    return false;
  };
  constexpr std::uint16_t kLastOf17 = 52555;
  const bool of_17 = any_within(kFirstOf17, kLastOf17);
  const bool of_16 = any_within(tag::kProfileGainTableMap, kFirstOf17 - 1);
  const bool opcodes = any({tag::kOpcodeList1, tag::kOpcodeList2, tag::kOpcodeList3});
  set(tag::kDngVersion, of_17 ? 7 : of_16 ? 6 : 4);
  // 1.1 is the first version whose lossless JPEG defines differences of 32768.
  const bool floats = any({tag::kSampleFormat});  // of the raw picture; previews have none
  constexpr std::uint16_t kJxlDistance = 52553;   // which every picture of JPEG XL tiles has
  set(tag::kDngBackwardVersion, any({kJxlDistance}) ? 7 : floats ? 4 : opcodes ? 3 : 1);
}

void set_calibrations(const DngHeader& header, TiffDirectory& main) {
  constexpr std::array<std::array<std::uint16_t, 4>, 2> kTags{{
      {tag::kCalibrationIlluminant1, tag::kColorMatrix1, tag::kForwardMatrix1,
       tag::kCameraCalibration1},
      {tag::kCalibrationIlluminant2, tag::kColorMatrix2, tag::kForwardMatrix2,
       tag::kCameraCalibration2},
  }};
  const auto& calibrations = header.camera.calibrations;
  const std::size_t count = std::min(calibrations.size(), kTags.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto [illuminant, color, forward, camera] = kTags[i];
    const ColourCalibration& calibration = calibrations[i];
    if (calibration.color_matrix.size() != 9) continue;
    main.set_short(illuminant, static_cast<std::uint16_t>(std::max(0, calibration.illuminant)));
    main.set_srational(color, calibration.color_matrix);
    if (calibration.forward_matrix.size() == 9) {
      main.set_srational(forward, calibration.forward_matrix);
    }
    if (calibration.camera_calibration.size() == 9) {
      main.set_srational(camera, calibration.camera_calibration);
    }
  }
  if (!main.contains(tag::kColorMatrix1)) {
    main.set_short(tag::kCalibrationIlluminant1, kIlluminantD65);
    main.set_srational(tag::kColorMatrix1, kXyzToSrgb);
  }
}

/// Where the file has no white balance, that of daylight: developers would each assume another.
void set_neutral(const CameraFacts& camera, TiffDirectory& main,
                 std::vector<std::string>& warnings) {
  const auto& wb = camera.as_shot_wb;
  const bool usable = std::all_of(wb.begin(), wb.end(), [](double gain) { return gain > 0.0; });
  if (!usable) return;
  if (!camera.as_shot_wb_known) {
    constexpr std::array<double, 3> kNotKnownEither{1, 1, 1};
    const bool stated = main.contains(tag::kAsShotWhiteXy) || main.contains(tag::kAnalogBalance);
    if (stated || wb == kNotKnownEither) return;
    warnings.emplace_back(
        "the source does not state its white balance; the DNG states that of daylight, so that all "
        "programs show the same colours");
  }
  const double smallest = *std::min_element(wb.begin(), wb.end());
  std::array<double, 3> neutral{};
  std::transform(wb.begin(), wb.end(), neutral.begin(),
                 [&](double gain) { return smallest / gain; });
  main.set_rational(tag::kAsShotNeutral, neutral);
}

void set_names(const DngHeader& header, TiffDirectory& main) {
  const CameraFacts& camera = header.camera;
  const auto set_text = [&](std::uint16_t tag, const std::string& text) {
    if (!text.empty()) main.set_ascii(tag, text);
  };
  // EXIF has the names as the camera wrote them; a decoder may have tidied its own.
  if (!main.contains(tag::kMake)) set_text(tag::kMake, camera.make);
  if (!main.contains(tag::kModel)) set_text(tag::kModel, camera.model);
  std::string unique = camera.unique_model;
  if (unique.empty()) unique = camera.make + (camera.make.empty() ? "" : " ") + camera.model;
  main.set_ascii(tag::kUniqueCameraModel, unique.empty() ? "Unknown" : unique);
  if (!main.contains(tag::kOriginalRawFileName)) {
    set_text(tag::kOriginalRawFileName, header.original_file_name);
  }
}

}  // namespace

void set_carried_fields(const DngHeader& header, TiffDirectory& main, TiffDirectory& raw,
                        std::vector<std::string>& warnings) {
  for (const auto& field : header.metadata.image) set_field(field, main, warnings);
  for (const auto& field : header.metadata.raw) set_field(field, raw, warnings);
  for (const CarriedTag& carried : header.carried_tags) {
    if (!may_be_carried(carried.tag)) continue;
    TiffDirectory& directory = carried.of_raw_ifd ? raw : main;
    if (is_gain_table_map(carried.tag)) {
      set_gain_table_map(carried, directory, warnings);
      continue;
    }
    if (carried.big_endian && holds_words(carried.tag)) {
      set_words(carried, directory, warnings);
      continue;
    }
    set_field({carried.tag, carried.type, carried.count, carried.bytes}, directory, warnings);
  }
}

Status set_main_fields(const DngHeader& header, const TiffDirectory& raw, TiffDirectory& main,
                       std::vector<std::string>& warnings) {
  main.set_short(tag::kOrientation, header.orientation);
  set_names(header, main);
  const std::string source_software = header.metadata.image_text(tag::kSoftware);
  const auto& provenance = header.provenance;
  if (provenance) main.set_ascii(tag::kSoftware, "Latent " + provenance->latent_version);

  set_versions(raw, main);
  main.set_srational(tag::kBaselineExposure, header.camera.baseline_exposure_ev);
  if (header.sensor != SensorClass::Mono) {
    set_calibrations(header, main);
    set_neutral(header.camera, main, warnings);
  }

  std::string xmp = header.metadata.xmp;
  if (provenance) {
    LATENT_TRY(xmp, metadata::xmp_with_provenance(xmp, source_software, *provenance));
  }
  const auto* packet = reinterpret_cast<const std::uint8_t*>(xmp.data());
  if (!xmp.empty()) main.set_byte(tag::kXmp, {packet, xmp.size()});
  if (!header.metadata.iptc.empty()) main.set_long(tag::kIptc, iptc_words(header.metadata.iptc));
  return {};
}

TiffDirectory plain_directory(const std::vector<metadata::Field>& fields,
                              std::vector<std::string>& warnings) {
  TiffDirectory directory;
  for (const auto& field : fields) set_field(field, directory, warnings);
  return directory;
}

TiffDirectory photo_directory(const DngHeader& header, std::vector<std::string>& warnings) {
  TiffDirectory photo = plain_directory(header.metadata.photo, warnings);
  const CameraFacts& camera = header.camera;
  const auto complete = [&](std::uint16_t tag, double value) {
    if (value > 0.0 && !photo.contains(tag)) photo.set_rational(tag, value);
  };
  complete(tag::kExposureTime, camera.exposure_seconds);
  complete(tag::kFNumber, camera.aperture);
  complete(tag::kFocalLength, camera.focal_length_mm);
  if (camera.iso >= 1.0 && camera.iso <= 65535.0 && !photo.contains(tag::kIsoSpeedRatings)) {
    photo.set_short(tag::kIsoSpeedRatings, static_cast<std::uint16_t>(camera.iso));
  }
  if (!photo.empty() && header.metadata.photo.empty()) {
    photo.set_undefined(tag::kExifVersion, std::array<std::uint8_t, 4>{'0', '2', '3', '0'});
  }
  return photo;
}

std::vector<std::uint8_t> private_maker_note(const metadata::MakerNote& note) {
  constexpr std::string_view kOwner{"Adobe\0MakN", 10};
  std::vector<std::uint8_t> out(kOwner.begin(), kOwner.end());
  put_big_endian(out, note.bytes.size() + 6);
  out.insert(out.end(), 2, note.big_endian ? 'M' : 'I');
  put_big_endian(out, note.source_offset);
  out.insert(out.end(), note.bytes.begin(), note.bytes.end());
  return out;
}

}  // namespace latent::write
