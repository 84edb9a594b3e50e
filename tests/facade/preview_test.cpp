// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <utility>

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

/// A mask of the photograph's size: 0 in the left half, 1 in the right one.
fs::path right_half(const fs::path& folder, int width, int height) {
  const fs::path path = folder / "half.pfm";
  std::ofstream file(path, std::ios::binary);
  file << "Pf\n" << width << " " << height << "\n-1.0\n";
  std::vector<float> row(static_cast<std::size_t>(width), 0.0F);
  std::fill(row.begin() + width / 2, row.end(), 1.0F);
  for (int y = 0; y < height; ++y) {
    file.write(reinterpret_cast<const char*>(row.data()),
               static_cast<std::streamsize>(row.size() * sizeof(float)));
  }
  return path;
}

/// Samples of both halves of a part that lies across the middle.
template <class T>
std::pair<std::vector<T>, std::vector<T>> halves(const std::vector<T>& samples, int width) {
  std::pair<std::vector<T>, std::vector<T>> both;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto x = static_cast<int>(i % static_cast<std::size_t>(width));
    (x < width / 2 ? both.first : both.second).push_back(samples[i]);
  }
  return both;
}

TEST_F(Previews, WorkWhereAMaskIsOnly) {
  auto raw = library_->preview(raw_, RawDenoise{});
  ASSERT_TRUE(raw) << raw.failure().sentence;
  const Region middle{raw->width() / 2 - 64, 400, 128, 96};
  RawDenoise settings;
  const auto full = raw->show(middle, settings);
  settings.strength = 0;
  const auto none = raw->show(middle, settings);
  settings.strength = 100;
  settings.mask.file = right_half(folder_, raw->width(), raw->height());
  const auto part = raw->show(middle, settings);
  ASSERT_TRUE(part) << part.failure().sentence;
  EXPECT_EQ(halves(part->counts, 128).first, halves(none->counts, 128).first);
  EXPECT_EQ(halves(part->counts, 128).second, halves(full->counts, 128).second);
  settings.mask.invert = true;
  const auto other = raw->show(middle, settings);
  ASSERT_TRUE(other);
  EXPECT_EQ(halves(other->counts, 128).first, halves(full->counts, 128).first);

  auto picture = library_->preview(raw_, Denoise{});
  ASSERT_TRUE(picture) << picture.failure().sentence;
  Denoise wish;
  const auto whole = picture->show(middle, wish);
  ASSERT_TRUE(whole);
  wish.mask.file = settings.mask.file;
  const auto some = picture->show(middle, wish);
  ASSERT_TRUE(some) << some.failure().sentence;
  EXPECT_EQ(halves(some->after, 128 * 3).first, halves(whole->before, 128 * 3).first);
  EXPECT_EQ(halves(some->after, 128 * 3).second, halves(whole->after, 128 * 3).second);
  wish.mask.file = folder_ / "absent.png";
  EXPECT_EQ(picture->show(middle, wish).failure().code, Failure::Code::NotFound);
}

TEST_F(Previews, OutliveTheLibrary) {
  auto preview = library_->preview(raw_, RawDenoise{});
  ASSERT_TRUE(preview);
  library_ = Failure{};
  EXPECT_TRUE(preview->show({600, 400, 64, 64}, RawDenoise{}));
}

}  // namespace
