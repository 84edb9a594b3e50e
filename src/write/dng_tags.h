// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Tags of TIFF 6.0, TIFF/EP, EXIF 2.3 and DNG 1.4 that the writer writes, by their names there.
namespace latent::write::tag {

inline constexpr std::uint16_t kNewSubfileType = 0x00fe;
inline constexpr std::uint16_t kImageWidth = 0x0100;
inline constexpr std::uint16_t kImageLength = 0x0101;
inline constexpr std::uint16_t kBitsPerSample = 0x0102;
inline constexpr std::uint16_t kCompression = 0x0103;
inline constexpr std::uint16_t kPhotometricInterpretation = 0x0106;
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
inline constexpr std::uint16_t kPredictor = 0x013d;
inline constexpr std::uint16_t kTileWidth = 0x0142;
inline constexpr std::uint16_t kTileLength = 0x0143;
inline constexpr std::uint16_t kTileOffsets = 0x0144;
inline constexpr std::uint16_t kTileByteCounts = 0x0145;
inline constexpr std::uint16_t kSubIfds = 0x014a;
inline constexpr std::uint16_t kExtraSamples = 0x0152;
inline constexpr std::uint16_t kSampleFormat = 0x0153;
inline constexpr std::uint16_t kYcbcrSubSampling = 0x0212;
inline constexpr std::uint16_t kYcbcrPositioning = 0x0213;
inline constexpr std::uint16_t kReferenceBlackWhite = 0x0214;
inline constexpr std::uint16_t kXmp = 0x02bc;
inline constexpr std::uint16_t kCfaRepeatPatternDim = 0x828d;
inline constexpr std::uint16_t kCfaPattern = 0x828e;
inline constexpr std::uint16_t kExposureTime = 0x829a;
inline constexpr std::uint16_t kFNumber = 0x829d;
inline constexpr std::uint16_t kIptc = 0x83bb;
inline constexpr std::uint16_t kExifIfd = 0x8769;
inline constexpr std::uint16_t kIccProfile = 0x8773;
inline constexpr std::uint16_t kGpsIfd = 0x8825;
inline constexpr std::uint16_t kIsoSpeedRatings = 0x8827;
inline constexpr std::uint16_t kExifVersion = 0x9000;
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
inline constexpr std::uint16_t kBlackLevelRepeatDim = 0xc619;
inline constexpr std::uint16_t kBlackLevel = 0xc61a;
inline constexpr std::uint16_t kWhiteLevel = 0xc61d;
inline constexpr std::uint16_t kDefaultScale = 0xc61e;
inline constexpr std::uint16_t kDefaultCropOrigin = 0xc61f;
inline constexpr std::uint16_t kDefaultCropSize = 0xc620;
inline constexpr std::uint16_t kColorMatrix1 = 0xc621;
inline constexpr std::uint16_t kColorMatrix2 = 0xc622;
inline constexpr std::uint16_t kCameraCalibration1 = 0xc623;
inline constexpr std::uint16_t kCameraCalibration2 = 0xc624;
inline constexpr std::uint16_t kAsShotNeutral = 0xc628;
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
inline constexpr std::uint16_t kOpcodeList1 = 0xc740;
inline constexpr std::uint16_t kOpcodeList2 = 0xc741;
inline constexpr std::uint16_t kOpcodeList3 = 0xc74e;
inline constexpr std::uint16_t kNoiseProfile = 0xc761;

}  // namespace latent::write::tag
