// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/linear_rows.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace latent::tasks {
namespace {

namespace fs = std::filesystem;
constexpr Size kSize{64, 48};

/// Noughts and ones in turn: a file of one bit.
LinearRaw one_bit_picture(float black, float white) {
  LinearRaw picture;
  picture.samples = Image<std::uint16_t>::create(kSize, 3).value();
  for (int y = 0; y < kSize.height; ++y) {
    const auto row = picture.samples.view().row(y);
    for (std::size_t x = 0; x < row.size(); ++x) row[x] = static_cast<std::uint16_t>(x % 2);
  }
  picture.crop = {0, 0, kSize.width, kSize.height};
  picture.black.fill(black);
  picture.white.fill(white);
  picture.bits_per_sample = 1;
  picture.sample_max = 1;
  return picture;
}

class LinearRowsTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    ::alarm(60);  // what hangs for ever ends the test, not the patience of who runs it
  }
  void TearDown() override {
    ::alarm(0);
    fs::remove_all(folder_);
  }

  Result<std::unique_ptr<DngRows>> rows_of(LinearRaw& picture) const {
    DngPlan plan;
    plan.target = folder_ / "out.dng";
    plan.area = picture.crop;
    plan.strength = 0;
    return linear_rows(picture, std::move(plan));
  }

  fs::path folder_ =
      fs::temp_directory_path() / ("latent_linear_denoise_" + std::to_string(::getpid()));
};

TEST_F(LinearRowsTest, LevelsWithNextToNothingBetweenThemAreRefusedAtOnce) {
  for (const float black : {0.99999F, 0.9999999F}) {
    LinearRaw picture = one_bit_picture(black, 1.0F);
    const auto rows = rows_of(picture);
    ASSERT_FALSE(rows) << black;
    EXPECT_EQ(rows.error().code, ErrorCode::Corrupt);
    EXPECT_THAT(rows.error().sentence, testing::HasSubstr("white level"));
    EXPECT_TRUE(fs::is_empty(folder_));
  }
}

TEST_F(LinearRowsTest, OneChannelWithoutRangeIsEnoughToRefuse) {
  LinearRaw picture = one_bit_picture(0.0F, 1.0F);
  picture.black[2] = 0.99999F;
  const auto rows = rows_of(picture);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::Corrupt);
}

TEST_F(LinearRowsTest, CountsGrowToFillSixteenBitsAndNoFurther) {
  struct Case {
    float black;
    float white;
    std::uint16_t stored_one;
  };
  for (const Case& levels : {Case{0.0F, 1.0F, 32768},
                             {0.5F, 1.0F, 16384},
                             {0.0F, 3.0F, 16384},
                             {0.0F, 65535.0F, 1},
                             {-1.0F, 65534.0F, 2}}) {
    LinearRaw picture = one_bit_picture(levels.black, levels.white);
    auto rows = rows_of(picture);
    ASSERT_TRUE(rows) << rows.error().sentence;
    ASSERT_TRUE((*rows)->add_source({}));
    EXPECT_EQ(picture.samples.view().at(1, 0, 0), levels.stored_one)
        << levels.black << " to " << levels.white;
  }
}

}  // namespace
}  // namespace latent::tasks
