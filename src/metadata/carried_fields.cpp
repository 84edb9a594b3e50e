// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/carried_fields.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace latent::metadata {

namespace {

/// TIFF 6.0, TIFF/EP and DNG fields that describe how this file stores its picture or previews, or
/// that point into it. Ascending.
constexpr std::array<std::uint16_t, 63> kStructure{
    0x00fe,  // NewSubfileType
    0x00ff,  // SubfileType
    0x0100,  // ImageWidth
    0x0101,  // ImageLength
    0x0102,  // BitsPerSample
    0x0103,  // Compression
    0x0106,  // PhotometricInterpretation
    0x0107,  // Threshholding
    0x0108,  // CellWidth
    0x0109,  // CellLength
    0x010a,  // FillOrder
    0x0111,  // StripOffsets
    0x0115,  // SamplesPerPixel
    0x0116,  // RowsPerStrip
    0x0117,  // StripByteCounts
    0x0118,  // MinSampleValue
    0x0119,  // MaxSampleValue
    0x011c,  // PlanarConfiguration
    0x0120,  // FreeOffsets
    0x0121,  // FreeByteCounts
    0x0122,  // GrayResponseUnit
    0x0123,  // GrayResponseCurve
    0x0124,  // T4Options
    0x0125,  // T6Options
    0x012d,  // TransferFunction
    0x013d,  // Predictor
    0x013e,  // WhitePoint
    0x013f,  // PrimaryChromaticities
    0x0140,  // ColorMap
    0x0142,  // TileWidth
    0x0143,  // TileLength
    0x0144,  // TileOffsets
    0x0145,  // TileByteCounts
    0x014a,  // SubIFDs
    0x0152,  // ExtraSamples
    0x0153,  // SampleFormat
    0x0154,  // SMinSampleValue
    0x0155,  // SMaxSampleValue
    0x0156,  // TransferRange
    0x015b,  // JPEGTables
    0x0200,  // JPEGProc
    0x0201,  // JPEGInterchangeFormat
    0x0202,  // JPEGInterchangeFormatLength
    0x0203,  // JPEGRestartInterval
    0x0205,  // JPEGLosslessPredictors
    0x0206,  // JPEGPointTransforms
    0x0207,  // JPEGQTables
    0x0208,  // JPEGDCTables
    0x0209,  // JPEGACTables
    0x0211,  // YCbCrCoefficients
    0x0212,  // YCbCrSubSampling
    0x0213,  // YCbCrPositioning
    0x0214,  // ReferenceBlackWhite
    0x02bc,  // XMP, which travels by its own way
    0x828d,  // CFARepeatPatternDim
    0x828e,  // CFAPattern
    0x83bb,  // IPTC, which travels by its own way
    0x8649,  // Photoshop image resources, which travel by their own way
    0x8769,  // Exif IFD
    0x8773,  // ICC profile
    0x8825,  // GPS IFD
    0x9217,  // SensingMethod of TIFF/EP
    0x935c,  // the layers of Photoshop, which show the picture as it was
};

/// DNG 1.4: LocalizedCameraModel, CameraSerialNumber, LensInfo, DNGPrivateData, MakerNoteSafety.
constexpr std::array<std::uint16_t, 5> kDngIdentity{0xc615, 0xc62f, 0xc630, 0xc634, 0xc635};
constexpr std::uint16_t kFirstDngTag = 0xc612;

/// Sony: VignettingCorrection, VignettingCorrParams, ChromaticAberrationCorrection,
/// ChromaticAberrationCorrParams, DistortionCorrection, DistortionCorrParams.
constexpr std::array<std::uint16_t, 6> kSonyLensCorrections{0x7031, 0x7032, 0x7034,
                                                            0x7035, 0x7036, 0x7037};

template <class Array>
bool has(const Array& sorted, std::uint16_t tag) {
  return std::binary_search(sorted.begin(), sorted.end(), tag);
}

}  // namespace

bool carried_from_image_ifd(std::uint16_t tag, bool source_is_dng) {
  if (tag >= kFirstDngTag) return source_is_dng && has(kDngIdentity, tag);
  return !has(kStructure, tag);
}

bool carried_from_photo_ifd(std::uint16_t tag) {
  constexpr std::array<std::uint16_t, 5> kLeft{
      0x9102,  // CompressedBitsPerPixel
      0x927c,  // MakerNote
      0xa002,  // PixelXDimension
      0xa003,  // PixelYDimension
      0xa005,  // Interoperability IFD
  };
  return !has(kLeft, tag);
}

bool carried_from_raw_ifd(std::uint16_t tag) { return has(kSonyLensCorrections, tag); }

bool carried_from_xmp(const char* key) {
  constexpr std::array<std::string_view, 15> kLeft{"Xmp.tiff.ImageWidth",
                                                   "Xmp.tiff.ImageLength",
                                                   "Xmp.tiff.BitsPerSample",
                                                   "Xmp.tiff.Compression",
                                                   "Xmp.tiff.SamplesPerPixel",
                                                   "Xmp.tiff.PhotometricInterpretation",
                                                   "Xmp.tiff.PlanarConfiguration",
                                                   "Xmp.tiff.YCbCrSubSampling",
                                                   "Xmp.tiff.YCbCrPositioning",
                                                   "Xmp.tiff.NativeDigest",
                                                   "Xmp.exif.PixelXDimension",
                                                   "Xmp.exif.PixelYDimension",
                                                   "Xmp.exif.CompressedBitsPerPixel",
                                                   "Xmp.exif.NativeDigest",
                                                   "Xmp.tiff.Software"};
  const std::string_view name(key);
  // Thumbnails and their struct members: "Xmp.xmp.Thumbnails[1]/xmpGImg:image".
  if (name.starts_with("Xmp.xmp.Thumbnails")) return false;
  // Members of arrays and structs follow their parent.
  return std::none_of(kLeft.begin(), kLeft.end(), [&](std::string_view left) {
    return name.starts_with(left) &&
           (name.size() == left.size() || name[left.size()] == '[' || name[left.size()] == '/');
  });
}

}  // namespace latent::metadata
