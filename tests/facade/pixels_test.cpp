// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "opened.h"

namespace {

using namespace latent;
using latent_test::noisy;
using testing::HasSubstr;
namespace fs = std::filesystem;

class PixelsTest : public latent_test::Opened {
 protected:
  static constexpr int kWidth = 160;
  static constexpr int kHeight = 120;

  void SetUp() override {
    Opened::SetUp();
    ASSERT_TRUE(library_);
    view_.samples = samples_.data();
    view_.width = kWidth;
    view_.height = kHeight;
  }

  template <class T>
  static const std::vector<T>& as(const Pixels& pixels) {
    return std::get<std::vector<T>>(pixels.samples);
  }

  std::vector<std::uint8_t> samples_ = noisy(kWidth, kHeight);
  PictureView view_;
};

TEST_F(PixelsTest, StrengthZeroGivesEverySampleBack) {
  Denoise nothing;
  nothing.strength = 0;
  const auto same = library_->denoise(view_, nothing);
  ASSERT_TRUE(same) << same.failure().sentence;
  EXPECT_EQ(as<std::uint8_t>(*same), samples_);
  EXPECT_FALSE(same->facts.network_ran);
}

TEST_F(PixelsTest, FullStrengthTakesNoiseAwayAndKeepsShape) {
  const auto clean = library_->denoise(view_);
  ASSERT_TRUE(clean) << clean.failure().sentence;
  EXPECT_EQ(clean->width, kWidth);
  EXPECT_EQ(clean->height, kHeight);
  EXPECT_EQ(clean->channels, 3);
  EXPECT_TRUE(clean->facts.network_ran);
  const auto& after = as<std::uint8_t>(*clean);
  ASSERT_EQ(after.size(), samples_.size());
  const auto roughness = [](const std::vector<std::uint8_t>& samples) {
    double sum = 0;
    for (std::size_t i = 3; i < samples.size(); ++i) sum += std::abs(samples[i] - samples[i - 3]);
    return sum;
  };
  EXPECT_LT(roughness(after), 0.5 * roughness(samples_));
}

TEST_F(PixelsTest, RowsMayLieApartAndTypesAreKept) {
  std::vector<std::uint16_t> wide((kWidth * 3 + 10) * kHeight, 77);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth * 3; ++x) {
      wide[static_cast<std::size_t>(y * (kWidth * 3 + 10) + x)] =
          static_cast<std::uint16_t>(samples_[static_cast<std::size_t>(y * kWidth * 3 + x)] * 257);
    }
  }
  PictureView apart = view_;
  apart.samples = wide.data();
  apart.type = SampleType::U16;
  apart.row_bytes = (kWidth * 3 + 10) * 2;
  const auto clean = library_->denoise(apart);
  ASSERT_TRUE(clean) << clean.failure().sentence;
  const auto narrow = library_->denoise(view_);
  const auto& sixteen = as<std::uint16_t>(*clean);
  const auto& eight = as<std::uint8_t>(*narrow);
  ASSERT_EQ(sixteen.size(), eight.size());
  for (std::size_t i = 0; i < eight.size(); ++i) {
    ASSERT_NEAR(sixteen[i] / 257.0, eight[i], 0.6) << i;  // one rounding to 8 bits
  }
  std::vector<float> floats(samples_.begin(), samples_.end());
  for (float& value : floats) value /= 255.0F;
  PictureView real = view_;
  real.samples = floats.data();
  real.type = SampleType::F32;
  const auto real_clean = library_->denoise(real);
  ASSERT_TRUE(real_clean) << real_clean.failure().sentence;
  EXPECT_NEAR(as<float>(*real_clean)[3000] * 255, eight[3000], 0.7);
}

TEST_F(PixelsTest, AlphaAndGreyComeBack) {
  std::vector<std::uint8_t> four;
  std::vector<std::uint8_t> one;
  for (std::size_t i = 0; i < samples_.size(); i += 3) {
    four.insert(four.end(), {samples_[i], samples_[i + 1], samples_[i + 2],
                             static_cast<std::uint8_t>(i % 251)});
    one.push_back(samples_[i]);
  }
  PictureView rgba = view_;
  rgba.samples = four.data();
  rgba.channels = 4;
  const auto clean = library_->denoise(rgba);
  ASSERT_TRUE(clean) << clean.failure().sentence;
  ASSERT_EQ(clean->channels, 4);
  EXPECT_EQ(as<std::uint8_t>(*clean)[4 * 5000 + 3], four[4 * 5000 + 3]);
  PictureView grey = view_;
  grey.samples = one.data();
  grey.channels = 1;
  const auto clean_grey = library_->denoise(grey);
  ASSERT_TRUE(clean_grey) << clean_grey.failure().sentence;
  EXPECT_EQ(clean_grey->channels, 1);
  EXPECT_EQ(as<std::uint8_t>(*clean_grey).size(), one.size());
}

TEST_F(PixelsTest, AreEnlarged) {
  Upscale twice;
  twice.region = Region{16, 8, 40, 30};
  const auto larger = library_->upscale(view_, twice);
  ASSERT_TRUE(larger) << larger.failure().sentence;
  EXPECT_EQ(larger->width, 80);
  EXPECT_EQ(larger->height, 60);
}

TEST_F(PixelsTest, WhatDoesNotFitIsRefused) {
  const auto code = [&](const PictureView& view) { return library_->denoise(view).failure().code; };
  PictureView wrong = view_;
  wrong.channels = 5;
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
  wrong = view_;
  wrong.samples = nullptr;
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
  wrong = view_;
  wrong.row_bytes = 10;
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
  wrong = view_;
  wrong.width = -3;
  EXPECT_FALSE(library_->denoise(wrong));
  wrong = view_;
  wrong.profile = "no such";
  EXPECT_EQ(code(wrong), Failure::Code::NotFound);
  const std::vector<std::uint8_t> junk(200, 1);
  wrong = view_;
  wrong.icc = junk;
  EXPECT_EQ(code(wrong), Failure::Code::Corrupt);
  wrong = view_;
  wrong.channels = 1;
  wrong.profile = "adobergb";
  EXPECT_THAT(library_->denoise(wrong).failure().sentence, HasSubstr("is for 3 channels"));
}

TEST_F(PixelsTest, AStopEndsIt) {
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_EQ(library_->denoise(view_, {}, {}, stopped.get_token()).failure().code,
            Failure::Code::Cancelled);
  EXPECT_TRUE(library_->denoise(view_));
}

class MosaicTest : public latent_test::Opened {
 protected:
  static constexpr int kSide = 128;
  static constexpr double kSigma = 148;

  void SetUp() override {
    Opened::SetUp();
    ASSERT_TRUE(library_);
    std::mt19937 random(3);
    std::normal_distribution<double> noise(0, kSigma);
    for (int i = 0; i < kSide * kSide; ++i) {
      samples_.push_back(static_cast<std::uint16_t>(2000 + i % kSide * 4 + noise(random)));
    }
    view_.samples = samples_.data();
    view_.width = kSide;
    view_.height = kSide;
    view_.cfa = "RGGB";
    view_.black = {512};
    view_.white = 16383;
    view_.white_balance = {2.0, 1.0, 1.5};
    const double variance = kSigma * kSigma / (15871.0 * 15871.0);
    settings_.noise = SensorNoise{{1e-4, 1e-4, 1e-4}, {variance, variance, variance}};
  }

  std::vector<std::uint16_t> samples_;
  MosaicView view_;
  RawDenoise settings_;
};

TEST_F(MosaicTest, ComesBackAsCountsAndStrengthZeroGivesThemBack) {
  const auto clean = library_->denoise(view_, settings_);
  ASSERT_TRUE(clean) << clean.failure().sentence;
  EXPECT_EQ(clean->width, kSide);
  EXPECT_EQ(clean->height, kSide);
  EXPECT_EQ(clean->channels, 1);
  const auto& counts = std::get<std::vector<float>>(clean->samples);
  const auto roughness = [](const auto& samples) {
    double sum = 0;
    for (std::size_t i = 2; i < samples.size(); ++i) {
      sum += std::abs(static_cast<double>(samples[i]) - static_cast<double>(samples[i - 2]));
    }
    return sum;
  };
  EXPECT_LT(roughness(counts), 0.6 * roughness(samples_));
  settings_.strength = 0;
  const auto same = library_->denoise(view_, settings_);
  ASSERT_TRUE(same);
  const std::vector<float> as_float(samples_.begin(), samples_.end());
  EXPECT_EQ(std::get<std::vector<float>>(same->samples), as_float);
}

TEST_F(MosaicTest, FloatsAreTakenInTheirOwnUnits) {
  std::vector<float> floats;
  for (const std::uint16_t value : samples_) {
    floats.push_back((static_cast<float>(value) - 512.0F) / 15871.0F);
  }
  MosaicView real = view_;
  real.samples = floats.data();
  real.type = SampleType::F32;
  real.black = {0};
  real.white = 1;
  const auto clean = library_->denoise(real, settings_);
  ASSERT_TRUE(clean) << clean.failure().sentence;
  const auto whole = library_->denoise(view_, settings_);
  const auto& a = std::get<std::vector<float>>(clean->samples);
  const auto& b = std::get<std::vector<float>>(whole->samples);
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(
        worst, std::abs(static_cast<double>(a[i]) * 15871.0 + 512.0 - static_cast<double>(b[i])));
  }
  EXPECT_LT(worst, 2.0);  // counts, of noise of 148
}

TEST_F(MosaicTest, EveryPatternOfATaskIsTaken) {
  for (const char* cfa : {"grbg", "GBRG", "BGGR"}) {
    view_.cfa = cfa;
    EXPECT_TRUE(library_->denoise(view_, settings_)) << cfa;
  }
  view_.black = {512, 513, 511, 512};
  EXPECT_TRUE(library_->denoise(view_, settings_));
}

TEST_F(MosaicTest, WhatDoesNotFitIsRefused) {
  const auto code = [&](const MosaicView& view) {
    return library_->denoise(view, settings_).failure().code;
  };
  MosaicView wrong = view_;
  wrong.cfa = "RGBX";
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
  wrong.cfa = "";
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
  wrong = view_;
  wrong.black = {1, 2, 3};
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
  wrong = view_;
  wrong.black = {20000};
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
  wrong = view_;
  wrong.type = SampleType::U8;
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
  wrong = view_;
  wrong.white_balance = {0.0, 1.0, 1.0};
  EXPECT_EQ(code(wrong), Failure::Code::Usage);
}

}  // namespace
