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

TEST_F(MaskOverlay, ShowsWhatWasClickedDrawnAndPainted) {
  const auto picture = noisy_image({130, 100});
  const auto mask = mask_of({130, 100}, {0, 0, 130, 100});
  mask::PromptSet prompts;
  prompts.objects.resize(1);
  auto& list = prompts.objects.front().prompts;
  list.push_back({mask::PromptKind::Click, true, {{0.5, 0.5}}, 0});
  list.push_back({mask::PromptKind::Click, false, {{0.1, 0.9}}, 0});
  list.push_back({mask::PromptKind::Box, true, {{0.9, 0.1}, {0.2, 0.8}}, 0});
  list.push_back({mask::PromptKind::Stroke, true, {{0.7, 0.3}, {0.7, 0.6}}, 0.01});
  MaskOverlayOptions options;
  options.prompts = &prompts;
  const auto path = folder_ / "marked.png";
  ASSERT_TRUE(write_mask_overlay(path, picture.view(), mask.view(), options));
  const auto drawn = read::Photograph::open(path)->picture();
  ASSERT_TRUE(drawn) << drawn.error().sentence;
  const auto view = std::get<Image<std::uint8_t>>(drawn->samples).view();
  EXPECT_EQ(view.at(65, 50, 1), 210);  // green on the object
  EXPECT_EQ(view.at(13, 90, 0), 235);  // red beside it
  EXPECT_EQ(view.at(13, 86, 2), 255);  // in a white ring
  EXPECT_EQ(view.at(26, 50, 2), 0);    // a yellow box
  EXPECT_EQ(view.at(91, 45, 1), 210);  // a brush
  EXPECT_EQ(view.at(45, 60, 1), picture.view().at(45, 60, 1));
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
