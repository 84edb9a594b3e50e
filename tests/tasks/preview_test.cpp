// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

#include "read/photograph.h"
#include "sample_picture.h"
#include "tasks/denoise.h"
#include "write/picture.h"

namespace latent::tasks {
namespace {

namespace fs = std::filesystem;
constexpr Size kSize{1300, 900};

class Preview : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_preview_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    const Picture picture = sample_picture(kSize);
    auto bytes = Image<std::uint16_t>::create(kSize, 3);
    ASSERT_TRUE(bytes);
    for (int y = 0; y < kSize.height; ++y) {
      const auto from = std::get<Image<float>>(picture.samples).view().row(y);
      for (std::size_t i = 0; i < from.size(); ++i) {
        bytes->view().row(y)[i] = static_cast<std::uint16_t>(std::lround(from[i] * 65535.0F));
      }
    }
    source_ = folder_ / "photo.tif";
    ASSERT_TRUE(write::write_tiff(source_, std::as_const(*bytes).view()));
    const auto package =
        models::Package::open(fs::path(LATENT_TEST_PACKAGES) / "tiny-mean-200.dtmodel");
    ASSERT_TRUE(package) << package.error().message;
    infer::EngineRequest engine;
    engine.precision = infer::Precision::F32;
    auto denoiser = PictureDenoiser::create(*package, engine);
    ASSERT_TRUE(denoiser) << denoiser.error().message;
    denoiser_.emplace(*std::move(denoiser));
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// The same part through the whole task: a float picture on disk.
  Image<float> by_task(const Rect& region, DenoiseSettings settings) {
    settings.region = region;
    settings.output.depth = SampleDepth::F32;
    settings.output.overwrite = true;
    const auto target = folder_ / "part.tif";
    const auto report =
        denoiser_->run(read::Photograph::open(source_).value(), target, settings, {});
    EXPECT_TRUE(report) << report.error().message;
    auto picture = read::Photograph::open(target).value().picture();
    EXPECT_TRUE(picture) << picture.error().message;
    return std::get<Image<float>>(std::move(picture->samples));
  }

  fs::path folder_;
  fs::path source_;
  std::optional<PictureDenoiser> denoiser_;
};

TEST_F(Preview, ShowsThePixelsOfTheRun) {
  const auto prepared = denoiser_->prepare(read::Photograph::open(source_).value(), {});
  ASSERT_TRUE(prepared) << prepared.error().message;
  DenoiseSettings half;
  half.strength = 0.5;
  for (const DenoiseSettings& settings : {DenoiseSettings{}, half}) {
    for (const Rect region : {Rect{0, 0, 64, 64}, {700, 333, 512, 512}, {1250, 880, 50, 20}}) {
      const auto pair = denoiser_->preview(*prepared, region, settings, {});
      ASSERT_TRUE(pair) << pair.error().message;
      const Image<float> expected = by_task(region, settings);
      ASSERT_EQ(pair->after.size(), expected.size());
      double changed = 0;
      for (int y = 0; y < region.height; ++y) {
        for (int x = 0; x < region.width; ++x) {
          for (int c = 0; c < 3; ++c) {
            ASSERT_NEAR(pair->after.view().at(x, y, c), expected.view().at(x, y, c), 1e-4)
                << x << ", " << y;
            changed += std::abs(double{pair->after.view().at(x, y, c)} -
                                double{pair->before.view().at(x, y, c)});
          }
        }
      }
      EXPECT_GT(changed / (3.0 * static_cast<double>(region.size().area())), 0.01);
    }
  }
}

TEST_F(Preview, ACancelledOneDoesNotSpoilTheNext) {
  const auto prepared = denoiser_->prepare(read::Photograph::open(source_).value(), {});
  ASSERT_TRUE(prepared) << prepared.error().message;
  const Rect region{400, 200, 512, 512};
  for (const int microseconds : {0, 500, 5000, 30000}) {
    std::stop_source stop;
    std::jthread other([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
      stop.request_stop();
    });
    const auto cancelled = denoiser_->preview(*prepared, region, {}, {stop.get_token(), {}});
    if (!cancelled) {
      EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
    }
    const auto next = denoiser_->preview(*prepared, region, {}, {});
    ASSERT_TRUE(next) << next.error().message;
  }
}

TEST_F(Preview, StrengthZeroShowsTheSourceAndAPartOutsideIsRefused) {
  const auto prepared = denoiser_->prepare(read::Photograph::open(source_).value(), {});
  ASSERT_TRUE(prepared);
  DenoiseSettings none;
  none.strength = 0;
  const auto pair = denoiser_->preview(*prepared, {10, 10, 30, 20}, none, {});
  ASSERT_TRUE(pair);
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 90; ++x) {
      const auto at = static_cast<std::size_t>(x);
      ASSERT_EQ(pair->after.view().row(y)[at], pair->before.view().row(y)[at]);
    }
  }
  const auto outside = denoiser_->preview(*prepared, {1290, 0, 30, 20}, {}, {});
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, ErrorCode::Usage);
}

}  // namespace
}  // namespace latent::tasks
