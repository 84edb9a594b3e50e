// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/settings.h"

#include <gtest/gtest.h>

#include <limits>

namespace latent::tasks {
namespace {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

template <class T>
bool is_usage_error(const T& settings) {
  const Status status = check(settings);
  return !status && status.error().code == ErrorCode::Usage;
}

TEST(Settings, TheirDefaultsAreInRange) {
  EXPECT_TRUE(check(RawDenoiseSettings{}));
  EXPECT_TRUE(check(DenoiseSettings{}));
  EXPECT_TRUE(check(UpscaleSettings{}));
}

TEST(Settings, ASharePastAllOrNoneIsRefused) {
  for (const double share : {-0.01, 1.01, kNotANumber}) {
    RawDenoiseSettings raw;
    raw.strength = share;
    EXPECT_TRUE(is_usage_error(raw)) << share;
    for (double DenoiseSettings::*member :
         {&DenoiseSettings::strength, &DenoiseSettings::luma, &DenoiseSettings::chroma}) {
      DenoiseSettings denoise;
      denoise.*member = share;
      EXPECT_TRUE(is_usage_error(denoise)) << share;
    }
    UpscaleSettings upscale;
    upscale.denoise = share;
    EXPECT_TRUE(is_usage_error(upscale)) << share;
  }
}

TEST(Settings, ALevelBeyondEightBitsIsRefused) {
  for (const double level : {-1.0, 255.5, kNotANumber}) {
    DenoiseSettings denoise;
    denoise.level = level;
    EXPECT_TRUE(is_usage_error(denoise)) << level;
    UpscaleSettings upscale;
    upscale.tolerance = level;
    EXPECT_TRUE(is_usage_error(upscale)) << level;
  }
}

TEST(Settings, ANoiseScaleOfNothingIsRefused) {
  for (const double scale : {0.0, -1.0, kNotANumber}) {
    RawDenoiseSettings raw;
    raw.noise_scale = scale;
    EXPECT_TRUE(is_usage_error(raw)) << scale;
  }
}

TEST(Settings, APackageOfOursHasOneReadingOnly) {
  EXPECT_TRUE(check_no_compat(models::Compat::None));
  const Status other = check_no_compat(models::Compat::Darktable56);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::Usage);
}

}  // namespace
}  // namespace latent::tasks
