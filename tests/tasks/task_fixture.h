// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "read/photograph.h"
#include "sample_picture.h"
#include "sample_raw.h"
#include "tasks/task.h"
#include "write/picture/picture.h"

namespace latent::tasks {

namespace fs = std::filesystem;

/// Of the picture that tests show parts of.
inline constexpr Size kSize{1300, 900};

/// A run that was stopped already: whoever needs the network fails.
inline RunControl stopped() {
  static std::stop_source stop;
  stop.request_stop();
  return {stop.get_token(), {}};
}

inline read::Photograph opened(const fs::path& path) {
  auto photograph = read::Photograph::open(path);
  EXPECT_TRUE(photograph) << photograph.error().sentence;
  return *std::move(photograph);
}

inline double largest_difference(const Image<float>& one, const Image<float>& other) {
  EXPECT_EQ(one.size(), other.size());
  EXPECT_EQ(one.channels(), other.channels());
  double largest = 0;
  for (int y = 0; y < one.height(); ++y) {
    const auto a = one.view().row(y);
    const auto b = other.view().row(y);
    for (std::size_t i = 0; i < a.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    }
  }
  return largest;
}

/// Tasks with the packages of tests/program/tiny_packages.py, in a folder of the test's own.
class TaskTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_task_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    engine_.precision = infer::Precision::F32;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static models::Package package(const std::string& name) {
    auto package = models::Package::open(fs::path(LATENT_TEST_PACKAGES) / (name + ".dtmodel"));
    EXPECT_TRUE(package) << package.error().sentence;
    return *std::move(package);
  }

  /// A 16-bit TIFF of random colours.
  fs::path picture(Size size = kSize, int colours = 3) const {
    const Picture picture = sample_picture(size, colours);
    auto samples = Image<std::uint16_t>::create(size, colours).value();
    for (int y = 0; y < size.height; ++y) {
      const auto from = std::get<Image<float>>(picture.samples).view().row(y);
      for (std::size_t i = 0; i < from.size(); ++i) {
        samples.view().row(y)[i] = static_cast<std::uint16_t>(std::lround(from[i] * 65535.0F));
      }
    }
    const fs::path path = folder_ / "photo.tif";
    EXPECT_TRUE(write::write_tiff(path, std::as_const(samples).view()));
    return path;
  }

  /// The region through write(): a float picture on disk.
  Image<float> written(Task& task, Prepared& prepared, Settings settings, const Rect& region) {
    std::visit(
        [&](auto& each) {
          if constexpr (requires { each.region; }) each.region = region;
          if constexpr (requires { each.output; }) each.output.depth = SampleDepth::F32;
        },
        settings);
    const Target target{folder_ / "part.tif", true};
    const auto report = task.write(prepared, target, settings, {});
    EXPECT_TRUE(report) << report.error().sentence;
    auto picture = opened(target.path).picture();
    EXPECT_TRUE(picture) << picture.error().sentence;
    return std::get<Image<float>>(std::move(picture->samples));
  }

  /// The counts of the region through write(): of a mosaic or a linear picture.
  template <class Picture>
  Image<float> written_counts(Task& task, Prepared& prepared, RawDenoiseSettings settings,
                              const Rect& region, const SensorLevels& levels) {
    settings.region = region;
    const Target target{folder_ / "part.dng", true};
    const auto report = task.write(prepared, target, settings, {});
    EXPECT_TRUE(report) << report.error().sentence;
    if constexpr (std::is_same_v<Picture, Mosaic>) {
      return sample_counts(opened(target.path).mosaic().value(), levels);
    } else {
      return sample_counts(opened(target.path).linear().value(), levels);
    }
  }

  fs::path folder_;
  infer::EngineRequest engine_;
};

}  // namespace latent::tasks
