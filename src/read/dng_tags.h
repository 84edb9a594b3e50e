// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace latent::read::tag {

// Names and numbers as in TIFF 6.0, EXIF 2.32 and the DNG specification 1.4 (2012).
inline constexpr std::uint16_t kNewSubfileType = 254;
inline constexpr std::uint16_t kImageWidth = 256;
inline constexpr std::uint16_t kImageLength = 257;
inline constexpr std::uint16_t kBitsPerSample = 258;
inline constexpr std::uint16_t kCompression = 259;
inline constexpr std::uint16_t kPhotometric = 262;
inline constexpr std::uint16_t kMake = 271;
inline constexpr std::uint16_t kModel = 272;
inline constexpr std::uint16_t kStripOffsets = 273;
inline constexpr std::uint16_t kOrientation = 274;
inline constexpr std::uint16_t kSamplesPerPixel = 277;
inline constexpr std::uint16_t kRowsPerStrip = 278;
inline constexpr std::uint16_t kStripByteCounts = 279;
inline constexpr std::uint16_t kPlanarConfiguration = 284;
inline constexpr std::uint16_t kTileWidth = 322;
inline constexpr std::uint16_t kTileLength = 323;
inline constexpr std::uint16_t kTileOffsets = 324;
inline constexpr std::uint16_t kTileByteCounts = 325;
inline constexpr std::uint16_t kSampleFormat = 339;
inline constexpr std::uint16_t kJpegInterchangeFormat = 513;
inline constexpr std::uint16_t kJpegInterchangeFormatLength = 514;
inline constexpr std::uint16_t kCfaRepeatPatternDim = 33421;
inline constexpr std::uint16_t kCfaPattern = 33422;
inline constexpr std::uint16_t kExposureTime = 33434;
inline constexpr std::uint16_t kFNumber = 33437;
inline constexpr std::uint16_t kExifIfd = 34665;
inline constexpr std::uint16_t kIsoSpeed = 34855;
inline constexpr std::uint16_t kFocalLength = 37386;
inline constexpr std::uint16_t kDngVersion = 50706;
inline constexpr std::uint16_t kUniqueCameraModel = 50708;
inline constexpr std::uint16_t kCfaPlaneColor = 50710;
inline constexpr std::uint16_t kCfaLayout = 50711;
inline constexpr std::uint16_t kLinearizationTable = 50712;
inline constexpr std::uint16_t kBlackLevelRepeatDim = 50713;
inline constexpr std::uint16_t kBlackLevel = 50714;
inline constexpr std::uint16_t kBlackLevelDeltaH = 50715;
inline constexpr std::uint16_t kBlackLevelDeltaV = 50716;
inline constexpr std::uint16_t kWhiteLevel = 50717;
inline constexpr std::uint16_t kDefaultCropOrigin = 50719;
inline constexpr std::uint16_t kDefaultCropSize = 50720;
inline constexpr std::uint16_t kColorMatrix1 = 50721;
inline constexpr std::uint16_t kColorMatrix2 = 50722;
inline constexpr std::uint16_t kCameraCalibration1 = 50723;
inline constexpr std::uint16_t kCameraCalibration2 = 50724;
inline constexpr std::uint16_t kAsShotNeutral = 50728;
inline constexpr std::uint16_t kAsShotWhiteXy = 50729;
inline constexpr std::uint16_t kBaselineExposure = 50730;
inline constexpr std::uint16_t kCalibrationIlluminant1 = 50778;
inline constexpr std::uint16_t kCalibrationIlluminant2 = 50779;
inline constexpr std::uint16_t kActiveArea = 50829;
inline constexpr std::uint16_t kForwardMatrix1 = 50964;
inline constexpr std::uint16_t kForwardMatrix2 = 50965;
inline constexpr std::uint16_t kSubTileBlockSize = 50974;
inline constexpr std::uint16_t kRowInterleaveFactor = 50975;
inline constexpr std::uint16_t kOpcodeList2 = 51009;
inline constexpr std::uint16_t kNoiseProfile = 51041;
inline constexpr std::uint16_t kColumnInterleaveFactor = 52547;

}  // namespace latent::read::tag
