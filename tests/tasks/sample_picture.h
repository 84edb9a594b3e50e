// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "colour/profile.h"
#include "image/picture.h"

namespace latent::tasks {

/// A picture of noise between 0.2 and 0.8 in encoded sRGB (or grey), float, with what is beyond
/// white and below black in its first pixels.
inline Picture sample_picture(Size size, int colours = 3, bool alpha = false) {
  Picture picture;
  picture.colours = colours;
  picture.alpha = alpha;
  const auto name = colours == 1 ? colour::NamedProfile::Grey : colour::NamedProfile::Srgb;
  picture.icc = colour::Profile::named(name).icc();
  auto image = Image<float>::create(size, picture.channels());
  EXPECT_TRUE(image);
  std::mt19937 random(5);
  std::uniform_real_distribution<float> uniform(0.2F, 0.8F);
  for (int y = 0; y < size.height; ++y) {
    for (float& sample : image->view().row(y)) sample = uniform(random);
  }
  picture.samples = *std::move(image);
  return picture;
}

}  // namespace latent::tasks
