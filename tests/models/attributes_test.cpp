// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/attributes.h"

#include <gtest/gtest.h>

namespace latent::models {
namespace {

Manifest manifest_with(const char* attributes) {
  Manifest manifest;
  manifest.id = "some-model";
  manifest.hints.attributes = *parse_json(attributes, "test", 10'000)->as_object();
  return manifest;
}

TEST(Attributes, ThatAreMissingKeepTheirDefaults) {
  const Manifest manifest = manifest_with(R"({"strategy": null})");
  Attributes attributes(manifest, "masks");
  int side = 518;
  bool whole = false;
  std::array<float, 3> mean{1, 2, 3};
  attributes.side(14, 4096, side);
  attributes.colours("norm_mean", mean);
  attributes.word<bool>("strategy", {{"whole", true}}, whole);
  EXPECT_FALSE(attributes.flag("x"));
  EXPECT_FALSE(attributes.number("x"));
  EXPECT_EQ(side, 518);
  EXPECT_EQ(mean[2], 3);
  EXPECT_FALSE(whole);
  EXPECT_TRUE(attributes.sound());
}

TEST(Attributes, AreReadInBothScalesOfColours) {
  const Manifest manifest = manifest_with(
      R"({"norm_mean": [127.5, 0, 255], "norm_std": [0.5, 1, 2], "input_sizes": [256, 518],
          "fit": "stretch", "flag": true, "number": 8})");
  Attributes attributes(manifest, "masks");
  std::array<float, 3> mean{};
  std::array<float, 3> deviation{};
  int side = 0;
  int fit = 0;
  attributes.colours("norm_mean", mean);
  attributes.colours("norm_std", deviation);
  attributes.side(14, 4096, side);
  attributes.word<int>("fit", {{"longest", 1}, {"stretch", 2}}, fit);
  EXPECT_FLOAT_EQ(mean[0], 0.5F);
  EXPECT_FLOAT_EQ(deviation[2], 2.0F);
  EXPECT_EQ(side, 518);
  EXPECT_EQ(fit, 2);
  EXPECT_EQ(attributes.flag("flag"), true);
  EXPECT_EQ(attributes.number("number"), 8.0);
}

TEST(Attributes, OfAnotherKindAreRefusedByTheFirstFault) {
  const Manifest manifest = manifest_with(R"({"inverse": "no", "multiple": "14"})");
  Attributes attributes(manifest, "depth maps");
  EXPECT_FALSE(attributes.flag("inverse"));
  EXPECT_FALSE(attributes.number("multiple"));
  EXPECT_EQ(attributes.sound().error().sentence,
            "the package 'some-model' cannot be used for depth maps: attributes.inverse is neither "
            "true nor false");
}

}  // namespace
}  // namespace latent::models
