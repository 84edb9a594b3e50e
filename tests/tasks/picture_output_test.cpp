// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/output.h"

#include <gmock/gmock.h>

#include <array>

#include "sample_picture.h"
#include "sample_rows.h"

namespace latent::tasks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

PictureSource sample_source(int colours = 3) {
  return PictureSource::of(sample_picture({16, 12}, colours)).value();
}

Result<PictureOutput> output(const PictureSource& source, const char* target,
                             const char* profile = "source",
                             std::optional<SampleDepth> depth = {}) {
  PictureOutputSettings settings;
  settings.profile = profile;
  settings.depth = depth;
  return PictureOutput::create(source, target, settings);
}

TEST(PictureOutputs, HaveSixteenBitsWhereTheFormatHoldsThem) {
  const auto source = sample_source();
  EXPECT_EQ(output(source, "a.tif")->depth, SampleDepth::U16);
  EXPECT_EQ(output(source, "a.png")->depth, SampleDepth::U16);
  EXPECT_EQ(output(source, "a.jpg")->depth, SampleDepth::U8);
  EXPECT_EQ(output(source, "a.exr")->depth, SampleDepth::F32);
  const auto refused = output(source, "a.jpg", "source", SampleDepth::U16);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  EXPECT_THAT(refused.error().sentence, HasSubstr("does not hold 16-bit samples"));
}

TEST(PictureOutputs, InOpenExrAreLinearAndSaySo) {
  const auto exr = output(sample_source(), "a.exr");
  ASSERT_TRUE(exr) << exr.error().sentence;
  EXPECT_TRUE(exr->profile.is_linear());
  EXPECT_FALSE(exr->same_profile);
  EXPECT_THAT(exr->notices, ElementsAre(HasSubstr("linear Rec. 2020")));
}

TEST(PictureOutputs, OfTheProfileThatTheSourceHasAlreadyConvertNothing) {
  EXPECT_TRUE(output(sample_source(), "a.tif", "srgb")->same_profile);
  EXPECT_FALSE(output(sample_source(), "a.tif", "adobergb")->same_profile);
}

/// Rows of one line of three colours, as integers of 8 bits.
std::vector<std::uint8_t> bytes_of(const std::vector<float>& line, std::int64_t& clipped) {
  const auto srgb = colour::Profile::named(colour::NamedProfile::Srgb);
  const int width = static_cast<int>(line.size()) / 3;
  std::vector<std::uint8_t> samples;
  auto rows = PictureRows::create(
      {width, 1}, srgb, srgb, SampleDepth::U8, {},
      [&](const RowsView& view) -> Status {
        samples = samples_of(std::get<ImageView<const std::uint8_t>>(view));
        return {};
      },
      1);
  EXPECT_TRUE(rows) << rows.error().sentence;
  EXPECT_TRUE(rows->add({line.data(), {width, 1}, std::ptrdiff_t{3} * width, 3}));
  clipped = rows->clipped_pixels();
  return samples;
}

TEST(PictureOutputRows, AreRoundedAndClippedHereAlone) {
  std::int64_t clipped = 0;
  EXPECT_THAT(bytes_of({0.0F, 0.5F, 1.0F, -0.1F, 0.2F, 1.1F}, clipped),
              ElementsAre(0, 128, 255, 0, 51, 255));
  EXPECT_EQ(clipped, 1);
}

TEST(PictureOutputRows, HalfAStepOutsideCountAsRounding) {
  std::int64_t clipped = 0;
  bytes_of({-0.0019F, 0.5F, 1.0019F}, clipped);
  EXPECT_EQ(clipped, 0);
}

TEST(PictureOutputRows, OfTheSourceAreItsSamplesAndBytesBecomeWordsExactly) {
  Picture picture = sample_picture({2, 1}, 1);
  auto image = Image<std::uint8_t>::create({2, 1}).value();
  image.view().at(0, 0) = 7;
  image.view().at(1, 0) = 255;
  picture.samples = std::move(image);
  const auto source = PictureSource::of(std::move(picture)).value();
  std::vector<std::uint16_t> words;
  std::int64_t clipped = 0;
  const Status copied = copy_rows(
      source, {0, 0, 2, 1}, *output(source, "a.tif"),
      [&](const RowsView& view) -> Status {
        words = samples_of(std::get<ImageView<const std::uint16_t>>(view));
        return {};
      },
      1, {}, clipped);
  ASSERT_TRUE(copied) << copied.error().sentence;
  EXPECT_THAT(words, ElementsAre(7 * 257, 65535));
}

TEST(PictureOutputs, TellOfClippedPixelsOfFloatsAndOfConversionsOnly) {
  const auto source = sample_source();  // floats
  const auto floats = output(source, "a.tif");
  EXPECT_EQ(clipping_notice(0, {100, 10}, source, *floats), "");
  EXPECT_THAT(clipping_notice(5, {100, 10}, source, *floats), HasSubstr("5 pixels (0.5 %)"));
  Picture whole = sample_picture({2, 1}, 1);
  whole.samples = Image<std::uint8_t>::create({2, 1}).value();
  const auto bytes = PictureSource::of(std::move(whole)).value();
  EXPECT_EQ(clipping_notice(5, {100, 10}, bytes, *output(bytes, "a.tif")), "");
}

}  // namespace
}  // namespace latent::tasks
