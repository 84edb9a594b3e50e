// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture_writer_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  return fuzz::fuzz_writer({write::PictureFormat::Jpeg, read::open_jpeg_picture, fuzz::Keeps::Size},
                           data, size);
}
