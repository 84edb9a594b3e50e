// SPDX-License-Identifier: GPL-3.0-or-later
// Any samples of any shape come back through the plain decoder.
#include "write/dng/lossless_jpeg.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "plain_lossless_jpeg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const int components = 1 + data[0] % 4;
  const int width = components * (1 + data[1] % 16);
  const std::size_t count = (size - 2) / 2;
  const int height = static_cast<int>(count / static_cast<std::size_t>(width));
  if (height == 0) return 0;
  auto picture = latent::Image<std::uint16_t>::create({width, height});
  if (!picture) return 0;
  const std::size_t used = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::memcpy(picture->view().data(), data + 2, used * 2);
  const auto jpeg = latent::write::encode_lossless_jpeg(picture->view(), components);
  if (!jpeg) std::abort();
  const auto back = latent::write::PlainLosslessJpeg(*jpeg).decode();
  if (std::memcmp(back.samples.data(), picture->view().data(), used * 2) != 0) std::abort();
  return 0;
}
