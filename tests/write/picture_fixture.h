// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <lcms2.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "write/picture/picture_writer.h"

namespace latent::write {

template <class Sample>
constexpr SampleDepth depth_of() {
  if constexpr (std::is_same_v<Sample, std::uint8_t>) return SampleDepth::U8;
  if constexpr (std::is_same_v<Sample, std::uint16_t>) return SampleDepth::U16;
  return SampleDepth::F32;
}

/// Smooth, with grain and some flat places, every channel of its own; floats go below 0 and
/// above 1.
template <class Sample>
Image<Sample> scene(Size size, int channels) {
  auto picture = Image<Sample>::create(size, channels).value();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int channel = 0; channel < channels; ++channel) {
        auto h = static_cast<std::uint32_t>((y * size.width + x) * channels + channel);
        h = (h ^ (h >> 15U)) * 0x2C1B3C6DU;
        const bool flat = x / 40 % 3 == 1;
        const double grain = flat ? 0.0 : static_cast<double>(h >> 12U) / (1U << 20U) * 0.05;
        const double light = (channel + 1) * 0.15 + 0.3 * x / size.width + 0.1 * y / size.height;
        if constexpr (std::is_same_v<Sample, float>) {
          picture.view().at(x, y, channel) = static_cast<float>((light + grain) * 2.0 - 0.4);
        } else {
          picture.view().at(x, y, channel) = static_cast<Sample>(
              std::min(light + grain, 1.0) * std::numeric_limits<Sample>::max());
        }
      }
    }
  }
  return picture;
}

/// A profile as lcms2 makes it, as bytes.
inline std::vector<std::uint8_t> icc_bytes(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  std::vector<std::uint8_t> bytes(size);
  cmsSaveProfileToMem(profile, bytes.data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

inline std::vector<std::uint8_t> srgb_icc() { return icc_bytes(cmsCreate_sRGBProfile()); }

/// Rec. 2020 primaries with a power law.
inline std::vector<std::uint8_t> rec2020_icc(double gamma) {
  const cmsCIExyY white{0.3127, 0.3290, 1.0};
  const cmsCIExyYTRIPLE primaries{{0.708, 0.292, 1}, {0.170, 0.797, 1}, {0.131, 0.046, 1}};
  cmsToneCurve* curve = cmsBuildGamma(nullptr, gamma);
  cmsToneCurve* curves[3] = {curve, curve, curve};
  auto bytes = icc_bytes(cmsCreateRGBProfile(&white, &primaries, curves));
  cmsFreeToneCurve(curve);
  return bytes;
}

inline std::vector<std::uint8_t> grey_icc() {
  cmsToneCurve* curve = cmsBuildGamma(nullptr, 2.2);
  auto bytes = icc_bytes(cmsCreateGrayProfile(cmsD50_xyY(), curve));
  cmsFreeToneCurve(curve);
  return bytes;
}

/// A folder of its own that goes with the test.
class PictureWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("latent-writer-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    options_.overwrite = Overwrite::Replace;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] int files() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      count += entry.exists() ? 1 : 0;
    }
    return count;
  }

  template <class Sample>
  static PictureHeader header_of(const Image<Sample>& picture) {
    PictureHeader header;
    header.size = picture.size();
    header.alpha = picture.channels() % 2 == 0;
    header.colours = picture.channels() - (header.alpha ? 1 : 0);
    header.depth = depth_of<Sample>();
    return header;
  }

  /// Writes in pieces of odd heights, so that pieces and tiles never agree; the warnings.
  template <class Sample>
  Result<std::vector<std::string>> write(const std::string& name, const Image<Sample>& picture,
                                         const PictureHeader& header, int piece = 37) {
    LATENT_TRY(const PictureFormat format, picture_format_of(name));
    LATENT_TRY(auto writer, PictureWriter::create(folder_ / name, format, header, options_));
    const auto view = picture.view();
    for (int y = 0; y < view.height(); y += piece) {
      const int rows = std::min(piece, view.height() - y);
      LATENT_CHECK(writer.write_rows(view.crop({0, y, view.width(), rows})));
    }
    LATENT_CHECK(writer.finish());
    return writer.warnings();
  }

  std::filesystem::path folder_;
  PictureWriterOptions options_;
};

/// Every sample of the one is that of the other.
template <class Sample>
void expect_same(ImageView<const Sample> found, ImageView<const Sample> wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  ASSERT_EQ(found.channels(), wanted.channels());
  for (int y = 0; y < wanted.height(); ++y) {
    ASSERT_TRUE(std::equal(found.row(y).begin(), found.row(y).end(), wanted.row(y).begin()))
        << "row " << y;
  }
}

/// What a program says on both its outputs.
inline std::string output_of(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen((command + " 2>&1").c_str(), "r"), ::pclose);
  std::string text;
  char buffer[4096];
  while (std::fgets(buffer, sizeof(buffer), pipe.get()) != nullptr) text += buffer;
  return text;
}

}  // namespace latent::write
