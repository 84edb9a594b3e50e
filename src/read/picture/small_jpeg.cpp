// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/small_jpeg.h"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h uses FILE and size_t without including them
#include <cstdlib>

#include <jpeglib.h>

namespace latent::read {

namespace {

constexpr int kIccMarker = JPEG_APP0 + 2;
constexpr unsigned kLongestMarker = 0xFFFF;
constexpr int kMostScans = 500;  // a progressive file of our own has ten

/// What the callbacks of libjpeg share; they end in longjmp(), so nothing with a destructor is
/// alive between them and setjmp().
struct Decoder {
  jpeg_decompress_struct codec{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf escape{};

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&codec); }
};

[[noreturn]] void give_up(Decoder& decoder) { std::longjmp(decoder.escape, 1); }
void on_error(j_common_ptr codec) { give_up(*static_cast<Decoder*>(codec->client_data)); }
void on_message(j_common_ptr, int) {}
void on_output(j_common_ptr) {}
void on_progress(j_common_ptr codec) {
  auto& decoder = *static_cast<Decoder*>(codec->client_data);
  if (decoder.codec.input_scan_number > kMostScans) give_up(decoder);
}

/// False where libjpeg gave up.
bool read_header(Decoder& decoder, std::span<const std::uint8_t> file) {
  if (setjmp(decoder.escape) != 0) return false;
  jpeg_mem_src(&decoder.codec, file.data(), static_cast<unsigned long>(file.size()));
  jpeg_save_markers(&decoder.codec, kIccMarker, kLongestMarker);
  return jpeg_read_header(&decoder.codec, TRUE) == JPEG_HEADER_OK;
}

bool start(Decoder& decoder, int longest_side_px) {
  if (setjmp(decoder.escape) != 0) return false;
  const auto longest =
      static_cast<int>(std::max(decoder.codec.image_width, decoder.codec.image_height));
  decoder.codec.scale_denom = 8;
  decoder.codec.scale_num = 8;
  for (unsigned eighths = 1; eighths < 8; ++eighths) {
    if (static_cast<std::int64_t>(longest) * eighths / 8 >= longest_side_px) {
      decoder.codec.scale_num = eighths;
      break;
    }
  }
  decoder.codec.out_color_space = JCS_RGB;
  decoder.codec.dct_method = JDCT_ISLOW;
  return jpeg_start_decompress(&decoder.codec) == TRUE;
}

/// The rows that could be decoded; 0 where libjpeg gave up before the first.
int read_rows(Decoder& decoder, ImageView<std::uint8_t> out) {
  if (setjmp(decoder.escape) != 0) return static_cast<int>(decoder.codec.output_scanline);
  while (decoder.codec.output_scanline < decoder.codec.output_height) {
    JSAMPROW row =
        out.data() + static_cast<std::ptrdiff_t>(decoder.codec.output_scanline) * out.stride();
    if (jpeg_read_scanlines(&decoder.codec, &row, 1) != 1) break;
  }
  return static_cast<int>(decoder.codec.output_scanline);
}

std::vector<std::uint8_t> profile_of(Decoder& decoder) {
  JOCTET* bytes = nullptr;
  unsigned length = 0;
  if (setjmp(decoder.escape) != 0) return {};
  if (jpeg_read_icc_profile(&decoder.codec, &bytes, &length) == FALSE) return {};
  std::vector<std::uint8_t> profile(bytes, bytes + length);
  std::free(bytes);
  return profile;
}

}  // namespace

Result<SmallJpeg> small_jpeg(std::span<const std::uint8_t> file, int longest_side_px,
                             const Limits& limits) {
  Decoder decoder;
  decoder.codec.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = on_error;
  decoder.errors.emit_message = on_message;
  decoder.errors.output_message = on_output;
  decoder.codec.client_data = &decoder;
  jpeg_create_decompress(&decoder.codec);
  decoder.codec.client_data = &decoder;
  decoder.progress.progress_monitor = on_progress;
  decoder.codec.progress = &decoder.progress;
  if (!read_header(decoder, file)) return fail(ErrorCode::Corrupt, "is no JPEG, or is damaged");
  const Size whole{static_cast<int>(decoder.codec.image_width),
                   static_cast<int>(decoder.codec.image_height)};
  LATENT_CHECK(check_dimensions(whole.width, whole.height, limits));
  if (decoder.codec.num_components == 4) return fail(ErrorCode::Unsupported, "is a CMYK JPEG");
  if (!start(decoder, longest_side_px)) return fail(ErrorCode::Corrupt, "is damaged");
  SmallJpeg small;
  small.whole = whole;
  LATENT_TRY(small.pixels,
             Image<std::uint8_t>::create({static_cast<int>(decoder.codec.output_width),
                                          static_cast<int>(decoder.codec.output_height)},
                                         3, limits));
  if (read_rows(decoder, small.pixels.view()) == 0) return fail(ErrorCode::Corrupt, "is damaged");
  small.icc = profile_of(decoder);
  return small;
}

}  // namespace latent::read
