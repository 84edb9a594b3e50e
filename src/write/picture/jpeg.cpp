// SPDX-License-Identifier: GPL-3.0-or-later
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h uses FILE and size_t without including them
#include <cstdlib>
#include <string>

#include <jpeglib.h>

#include "base/path.h"
#include "write/picture/picture.h"

namespace latent::write {

namespace {

constexpr int kLongestSide = 65500;  // JPEG_MAX_DIMENSION

/// libjpeg reports faults by a callback that must not return.
struct ErrorTrap {
  jpeg_error_mgr manager;  // first, so that the library's pointer to it is one to the whole
  std::jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
};

void on_error(j_common_ptr codec) {
  auto* trap = reinterpret_cast<ErrorTrap*>(codec->err);
  codec->err->format_message(codec, trap->message);
  std::longjmp(trap->escape, 1);
}

void on_message(j_common_ptr) {}

/// Everything that libjpeg holds on to, freed with it whatever happens.
struct Encoder {
  jpeg_compress_struct codec{};
  ErrorTrap trap{};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;

  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() {
    jpeg_destroy_compress(&codec);
    std::free(bytes);
  }
};

void configure(jpeg_compress_struct& codec, ImageView<const std::uint8_t> picture,
               const PictureOptions& options) {
  constexpr int kFullColourFrom = 90;
  codec.image_width = static_cast<JDIMENSION>(picture.width());
  codec.image_height = static_cast<JDIMENSION>(picture.height());
  codec.input_components = picture.channels();
  codec.in_color_space = picture.channels() == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, options.jpeg_quality, TRUE);
  codec.optimize_coding = TRUE;
  if (picture.channels() == 3 && options.jpeg_quality >= kFullColourFrom) {
    codec.comp_info[0].h_samp_factor = 1;
    codec.comp_info[0].v_samp_factor = 1;
  }
}

/// Runs libjpeg; false where it jumped out. Nothing with a destructor lives here.
bool run(Encoder& encoder, ImageView<const std::uint8_t> picture, const PictureOptions& options) {
  auto& codec = encoder.codec;
  codec.err = jpeg_std_error(&encoder.trap.manager);
  encoder.trap.manager.error_exit = on_error;
  encoder.trap.manager.output_message = on_message;
  if (setjmp(encoder.trap.escape) != 0) return false;
  jpeg_create_compress(&codec);
  jpeg_mem_dest(&codec, &encoder.bytes, &encoder.size);
  configure(codec, picture, options);
  jpeg_start_compress(&codec, TRUE);
  if (!options.icc_profile.empty()) {
    jpeg_write_icc_profile(&codec, options.icc_profile.data(),
                           static_cast<unsigned>(options.icc_profile.size()));
  }
  while (codec.next_scanline < codec.image_height) {
    // libjpeg takes a pointer to samples that it does not change.
    auto* row =
        const_cast<std::uint8_t*>(picture.row(static_cast<int>(codec.next_scanline)).data());
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  return true;
}

}  // namespace

Result<std::vector<std::uint8_t>> encode_jpeg(ImageView<const std::uint8_t> picture,
                                              const PictureOptions& options) {
  LATENT_ENSURE(!picture.empty() && (picture.channels() == 1 || picture.channels() == 3));
  LATENT_ENSURE(options.jpeg_quality >= 1 && options.jpeg_quality <= 100);
  if (picture.width() > kLongestSide || picture.height() > kLongestSide) {
    return fail(ErrorCode::TooLarge,
                "a JPEG cannot have a side above 65500 px; choose TIFF or PNG");
  }
  Encoder encoder;
  if (!run(encoder, picture, options)) {
    return fail(ErrorCode::Internal, "the JPEG cannot be made: " + printable(encoder.trap.message));
  }
  return std::vector<std::uint8_t>(encoder.bytes, encoder.bytes + encoder.size);
}

Status write_jpeg(const std::filesystem::path& target, ImageView<const std::uint8_t> picture,
                  const PictureOptions& options) {
  LATENT_TRY(const auto bytes, encode_jpeg(picture, options));
  LATENT_TRY(auto file,
             SafeFile::create(target, {.overwrite = options.overwrite, .access = options.access}));
  LATENT_CHECK(file.write(bytes));
  return file.commit();
}

}  // namespace latent::write
