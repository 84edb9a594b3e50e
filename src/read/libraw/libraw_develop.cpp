// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/libraw/libraw_develop.h"

#include <libraw/libraw.h>

#include <array>
#include <cstring>

#include "read/dng/dng_samples.h"
#include "read/libraw/libraw_file.h"

namespace latent::read {

namespace {

constexpr int kVng = 1;
constexpr int kPpg = 2;               // for X-Trans: one pass of its own method
constexpr int kAhd = 3;               // for X-Trans: three passes
constexpr int kSmallestXTrans = 512;  // LibRaw's tile; it refuses less

int method(const LibRaw& raw, const Development& development) {
  if (raw.imgdata.idata.filters != LIBRAW_XTRANS) return kAhd;
  const Rect& area = development.decoded;
  if (area.width < kSmallestXTrans || area.height < kSmallestXTrans) return kVng;
  return development.quick ? kPpg : kAhd;
}

}  // namespace

Stretch stretch_of(const RawFacts& facts) {
  constexpr double kSquare = 0.005;  // LibRaw's own bound
  const double aspect = facts.pixel_aspect;
  Stretch stretch;
  if (aspect < 1 - kSquare) stretch.y = 1 / aspect;
  if (aspect > 1 + kSquare) stretch.x = aspect;
  return stretch;
}

int flip_of(Orientation orientation) {
  constexpr std::array kFlips{0, 1, 3, 2, 4, 6, 7, 5};
  return orientation >= 1 && orientation <= 8 ? kFlips[orientation - 1U] : 0;
}

void configure_libraw(LibRaw& raw, const Development& development) {
  auto& params = raw.imgdata.params;
  params.use_camera_wb = 1;
  params.use_auto_wb = 0;
  params.no_auto_bright = 1;
  params.adjust_maximum_thr = 0;  // the white level of the file, not that of the picture
  params.highlight = 0;
  params.half_size = development.half_size ? 1 : 0;
  params.user_qual = method(raw, development);
  params.cropbox[0] = static_cast<unsigned>(development.decoded.x);
  params.cropbox[1] = static_cast<unsigned>(development.decoded.y);
  params.cropbox[2] = static_cast<unsigned>(development.decoded.width);
  params.cropbox[3] = static_cast<unsigned>(development.decoded.height);
}

Status develop_libraw(LibRaw& raw) {
  int code = LIBRAW_IO_ERROR;
  try {
    code = raw.dcraw_process();
  } catch (...) {
    code = LIBRAW_IO_ERROR;
  }
  return check_libraw(code, "rendering");
}

Status replace_samples(LibRaw& raw, const ByteSource& source, const DngFile& dng,
                       const Limits& limits) {
  const auto& sizes = raw.imgdata.sizes;
  std::uint16_t* to = raw.imgdata.rawdata.raw_image;
  const bool same = to != nullptr && Size{sizes.raw_width, sizes.raw_height} == dng.layout.image;
  if (!same || !dng_samples_are_readable(dng.layout)) return {};
  DngLayout layout = dng.layout;
  layout.black_deltas.shift = 0;  // LibRaw's levels are those of the file
  LATENT_TRY(const auto samples, read_dng_samples(source, layout, limits, {}));
  const std::size_t pitch = sizes.raw_pitch / sizeof(std::uint16_t);
  for (int y = 0; y < samples.height(); ++y) {
    const auto row = samples.view().row(y);
    std::memcpy(to + static_cast<std::size_t>(y) * pitch, row.data(), row.size_bytes());
  }
  return {};
}

}  // namespace latent::read
