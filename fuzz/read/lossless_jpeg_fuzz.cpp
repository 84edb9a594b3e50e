// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a lossless JPEG stream. An error is good, a crash is bad.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "read/dng/lossless_jpeg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto jpeg = latent::read::LosslessJpeg::create({data, size});
  if (!jpeg) return 0;
  std::vector<std::uint16_t> row(jpeg->row_samples());
  for (int y = 0; y < jpeg->height() && jpeg->decode_row(row); ++y) {
  }
  return 0;
}
