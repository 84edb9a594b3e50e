// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>

#include "read/dng/dng_directories.h"

#include "metadata/tiff_fields.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

struct Carried {
  std::uint16_t tag;
  bool of_raw_ifd;  ///< where the specification puts it
};

constexpr std::array kCarried{
    Carried{50709, false},  // LocalizedCameraModel
    Carried{50718, true},   // DefaultScale
    Carried{50727, false},  // AnalogBalance
    Carried{50731, false},  // BaselineNoise
    Carried{50732, false},  // BaselineSharpness
    Carried{50733, true},   // BayerGreenSplit
    Carried{50734, false},  // LinearResponseLimit
    Carried{50735, false},  // CameraSerialNumber
    Carried{50736, false},  // LensInfo
    Carried{50737, true},   // ChromaBlurRadius
    Carried{50738, true},   // AntiAliasStrength
    Carried{50739, false},  // ShadowScale
    Carried{50740, false},  // DNGPrivateData
    Carried{50741, false},  // MakerNoteSafety
    Carried{50780, true},   // BestQualityScale
    Carried{50827, false},  // OriginalRawFileName
    Carried{50831, false},  // AsShotICCProfile
    Carried{50832, false},  // AsShotPreProfileMatrix
    Carried{50833, false},  // CurrentICCProfile
    Carried{50834, false},  // CurrentPreProfileMatrix
    Carried{50879, false},  // ColorimetricReference
    Carried{50931, false},  // CameraCalibrationSignature
    Carried{50932, false},  // ProfileCalibrationSignature
    Carried{50934, false},  // AsShotProfileName
    Carried{50936, false},  // ProfileName
    Carried{50937, false},  // ProfileHueSatMapDims
    Carried{50938, false},  // ProfileHueSatMapData1
    Carried{50939, false},  // ProfileHueSatMapData2
    Carried{50940, false},  // ProfileToneCurve
    Carried{50941, false},  // ProfileEmbedPolicy
    Carried{50942, false},  // ProfileCopyright
    Carried{50981, false},  // ProfileLookTableDims
    Carried{50982, false},  // ProfileLookTableData
    Carried{51008, true},   // OpcodeList1
    Carried{51009, true},   // OpcodeList2
    Carried{51022, true},   // OpcodeList3
    Carried{51107, false},  // ProfileHueSatMapEncoding
    Carried{51108, false},  // ProfileLookTableEncoding
    Carried{51109, false},  // BaselineExposureOffset
    Carried{51110, false},  // DefaultBlackRender
    Carried{51125, true},   // DefaultUserCrop
    Carried{52525, true},   // ProfileGainTableMap
    Carried{52544, false},  // ProfileGainTableMap2
};

}  // namespace

Result<std::vector<CarriedTag>> read_carried_tags(const DngDirectories& directories,
                                                  const Limits& limits) {
  std::vector<CarriedTag> tags;
  std::uint64_t total = 0;
  const auto carry = [&](std::uint16_t tag, bool of_raw_ifd) -> Status {
    const TiffField* field = directories.find(tag);
    if (field == nullptr) return {};
    total += field->bytes();
    if (total > limits.max_metadata_bytes) {
      return fail(ErrorCode::TooLarge,
                  fmt::format("cannot be read: its profile and opcode tags are larger than {} "
                              "bytes together, the limit of metadata; {}",
                              limits.max_metadata_bytes, what_allows_metadata(total)));
    }
    LATENT_TRY(std::vector<std::uint8_t> bytes, directories.file->native_bytes(*field));
    tags.push_back({tag, field->type, static_cast<std::uint32_t>(field->count), of_raw_ifd,
                    std::move(bytes), !directories.file->little_endian()});
    return {};
  };
  for (const Carried& carried : kCarried) LATENT_CHECK(carry(carried.tag, carried.of_raw_ifd));
  // The two ways to state the white balance exclude each other, and the writer only knows the
  // first.
  if (directories.find(tag::kAsShotNeutral) == nullptr) {
    LATENT_CHECK(carry(tag::kAsShotWhiteXy, false));
  }
  return tags;
}

}  // namespace latent::read
