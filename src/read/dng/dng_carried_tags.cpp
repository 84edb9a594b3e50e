// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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
    Carried{50830, true},   // MaskedAreas
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
    Carried{51043, false},  // TimeCodes of CinemaDNG
    Carried{51044, false},  // FrameRate
    Carried{51058, false},  // TStop
    Carried{51081, false},  // ReelName
    Carried{51089, false},  // OriginalDefaultFinalSize
    Carried{51090, false},  // OriginalBestQualityFinalSize
    Carried{51091, false},  // OriginalDefaultCropSize
    Carried{51105, false},  // CameraLabel
    Carried{51107, false},  // ProfileHueSatMapEncoding
    Carried{51108, false},  // ProfileLookTableEncoding
    Carried{51109, false},  // BaselineExposureOffset
    Carried{51110, false},  // DefaultBlackRender
    Carried{51125, true},   // DefaultUserCrop
    Carried{51182, true},   // EnhanceParams
    Carried{52525, true},   // ProfileGainTableMap
    Carried{52529, false},  // CalibrationIlluminant3
    Carried{52530, false},  // CameraCalibration3
    Carried{52531, false},  // ColorMatrix3
    Carried{52532, false},  // ForwardMatrix3
    Carried{52533, false},  // IlluminantData1
    Carried{52534, false},  // IlluminantData2
    Carried{52535, false},  // IlluminantData3
    Carried{52537, false},  // ProfileHueSatMapData3
    Carried{52543, false},  // RGBTables
    Carried{52544, false},  // ProfileGainTableMap2
    Carried{52548, false},  // ImageSequenceInfo
    Carried{52551, false},  // ProfileDynamicRange
    Carried{52552, false},  // ProfileGroupName
};

/// Tags of DNG that the writer states itself, or that say how this file stores its samples and
/// previews: nobody misses them.
constexpr std::array<std::uint16_t, 52> kStatedAnew{
    50706, 50707, 50708, 50710, 50711, 50712, 50713, 50714, 50715, 50716, 50717, 50719, 50720,
    50721, 50722, 50723, 50724, 50725, 50726, 50728, 50729, 50730, 50778, 50779, 50781, 50829,
    50964, 50965, 50966, 50967, 50968, 50969, 50970, 50971, 50972, 50973, 50974, 50975, 51041,
    51111, 51112, 51113, 51114, 51177, 51178, 51179, 51180, 51181, 52538, 52547, 52553, 52554};
constexpr std::uint16_t kJxlDecodeSpeed = 52555;

struct Named {
  std::uint16_t tag;
  const char* name;
};
constexpr std::array kLeftOut{
    Named{50828, "the original raw file that was put inside (OriginalRawFileData)"},
    Named{50933, "further camera profiles (ExtraCameraProfiles)"},
    Named{52526, "SemanticName"},
    Named{52528, "SemanticInstanceID"},
    Named{52536, "MaskSubArea"},
    Named{52550, "ImageStats"},
};

bool is_carried(std::uint16_t tag) {
  return std::ranges::find(kCarried, tag, &Carried::tag) != kCarried.end();
}

void name_tags(const TiffDirectory& directory, std::vector<std::string>& names) {
  for (const TiffField& field : directory.fields) {
    if (field.tag < tag::kDngVersion || field.tag == kJxlDecodeSpeed) continue;
    if (is_carried(field.tag) || std::ranges::find(kStatedAnew, field.tag) != kStatedAnew.end()) {
      continue;
    }
    const auto* known = std::ranges::find(kLeftOut, field.tag, &Named::tag);
    std::string name = known != kLeftOut.end() ? std::string(known->name)
                                               : fmt::format("the unknown tag {}", field.tag);
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
}

/// What another directory holds; empty of previews, which are made anew, and of what is no picture.
std::string name_of(const TiffFile& file, const TiffDirectory& directory) {
  constexpr std::uint64_t kColourFilterArray = 32803;
  constexpr std::uint64_t kLinearRaw = 34892;
  const auto number = [&](std::uint16_t tag) {
    return file.integer(directory.find(tag)).value_or(0);
  };
  const std::uint64_t photometric = number(tag::kPhotometricInterpretation);
  const bool is_raw = photometric == kColourFilterArray || photometric == kLinearRaw;
  switch (number(tag::kNewSubfileType)) {
    case 0:
      if (!is_raw) return {};
      return fmt::format("another raw picture of {} x {} pixels", number(tag::kImageWidth),
                         number(tag::kImageLength));
    case 4:
    case 5:
      return "a transparency mask";
    case 8:
    case 9:
      return "a depth map";
    case 16:
      return "an enhanced picture";
    case 65540:
    case 65541:
      return "a semantic mask";
    default:
      return {};
  }
}

}  // namespace

std::string read_left_out(const DngDirectories& directories) {
  std::vector<std::string> names;
  name_tags(*directories.first, names);
  if (directories.raw != directories.first) name_tags(*directories.raw, names);
  for (const TiffDirectory& directory : directories.file->directories()) {
    if (&directory == directories.raw) continue;
    std::string name = name_of(*directories.file, directory);
    const bool again = std::ranges::find(names, name) != names.end();
    if (!name.empty() && !again) names.push_back(std::move(name));
  }
  constexpr std::size_t kMostNames = 12;
  if (names.size() > kMostNames) {
    const std::size_t more = names.size() - kMostNames;
    names.resize(kMostNames);
    names.push_back(fmt::format("{} more", more));
  }
  if (names.empty()) return {};
  return fmt::format("the result goes without {} of the source, which Latent does not carry on",
                     fmt::join(names, ", "));
}

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
