// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <libraw/libraw.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "write/dng/dng.h"

namespace latent::write {

/// The 6x6 pattern of X-Trans as tables usually give it.
inline CfaPattern x_trans_pattern() {
  const std::string letters = "GRGGBGBGBRGRGRGGBGGBGGRGRGRBGBGBGGRG";
  std::vector<CfaColour> colours;
  for (const char letter : letters) {
    colours.push_back(letter == 'R'   ? CfaColour::Red
                      : letter == 'B' ? CfaColour::Blue
                                      : CfaColour::Green);
  }
  return CfaPattern::create({6, 6}, colours).value();
}

inline CfaPattern bayer_pattern() {
  return CfaPattern::create({2, 2},
                            {CfaColour::Red, CfaColour::Green, CfaColour::Green2, CfaColour::Blue})
      .value();
}

/// The header of a plain picture that fills its buffer; tests change what they are about.
inline DngHeader plain_header(Size size, SensorClass sensor) {
  DngHeader header;
  header.buffer = size;
  header.active = {0, 0, size.width, size.height};
  header.crop = header.active;
  header.sensor = sensor;
  if (sensor == SensorClass::Bayer) header.cfa = bayer_pattern();
  if (sensor == SensorClass::XTrans) header.cfa = x_trans_pattern();
  header.levels.black = {{1, 1}, {sensor == SensorClass::LinearRgb ? 0.0F : 256.0F}};
  header.levels.white = {16000.0F, 16000.0F, 16000.0F, 16000.0F};
  header.camera.make = "Latent";
  header.camera.model = "Test Camera";
  header.camera.unique_model = "Latent Test Camera";
  header.camera.as_shot_wb = {2.0, 1.0, 1.5};
  header.camera.as_shot_wb_known = true;
  header.camera.calibrations = {{21, {0.9, -0.3, -0.1, -0.4, 1.2, 0.2, -0.1, 0.2, 0.7}, {}, {}}};
  return header;
}

/// Samples that differ from site to site and stay below `largest`.
inline Image<std::uint16_t> busy_samples(Size size, int channels, unsigned largest) {
  auto samples = Image<std::uint16_t>::create(size, channels).value();
  for (int y = 0; y < size.height; ++y) {
    const auto row = samples.view().row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      auto h =
          static_cast<std::uint32_t>(x) * 0x9E3779B1U ^ static_cast<std::uint32_t>(y) * 0x85EBCA6BU;
      h = (h ^ (h >> 15U)) * 0x2C1B3C6DU;
      row[x] = static_cast<std::uint16_t>((h >> 12U) % (largest + 1));
    }
  }
  return samples;
}

/// Colour ramps of [h, w, 3], as a preview.
inline Image<std::uint8_t> ramp_preview(Size size) {
  auto preview = Image<std::uint8_t>::create(size, 3).value();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      preview.view().at(x, y, 0) = static_cast<std::uint8_t>(x * 255 / size.width);
      preview.view().at(x, y, 1) = static_cast<std::uint8_t>(y * 255 / size.height);
      preview.view().at(x, y, 2) = 128;
    }
  }
  return preview;
}

/// A folder of its own that goes with the test.
class DngTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("latent-dng-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    target_ = folder_ / "out.dng";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] int files() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      count += entry.exists() ? 1 : 0;
    }
    return count;
  }

  /// Writes in pieces of odd heights, so that pieces and tiles never agree.
  Status write_dng(const DngHeader& header, ImageView<const std::uint16_t> samples,
                   const DngOptions& options = {}, ImageView<const std::uint8_t> preview = {}) {
    DngOptions replacing = options;
    replacing.overwrite = Overwrite::Replace;
    LATENT_TRY(auto writer, DngWriter::create(target_, header, replacing));
    for (int y = 0; y < samples.height(); y += 37) {
      const int rows = std::min(37, samples.height() - y);
      LATENT_CHECK(writer.write_rows(samples.crop({0, y, samples.width(), rows})));
    }
    return writer.finish(preview);
  }

  std::filesystem::path folder_;
  std::filesystem::path target_;
};

/// Expects that LibRaw reads the file without a word and gives every sample back.
inline void expect_libraw_gives_back(LibRaw& raw, const std::filesystem::path& path,
                                     ImageView<const std::uint16_t> samples) {
  ASSERT_EQ(raw.open_file(path.c_str()), LIBRAW_SUCCESS);
  ASSERT_EQ(raw.unpack(), LIBRAW_SUCCESS);
  ASSERT_EQ(raw.imgdata.process_warnings & ~static_cast<unsigned>(LIBRAW_WARN_NO_JPEGLIB), 0U);
  ASSERT_EQ(raw.imgdata.sizes.raw_width, samples.width());
  ASSERT_EQ(raw.imgdata.sizes.raw_height, samples.height());
  // One sample a pixel, or four of which the last is unused.
  const bool colour = samples.channels() == 3;
  const std::uint16_t* read = raw.imgdata.rawdata.raw_image;
  if (colour) read = reinterpret_cast<const std::uint16_t*>(raw.imgdata.rawdata.color4_image);
  ASSERT_NE(read, nullptr);
  const std::size_t pitch = raw.imgdata.sizes.raw_pitch / 2;
  for (int y = 0; y < samples.height(); ++y) {
    const auto row = samples.row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      const std::size_t at = colour ? x / 3 * 4 + x % 3 : x;
      ASSERT_EQ(read[static_cast<std::size_t>(y) * pitch + at], row[x]) << "at " << x << ", " << y;
    }
  }
}

}  // namespace latent::write
