// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/lossless_jpeg.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "tiny_dng.h"
#include "tiny_ljpeg.h"

namespace latent::read {
namespace {

using test::busy_samples;
using test::encode_ljpeg;
using test::JpegForm;

Result<std::vector<std::uint16_t>> decode(std::span<const std::uint8_t> stream) {
  LATENT_TRY(LosslessJpeg jpeg, LosslessJpeg::create(stream));
  std::vector<std::uint16_t> all;
  std::vector<std::uint16_t> row(jpeg.row_samples());
  for (int y = 0; y < jpeg.height(); ++y) {
    LATENT_CHECK(jpeg.decode_row(row));
    all.insert(all.end(), row.begin(), row.end());
  }
  return all;
}

std::vector<std::uint16_t> jpeg_samples(const JpegForm& form) {
  return busy_samples({form.width * form.components, form.height}, 0, 65535);
}

// Codes 00, 01, 10 for the categories 0, 1, 2. Differences: 128 from the start value 0, 129 from
// 128 +1, 130 from above +2, 128 from the left -2: bits 00 011 1010 1001, filled up with ones.
TEST(LosslessJpeg, DecodesFourSamplesWorkedByHand) {
  const std::vector<std::uint8_t> stream{
      0xFF, 0xD8,                                                                            // SOI
      0xFF, 0xC4, 0,    22,  0, 0, 3, 0, 0, 0, 0, 0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2,  // DHT
      0xFF, 0xC3, 0,    11,  8, 0, 2, 0, 2, 1, 1, 0x11, 0,                                   // SOF3
      0xFF, 0xDA, 0,    8,   1, 1, 0, 1, 0, 0,                                               // SOS
      0x1D, 0x4F, 0xFF, 0xD9};
  const auto samples = decode(stream);
  ASSERT_TRUE(samples) << samples.error().sentence;
  EXPECT_THAT(*samples, ::testing::ElementsAre(128, 129, 130, 128));
}

class EveryForm : public ::testing::TestWithParam<std::tuple<int, int, bool>> {};

TEST_P(EveryForm, ComesBackBitForBit) {
  const auto [predictor, components, long_codes] = GetParam();
  const JpegForm form{37, 11, components, 16, predictor, long_codes};
  const auto samples = jpeg_samples(form);
  const auto decoded = decode(encode_ljpeg(samples, form));
  ASSERT_TRUE(decoded) << decoded.error().sentence;
  EXPECT_EQ(*decoded, samples);
}

INSTANTIATE_TEST_SUITE_P(LosslessJpeg, EveryForm,
                         ::testing::Combine(::testing::Range(1, 8), ::testing::Range(1, 5),
                                            ::testing::Bool()));

TEST(LosslessJpeg, TakesTheLargestDifference) {
  const JpegForm form{4, 1, 1, 16, 1, true};
  const std::vector<std::uint16_t> samples{0, 32768, 0, 65535};  // +-32768 is category 16
  const auto decoded = decode(encode_ljpeg(samples, form));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, samples);
}

TEST(LosslessJpeg, NoticesEveryMissingByte) {
  const JpegForm form{16, 4, 2, 16, 1, false};
  const auto samples = jpeg_samples(form);
  const auto stream = encode_ljpeg(samples, form);
  for (std::size_t size = 0; size + 2 < stream.size(); ++size) {  // the end marker is not needed
    const auto decoded = decode(std::span(stream).first(size));
    ASSERT_FALSE(decoded) << "of " << stream.size() << " bytes " << size << " are enough";
    EXPECT_EQ(decoded.error().code, ErrorCode::Corrupt);
  }
}

TEST(LosslessJpeg, NamesWhatItDoesNotTake) {
  const JpegForm form{4, 4, 1, 16, 1, false};
  auto lossy = encode_ljpeg(jpeg_samples(form), form);
  constexpr std::array<std::uint8_t, 2> kSof3{0xFF, 0xC3};
  const auto frame = std::search(lossy.begin(), lossy.end(), kSof3.begin(), kSof3.end());
  ASSERT_NE(frame, lossy.end());
  *(frame + 1) = 0xC0;  // baseline DCT
  const auto decoded = decode(lossy);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::Unsupported);
}

TEST(LosslessJpeg, RefusesACodeThatIsNone) {
  const JpegForm form{8, 8, 1, 16, 1, false};  // 17 of 32 codes of 5 bits: 11111 is none
  auto stream = encode_ljpeg(jpeg_samples(form), form);
  for (std::size_t i = stream.size() - 20; i + 2 < stream.size(); i += 2) stream[i] = 0xFE;
  const auto decoded = decode(stream);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace latent::read
