// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_output.h"

#include <gtest/gtest.h>

#include "read/photograph.h"
#include "sample_files.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

using MaskOverlay = test::InFolder;

TEST_F(MaskOverlay, KeepsTheObjectDarkensTheRestAndDrawsTheOutline) {
  const auto picture = noisy_image({30, 20});
  const auto mask = mask_of({30, 20}, {10, 5, 12, 10});
  const auto path = folder_ / "overlay.png";
  ASSERT_TRUE(write_mask_overlay(path, picture.view(), mask.view(), {}));
  const auto drawn = read::Photograph::open(path)->picture();
  ASSERT_TRUE(drawn) << drawn.error().sentence;
  const auto view = std::get<Image<std::uint8_t>>(drawn->samples).view();
  EXPECT_EQ(view.at(15, 10, 1), picture.view().at(15, 10, 1));
  EXPECT_NEAR(view.at(3, 3, 1), 0.35 * picture.view().at(3, 3, 1), 0.51);
  for (const int x : {9, 10}) {  // on both sides of the edge
    EXPECT_EQ(view.at(x, 10, 0), 255);
    EXPECT_EQ(view.at(x, 10, 1), 60);
  }
}

TEST_F(MaskOverlay, ReplacesAFileOnlyWhereAsked) {
  const auto picture = noisy_image({30, 20});
  const auto mask = mask_of({30, 20}, {10, 5, 12, 10});
  fill(folder_ / "overlay.png", "something");
  EXPECT_FALSE(write_mask_overlay(folder_ / "overlay.png", picture.view(), mask.view(), {}));
  EXPECT_EQ(content(folder_ / "overlay.png"), "something");
  EXPECT_TRUE(write_mask_overlay(folder_ / "overlay.png", picture.view(), mask.view(), {true}));
}

}  // namespace
}  // namespace latent::app
