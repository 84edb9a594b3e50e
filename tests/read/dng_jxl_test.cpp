// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_jxl.h"

#include <gtest/gtest.h>
#include <jxl/encode.h>
#include <jxl/encode_cxx.h>

namespace latent::read {
namespace {

constexpr Size kSize{40, 24};

struct Form {
  int channels = 3;
  int bits = 16;
  int extra = 0;
};

std::vector<std::uint16_t> samples_of(const Form& form) {
  std::vector<std::uint16_t> samples;
  const auto largest = (1U << static_cast<unsigned>(form.bits)) - 1;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(kSize.area() * form.channels); ++i) {
    samples.push_back(static_cast<std::uint16_t>((i * 2654435761U >> 9U) % (largest + 1)));
  }
  samples.front() = static_cast<std::uint16_t>(largest);
  return samples;
}

/// A codestream without loss, by libjxl; samples of fewer bits are handed over spread over 16.
std::vector<std::uint8_t> stream_of(const Form& form) {
  const JxlEncoderPtr encoder = JxlEncoderMake(nullptr);
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = kSize.width;
  info.ysize = kSize.height;
  info.bits_per_sample = static_cast<std::uint32_t>(form.bits);
  info.num_color_channels = static_cast<std::uint32_t>(form.channels);
  info.num_extra_channels = static_cast<std::uint32_t>(form.extra);
  if (form.extra > 0) info.alpha_bits = info.bits_per_sample;
  info.uses_original_profile = JXL_TRUE;
  EXPECT_EQ(JxlEncoderSetBasicInfo(encoder.get(), &info), JXL_ENC_SUCCESS);
  if (JxlEncoderGetRequiredCodestreamLevel(encoder.get()) == 10) {
    JxlEncoderSetCodestreamLevel(encoder.get(), 10);
  }
  JxlColorEncoding colours;
  JxlColorEncodingSetToSRGB(&colours, form.channels == 1 ? JXL_TRUE : JXL_FALSE);
  EXPECT_EQ(JxlEncoderSetColorEncoding(encoder.get(), &colours), JXL_ENC_SUCCESS);
  auto* settings = JxlEncoderFrameSettingsCreate(encoder.get(), nullptr);
  EXPECT_EQ(JxlEncoderSetFrameLossless(settings, JXL_TRUE), JXL_ENC_SUCCESS);
  auto samples = samples_of({form.channels + form.extra, form.bits});
  const std::uint32_t largest = (1U << static_cast<unsigned>(form.bits)) - 1;
  for (auto& sample : samples) {
    sample = static_cast<std::uint16_t>((sample * 65535U + largest / 2) / largest);
  }
  const JxlPixelFormat format{static_cast<std::uint32_t>(form.channels + form.extra),
                              JXL_TYPE_UINT16, JXL_NATIVE_ENDIAN, 0};
  EXPECT_EQ(JxlEncoderAddImageFrame(settings, &format, samples.data(), 2 * samples.size()),
            JXL_ENC_SUCCESS);
  JxlEncoderCloseInput(encoder.get());
  std::vector<std::uint8_t> bytes(1U << 16U);
  std::uint8_t* next = bytes.data();
  std::size_t left = bytes.size();
  EXPECT_EQ(JxlEncoderProcessOutput(encoder.get(), &next, &left), JXL_ENC_SUCCESS);
  bytes.resize(bytes.size() - left);
  return bytes;
}

TEST(DngJxl, EverySampleComesBackAtEveryDepth) {
  for (const int channels : {1, 3}) {
    for (const int bits : {8, 10, 12, 14, 16}) {
      const Form form{channels, bits};
      const auto found = decode_jxl_block(stream_of(form), {kSize, channels, bits});
      ASSERT_TRUE(found) << found.error().sentence;
      EXPECT_EQ(*found, samples_of(form)) << channels << " channels, " << bits << " bits";
    }
  }
}

TEST(DngJxl, WhatTheHeaderDoesNotSayIsRefused) {
  const auto bytes = stream_of({});
  const auto wide = decode_jxl_block(bytes, {{41, 24}, 3, 16});
  ASSERT_FALSE(wide);
  EXPECT_EQ(wide.error().code, ErrorCode::Corrupt);
  EXPECT_NE(wide.error().sentence.find("40 x 24"), std::string::npos);
  const auto grey = decode_jxl_block(bytes, {kSize, 1, 16});
  ASSERT_FALSE(grey);
  EXPECT_EQ(grey.error().code, ErrorCode::Unsupported);
  const auto shallow = decode_jxl_block(bytes, {kSize, 3, 12});
  ASSERT_FALSE(shallow);
  EXPECT_EQ(shallow.error().code, ErrorCode::Unsupported);
  const auto alpha = decode_jxl_block(stream_of({3, 16, 1}), {kSize, 3, 16});
  ASSERT_FALSE(alpha);
  EXPECT_EQ(alpha.error().code, ErrorCode::Unsupported);
}

TEST(DngJxl, NoticesWhatIsCutShortOrNoJpegXl) {
  const auto bytes = stream_of({});
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, bytes.size() / 2}) {
    const auto found = decode_jxl_block(std::span(bytes).first(size), {kSize, 3, 16});
    ASSERT_FALSE(found) << size;
    EXPECT_EQ(found.error().code, ErrorCode::Corrupt);
  }
  const std::vector<std::uint8_t> other(100, 0x42);
  EXPECT_FALSE(decode_jxl_block(other, {kSize, 3, 16}));
}

}  // namespace
}  // namespace latent::read
