// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/libraw/linear_libraw.h"

#include <libraw/libraw.h>

#include <algorithm>
#include <stop_token>

namespace latent::read {

namespace {

/// LibRaw may throw its own enum.
template <class Work>
int guarded(Work work) {
  try {
    return work();
  } catch (...) {
    return LIBRAW_UNSUFFICIENT_MEMORY;
  }
}

}  // namespace

std::array<float, 3> libraw_black_by_colour(const LibRaw& raw) {
  const auto& color = raw.imgdata.color;
  const bool patterned = color.cblack[4] > 0 && color.cblack[5] > 0;
  std::array<float, 3> black{};
  for (std::size_t c = 0; c < 3; ++c) {
    const std::uint64_t level =
        std::uint64_t{color.black} + color.cblack[c] + (patterned ? color.cblack[6] : 0U);
    black[c] = static_cast<float>(level);
  }
  return black;
}

Result<Image<std::uint16_t>> copy_libraw_colours(LibRaw& raw, const Limits& limits) {
  const auto& decoded = raw.imgdata.rawdata;
  const bool integers = decoded.color4_image != nullptr || decoded.color3_image != nullptr;
  if (!integers || raw.imgdata.idata.colors != 3) {
    return fail(ErrorCode::Unsupported,
                "holds its colours in a way that raw denoise does not take; develop it with a raw "
                "developer instead");
  }
  LATENT_CHECK(
      check_libraw(guarded([&raw] { return raw.raw2image(); }), "arranging its picture data"));
  const auto& sizes = raw.imgdata.sizes;
  const Size size{sizes.iwidth, sizes.iheight};
  auto image = Image<std::uint16_t>::create(size, 3, limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  const std::uint16_t(*from)[4] = raw.imgdata.image;
  for (int y = 0; y < size.height; ++y) {
    std::uint16_t* to = image->view().row(y).data();
    for (int x = 0; x < size.width; ++x, ++from, to += 3) std::copy_n(*from, 3, to);
  }
  return image;
}

Result<Image<std::uint16_t>> convert_to_linear_srgb(LibRaw& raw, const Limits& limits,
                                                    const RunControl& control) {
  auto& params = raw.imgdata.params;
  params.use_camera_wb = 1;
  params.use_auto_wb = 0;
  params.output_color = 1;  // sRGB
  params.output_bps = 16;
  params.gamm[0] = 1;
  params.gamm[1] = 1;
  params.no_auto_bright = 1;
  params.adjust_maximum_thr = 0;
  params.highlight = 0;
  params.user_flip = 0;
  const std::stop_callback on_stop(control.stop, [&raw] { raw.setCancelFlag(); });
  const int code = guarded([&raw] { return raw.dcraw_process(); });
  LATENT_CHECK(control.check());
  LATENT_CHECK(check_libraw(code, "converting its colours"));
  int width = 0;
  int height = 0;
  int channels = 0;
  int bits = 0;
  raw.get_mem_image_format(&width, &height, &channels, &bits);
  if (channels != 3 || bits != 16) {
    return fail(ErrorCode::Unsupported,
                "has colours that LibRaw does not convert to three; develop it with a raw "
                "developer instead");
  }
  auto image = Image<std::uint16_t>::create({width, height}, 3, limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  const int stride = width * 3 * static_cast<int>(sizeof(std::uint16_t));
  LATENT_CHECK(
      check_libraw(guarded([&] { return raw.copy_mem_image(image->view().data(), stride, 0); }),
                   "converting its colours"));
  return image;
}

}  // namespace latent::read
