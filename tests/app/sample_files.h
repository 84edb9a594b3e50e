// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <random>
#include <utility>

#include "image/image.h"
#include "write/picture/picture.h"

namespace latent::app {

/// Random 8-bit samples [h, w, channels] around the middle.
inline Image<std::uint8_t> noisy_image(Size size, int channels = 3) {
  auto image = Image<std::uint8_t>::create(size, channels).value();
  std::mt19937 random(11);
  for (int y = 0; y < size.height; ++y) {
    for (auto& sample : image.view().row(y)) {
      sample = static_cast<std::uint8_t>(100U + random() % 56U);
    }
  }
  return image;
}

inline void write_image(const std::filesystem::path& path, const Image<std::uint8_t>& image) {
  const Status written = write::write_png(path, image.view());
  ASSERT_TRUE(written) << written.error().sentence;
}

/// A soft mask: 1 inside `area`, else 0.
inline Image<float> mask_of(Size size, const Rect& area) {
  auto mask = Image<float>::create(size).value();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      mask.view().at(x, y) = area.contains({x, y, 1, 1}) ? 1.0F : 0.0F;
    }
  }
  return mask;
}

}  // namespace latent::app
