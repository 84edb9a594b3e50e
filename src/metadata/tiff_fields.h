// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The words of TIFF: field types and the tags that Latent reads or writes.
namespace latent::metadata {

/// The field types of TIFF 6.0 and BigTIFF that have a size.
enum class TiffType : std::uint16_t {
  Byte = 1,
  Ascii = 2,
  Short = 3,
  Long = 4,
  Rational = 5,
  SByte = 6,
  Undefined = 7,
  SShort = 8,
  SLong = 9,
  SRational = 10,
  Float = 11,
  Double = 12,
  Ifd = 13,
  Long8 = 16,
  SLong8 = 17,
  Ifd8 = 18
};

/// Bytes of one value of a type, 0 for a type that neither TIFF 6.0 nor BigTIFF knows.
[[nodiscard]] constexpr std::size_t tiff_type_size(std::uint16_t type) {
  constexpr std::array<std::uint8_t, 19> kSizes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                                8, 4, 8, 4, 0, 0, 8, 8, 8};
  return type < kSizes.size() ? kSizes[type] : 0;
}

/// Tags by their names in TIFF 6.0, TIFF/EP, EXIF 2.32 and the DNG specification 1.4 (2012), the
/// last three of 1.6 and 1.7, in ascending order.
namespace tag {

inline constexpr std::uint16_t kNewSubfileType = 0x00fe;
inline constexpr std::uint16_t kImageWidth = 0x0100;
inline constexpr std::uint16_t kImageLength = 0x0101;
inline constexpr std::uint16_t kBitsPerSample = 0x0102;
inline constexpr std::uint16_t kCompression = 0x0103;
inline constexpr std::uint16_t kPhotometricInterpretation = 0x0106;
inline constexpr std::uint16_t kImageDescription = 0x010e;
inline constexpr std::uint16_t kMake = 0x010f;
inline constexpr std::uint16_t kModel = 0x0110;
inline constexpr std::uint16_t kStripOffsets = 0x0111;
inline constexpr std::uint16_t kOrientation = 0x0112;
inline constexpr std::uint16_t kSamplesPerPixel = 0x0115;
inline constexpr std::uint16_t kRowsPerStrip = 0x0116;
inline constexpr std::uint16_t kStripByteCounts = 0x0117;
inline constexpr std::uint16_t kXResolution = 0x011a;
inline constexpr std::uint16_t kYResolution = 0x011b;
inline constexpr std::uint16_t kPlanarConfiguration = 0x011c;
inline constexpr std::uint16_t kResolutionUnit = 0x0128;
inline constexpr std::uint16_t kSoftware = 0x0131;
inline constexpr std::uint16_t kArtist = 0x013b;
inline constexpr std::uint16_t kPredictor = 0x013d;
inline constexpr std::uint16_t kTileWidth = 0x0142;
inline constexpr std::uint16_t kTileLength = 0x0143;
inline constexpr std::uint16_t kTileOffsets = 0x0144;
inline constexpr std::uint16_t kTileByteCounts = 0x0145;
inline constexpr std::uint16_t kSubIfds = 0x014a;
inline constexpr std::uint16_t kExtraSamples = 0x0152;
inline constexpr std::uint16_t kSampleFormat = 0x0153;
inline constexpr std::uint16_t kJpegInterchangeFormat = 0x0201;
inline constexpr std::uint16_t kJpegInterchangeFormatLength = 0x0202;
inline constexpr std::uint16_t kYcbcrSubSampling = 0x0212;
inline constexpr std::uint16_t kYcbcrPositioning = 0x0213;
inline constexpr std::uint16_t kReferenceBlackWhite = 0x0214;
inline constexpr std::uint16_t kXmp = 0x02bc;
inline constexpr std::uint16_t kCfaRepeatPatternDim = 0x828d;
inline constexpr std::uint16_t kCfaPattern = 0x828e;
inline constexpr std::uint16_t kCopyright = 0x8298;
inline constexpr std::uint16_t kExposureTime = 0x829a;
inline constexpr std::uint16_t kFNumber = 0x829d;
inline constexpr std::uint16_t kIptc = 0x83bb;
inline constexpr std::uint16_t kExifIfd = 0x8769;
inline constexpr std::uint16_t kIccProfile = 0x8773;
inline constexpr std::uint16_t kGpsIfd = 0x8825;
inline constexpr std::uint16_t kIsoSpeedRatings = 0x8827;
inline constexpr std::uint16_t kExifVersion = 0x9000;
inline constexpr std::uint16_t kDateTimeOriginal = 0x9003;
inline constexpr std::uint16_t kFocalLength = 0x920a;
inline constexpr std::uint16_t kMakerNote = 0x927c;
inline constexpr std::uint16_t kColorSpace = 0xa001;
inline constexpr std::uint16_t kPixelXDimension = 0xa002;
inline constexpr std::uint16_t kPixelYDimension = 0xa003;
inline constexpr std::uint16_t kInteropIfd = 0xa005;
inline constexpr std::uint16_t kDngVersion = 0xc612;
inline constexpr std::uint16_t kDngBackwardVersion = 0xc613;
inline constexpr std::uint16_t kUniqueCameraModel = 0xc614;
inline constexpr std::uint16_t kCfaPlaneColor = 0xc616;
inline constexpr std::uint16_t kCfaLayout = 0xc617;
inline constexpr std::uint16_t kLinearizationTable = 0xc618;
inline constexpr std::uint16_t kBlackLevelRepeatDim = 0xc619;
inline constexpr std::uint16_t kBlackLevel = 0xc61a;
inline constexpr std::uint16_t kBlackLevelDeltaH = 0xc61b;
inline constexpr std::uint16_t kBlackLevelDeltaV = 0xc61c;
inline constexpr std::uint16_t kWhiteLevel = 0xc61d;
inline constexpr std::uint16_t kDefaultScale = 0xc61e;
inline constexpr std::uint16_t kDefaultCropOrigin = 0xc61f;
inline constexpr std::uint16_t kDefaultCropSize = 0xc620;
inline constexpr std::uint16_t kColorMatrix1 = 0xc621;
inline constexpr std::uint16_t kColorMatrix2 = 0xc622;
inline constexpr std::uint16_t kCameraCalibration1 = 0xc623;
inline constexpr std::uint16_t kCameraCalibration2 = 0xc624;
inline constexpr std::uint16_t kAnalogBalance = 0xc627;
inline constexpr std::uint16_t kAsShotNeutral = 0xc628;
inline constexpr std::uint16_t kAsShotWhiteXy = 0xc629;
inline constexpr std::uint16_t kBaselineExposure = 0xc62a;
inline constexpr std::uint16_t kDngPrivateData = 0xc634;
inline constexpr std::uint16_t kCalibrationIlluminant1 = 0xc65a;
inline constexpr std::uint16_t kCalibrationIlluminant2 = 0xc65b;
inline constexpr std::uint16_t kOriginalRawFileName = 0xc68b;
inline constexpr std::uint16_t kActiveArea = 0xc68d;
inline constexpr std::uint16_t kForwardMatrix1 = 0xc714;
inline constexpr std::uint16_t kForwardMatrix2 = 0xc715;
inline constexpr std::uint16_t kPreviewApplicationName = 0xc716;
inline constexpr std::uint16_t kPreviewApplicationVersion = 0xc717;
inline constexpr std::uint16_t kPreviewColorSpace = 0xc71a;
inline constexpr std::uint16_t kSubTileBlockSize = 0xc71e;
inline constexpr std::uint16_t kRowInterleaveFactor = 0xc71f;
inline constexpr std::uint16_t kOpcodeList1 = 0xc740;
inline constexpr std::uint16_t kOpcodeList2 = 0xc741;
inline constexpr std::uint16_t kOpcodeList3 = 0xc74e;
inline constexpr std::uint16_t kNoiseProfile = 0xc761;
inline constexpr std::uint16_t kProfileGainTableMap = 0xcd2d;
inline constexpr std::uint16_t kProfileGainTableMap2 = 0xcd40;
inline constexpr std::uint16_t kColumnInterleaveFactor = 0xcd43;

}  // namespace tag

}  // namespace latent::metadata
