// SPDX-License-Identifier: GPL-3.0-or-later
// dense_crf() for bench/quality/mask_edges.py: one picture on standard input, its mask on standard
// output.
//
//   WIDTH HEIGHT\n   then 3 * width * height bytes of encoded sRGB and width * height float32 of
//                    probabilities
//
// Answered by a line of the seconds that it took, and width * height float32.

#include <chrono>
#include <iostream>
#include <sstream>
#include <string>

#include "mask/dense_crf.h"

namespace {

using Clock = std::chrono::steady_clock;

template <class T>
bool read_rows(latent::Image<T>& image) {
  for (int y = 0; y < image.height(); ++y) {
    const auto row = image.view().row(y);
    std::cin.read(reinterpret_cast<char*>(row.data()),
                  static_cast<std::streamsize>(row.size_bytes()));
  }
  return static_cast<bool>(std::cin);
}

}  // namespace

int main() {
  std::string line;
  std::getline(std::cin, line);
  latent::Size size;
  std::istringstream words(line);
  words >> size.width >> size.height;
  auto picture = latent::Image<std::uint8_t>::create(size, 3);
  auto probability = latent::SoftMask::create(size);
  if (!words || !picture || !probability || !read_rows(*picture) || !read_rows(*probability)) {
    std::cerr << "crf_bench: wants WIDTH HEIGHT, a picture and probabilities\n";
    return 1;
  }
  const auto start = Clock::now();
  const auto mask = latent::mask::dense_crf(picture->view(), probability->view());
  if (!mask) {
    std::cerr << "crf_bench: " << mask.error().sentence << '\n';
    return 1;
  }
  std::cout << std::chrono::duration<double>(Clock::now() - start).count() << '\n';
  for (int y = 0; y < mask->height(); ++y) {
    const auto row = mask->view().row(y);
    std::cout.write(reinterpret_cast<const char*>(row.data()),
                    static_cast<std::streamsize>(row.size_bytes()));
  }
  return 0;
}
