// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/picture.h"

namespace latent::read {

/// What the header of a picture tells, before a sample is decoded. The fields mean what they mean
/// in Picture.
struct PictureFacts {
  std::string format;
  Size size;
  int colours = 3;
  bool alpha = false;
  SampleDepth depth = SampleDepth::U8;
  Orientation orientation = 1;
  bool is_raw = false;  ///< a camera's raw file, which would be developed neutrally
};

/// Reads a finished picture: TIFF (8, 16, 32-bit integer and float, half; strips, tiles, planar,
/// any compression libtiff knows, BigTIFF, grey, palette, alpha), PNG, JPEG (8-bit, grey and any
/// chroma subsampling), OpenEXR, JPEG XL where the library is built in; a raw file is developed
/// neutrally by LibRaw (camera white balance, no automatic brightness, Rec.2020, 16 bits).
///
/// 32-bit integers (as fractions of their largest value) and floats of 16, 24 and 64 bits become
/// float32 (a warning says so where that rounds); samples of fewer than 8 bits, or of 9 to 15, are
/// widened to 8 or 16; NaN becomes 0 and infinities the largest finite value of the picture
/// (negative ones the smallest), with a warning that counts them. The file is opened read-only.
///
/// Colours  the embedded profile; else what the format says (PNG sRGB, gAMA, cHRM; EXIF's Adobe RGB
///          in JPEG; OpenEXR chromaticities, linear); else sRGB, for TIFF floats linear sRGB. A
///          damaged profile is left out with a warning. In PNG cICP goes before all others. JPEG XL
///          that was stored with loss apart from an ICC profile comes as Rec.2020 with the curve of
///          sRGB, in 16 bits at least.
/// Turning  as the format states it; else as EXIF elsewhere in the file does, else XMP.
/// Memory   one copy of the samples and some rows; LibRaw and progressive JPEG hold a second one
///          while they decode, JPEG XL what libjxl needs.
///
/// Errors   NotFound, Usage, Io  as sniff().
///          Unsupported  another kind of file; CMYK, Lab, YCCK, more than one alpha, indexed
///                       float; HDR (a PNG whose cICP says PQ or HLG).
///          Corrupt      cut short, damaged, or of impossible content.
///          TooLarge     passes `limits`; found before anything is allocated for samples.
///          Cancelled    control.stop was asked for.
///          Every message begins with the quoted path.
/// Threads  any; calls do not share state.
[[nodiscard]] Result<Picture> open_picture(const std::filesystem::path& path,
                                           const Limits& limits = {},
                                           const RunControl& control = {});

/// The header only. Errors   as open_picture(), less those of the samples.
[[nodiscard]] Result<PictureFacts> inspect_picture(const std::filesystem::path& path,
                                                   const Limits& limits = {});

}  // namespace latent::read
