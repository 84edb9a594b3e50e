// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "read/photograph.h"
#include "sample_files.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

class Compare : public test::InFolder {
 protected:
  /// Two pictures of one grey each, and a third of another size.
  void SetUp() override {
    InFolder::SetUp();
    write_image(folder_ / "dark.png", grey({40, 30}, 51));
    write_image(folder_ / "light.png", grey({40, 30}, 102));
    write_image(folder_ / "small.png", grey({30, 40}, 51));
  }
  static Image<std::uint8_t> grey(Size size, std::uint8_t value) {
    auto image = Image<std::uint8_t>::create(size, 3).value();
    for (int y = 0; y < size.height; ++y) std::ranges::fill(image.view().row(y), value);
    return image;
  }
  CompareJob job(const char* a, const char* b) const {
    CompareJob job;
    job.a = folder_ / a;
    job.b = folder_ / b;
    return job;
  }
};

TEST_F(Compare, OfAPictureWithItselfFindsNoDifference) {
  const auto found = compare(job("dark.png", "dark.png"), {});
  ASSERT_TRUE(found) << found.error().sentence;
  EXPECT_EQ(found->largest, 0.0);
  EXPECT_FALSE(found->psnr);
  EXPECT_EQ(found->size, (Size{40, 30}));
}

TEST_F(Compare, MeasuresTheSecondAgainstTheFirst) {
  const auto found = compare(job("dark.png", "light.png"), {});
  ASSERT_TRUE(found) << found.error().sentence;
  EXPECT_NEAR(found->mean[0], 0.2, 1e-5);
  EXPECT_NEAR(*found->psnr, 13.979, 1e-3);  // -20 log10(0.2)
}

TEST_F(Compare, OfTwoSizesIsRefusedWithBoth) {
  const auto refused = compare(job("dark.png", "small.png"), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  EXPECT_THAT(refused.error().sentence, HasSubstr("has 40 x 30 pixels but "));
  EXPECT_THAT(refused.error().sentence, HasSubstr("has 30 x 40"));
}

TEST_F(Compare, DrawsTheFirstOnTheLeftAndTheSecondOnTheRightOfALine) {
  CompareJob split = job("dark.png", "light.png");
  split.target = folder_ / "split.png";
  split.region = Rect{10, 5, 20, 4};
  ASSERT_TRUE(compare(split, {}));
  const auto drawn = read::Photograph::open(*split.target)->picture();
  ASSERT_TRUE(drawn) << drawn.error().sentence;
  EXPECT_EQ(drawn->size(), (Size{20, 4}));
  const auto view = std::get<Image<std::uint8_t>>(drawn->samples).view();
  EXPECT_EQ(view.at(8, 2), 51);
  EXPECT_EQ(view.at(9, 2), 255);
  EXPECT_EQ(view.at(10, 2), 255);
  EXPECT_EQ(view.at(11, 2), 102);
}

TEST_F(Compare, ReplacesNeitherSourceNorAFileUnasked) {
  CompareJob split = job("dark.png", "light.png");
  split.target = folder_ / "light.png";
  split.overwrite = true;
  EXPECT_EQ(compare(split, {}).error().code, ErrorCode::Usage);
  split.target = folder_ / "small.png";
  split.overwrite = false;
  EXPECT_FALSE(compare(split, {}));
  EXPECT_EQ(read::Photograph::open(folder_ / "small.png")->picture_facts()->size, (Size{30, 40}));
}

}  // namespace
}  // namespace latent::app
