// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <numeric>

#include "opened.h"

namespace {

using namespace latent;
namespace fs = std::filesystem;

class Previews : public latent_test::Opened {};

float difference(const std::vector<float>& a, const std::vector<float>& b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / static_cast<float>(a.size());
}

TEST_F(Previews, OfARawShowMorePartsUnderMoreSettings) {
  auto preview = library_->preview(raw_, RawDenoise{});
  ASSERT_TRUE(preview) << preview.failure().sentence;
  EXPECT_GT(preview->width(), 1000);
  EXPECT_TRUE(preview->noise());
  EXPECT_FALSE(preview->level());
  RawDenoise settings;
  const auto full = preview->show({600, 400, 128, 96}, settings);
  ASSERT_TRUE(full) << full.failure().sentence;
  EXPECT_EQ(full->width, 128);
  EXPECT_EQ(full->height, 96);
  EXPECT_EQ(full->before.size(), 128U * 96 * 3);
  EXPECT_EQ(full->counts.size(), 128U * 96);
  settings.strength = 50;
  const auto half = preview->show({600, 400, 128, 96}, settings);
  ASSERT_TRUE(half);
  EXPECT_EQ(half->before, full->before);
  EXPECT_LT(difference(half->before, half->after), difference(full->before, full->after));
  settings.strength = 0;
  const auto none = preview->show({600, 400, 128, 96}, settings);
  EXPECT_EQ(none->before, none->after);
}

TEST_F(Previews, OfAPictureAndOfAnEnlargement) {
  auto preview = library_->preview(raw_, Denoise{});
  ASSERT_TRUE(preview) << preview.failure().sentence;
  EXPECT_TRUE(preview->level());
  EXPECT_TRUE(preview->show({0, 0, 64, 64}, Denoise{}));
  EXPECT_EQ(preview->show({-1, 0, 64, 64}, Denoise{}).failure().code, Failure::Code::Usage);
  EXPECT_EQ(preview->show({0, 0, 64, 64}, RawDenoise{}).failure().code, Failure::Code::Usage);
  Denoise wrong;
  wrong.luma = 1000;
  EXPECT_EQ(preview->show({0, 0, 64, 64}, wrong).failure().code, Failure::Code::Usage);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_EQ(preview->show({200, 200, 64, 64}, Denoise{}, stopped.get_token()).failure().code,
            Failure::Code::Cancelled);
  EXPECT_TRUE(preview->show({200, 200, 64, 64}, Denoise{}));

  auto larger = library_->preview(raw_, Upscale{});
  ASSERT_TRUE(larger) << larger.failure().sentence;
  const auto part = larger->show({10, 10, 32, 24}, Upscale{});
  ASSERT_TRUE(part) << part.failure().sentence;
  EXPECT_EQ(part->width, 64);
  EXPECT_EQ(part->height, 48);
}

TEST_F(Previews, OutliveTheLibrary) {
  auto preview = library_->preview(raw_, RawDenoise{});
  ASSERT_TRUE(preview);
  library_ = Failure{};
  EXPECT_TRUE(preview->show({600, 400, 64, 64}, RawDenoise{}));
}

}  // namespace
