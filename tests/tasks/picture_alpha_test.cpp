// SPDX-License-Identifier: GPL-3.0-or-later
// Colours that are multiplied by alpha, on their way in and out.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "tasks/picture/output.h"
#include "tasks/picture/source.h"

namespace latent::tasks {
namespace {

using colour::NamedProfile;
using colour::Profile;

constexpr float kHalfEncoded = 0.735357F;  // light 0.5 by the curve of sRGB

/// One row of pixels r, g, b, alpha; colours are multiplied by alpha.
template <class T>
PictureSource source_of(NamedProfile profile, const std::vector<std::array<T, 4>>& pixels,
                        bool associated = true) {
  Picture picture;
  picture.alpha = true;
  picture.alpha_associated = associated;
  picture.icc = Profile::named(profile).icc();
  auto image = Image<T>::create({static_cast<int>(pixels.size()), 1}, 4);
  EXPECT_TRUE(image);
  for (std::size_t x = 0; x < pixels.size(); ++x) {
    std::ranges::copy(pixels[x], &image->view().at(static_cast<int>(x), 0));
  }
  picture.samples = *std::move(image);
  auto source = PictureSource::of(std::move(picture));
  EXPECT_TRUE(source) << source.error().sentence;
  return *std::move(source);
}

std::vector<float> encoded(const PictureSource& source) {
  const int width = source.size().width;
  const int colours = source.colours();  // 1 where all three are the same everywhere
  std::vector<float> row(static_cast<std::size_t>(colours * width));
  source.encoded({0, 0, width, 1}, WideGamut::Preserve,
                 {row.data(), {width, 1}, std::ptrdiff_t{colours} * width, colours});
  return row;
}

/// Alpha and multiplier of each pixel.
std::vector<float> alpha(const PictureSource& source) {
  const int width = source.size().width;
  std::vector<float> row(static_cast<std::size_t>(2 * width));
  source.alpha({0, 0, width, 1}, {row.data(), {width, 1}, std::ptrdiff_t{2} * width, 2});
  return row;
}

/// What strength 0 writes under that name, as T over its range.
template <class T>
std::vector<T> copied(const PictureSource& source, const char* target, const char* profile,
                      SampleDepth depth) {
  PictureOutputSettings settings;
  settings.profile = profile;
  settings.depth = depth;
  const auto output = PictureOutput::create(source, target, settings);
  EXPECT_TRUE(output) << output.error().sentence;
  std::vector<T> samples;
  const auto sink = [&](const RowsView& rows) -> Status {
    const auto* view = std::get_if<ImageView<const T>>(&rows);
    EXPECT_NE(view, nullptr);
    for (int y = 0; view != nullptr && y < view->height(); ++y) {
      samples.insert(samples.end(), view->row(y).begin(), view->row(y).end());
    }
    return {};
  };
  std::int64_t clipped = 0;
  const Size size = source.size();
  EXPECT_TRUE(copy_rows(source, {0, 0, size.width, size.height}, *output, sink, 1, {}, clipped));
  EXPECT_EQ(clipped, 0);
  return samples;
}

TEST(PictureAlpha, CurvesSeeColoursAndNotTheirProductWithAlpha) {
  const auto source = source_of<float>(NamedProfile::LinearSrgb,
                                       {{0.25F, 0.25F, 0.25F, 0.5F}, {0.5F, 0.5F, 0.5F, 1}});
  for (const float sample : encoded(source)) EXPECT_NEAR(sample, kHalfEncoded, 1e-5F);
  EXPECT_EQ(alpha(source), (std::vector<float>{0.5F, 0.5F, 1, 1}));
  const auto samples = copied<float>(source, "a.tif", "srgb", SampleDepth::F32);
  ASSERT_EQ(samples.size(), 8U);
  EXPECT_NEAR(samples[0], 0.5F * kHalfEncoded, 1e-5F);
  EXPECT_EQ(samples[3], 0.5F);
  EXPECT_NEAR(samples[4], kHalfEncoded, 1e-5F);
}

TEST(PictureAlpha, TheWayToLinearLightIsTheSame) {
  const auto stored = static_cast<std::uint16_t>(std::lround(0.5 * 65535 * double{kHalfEncoded}));
  const auto source =
      source_of<std::uint16_t>(NamedProfile::Srgb, {{stored, stored, stored, 32768}});
  const auto samples = copied<float>(source, "a.exr", "source", SampleDepth::F32);
  ASSERT_EQ(samples.size(), 4U);
  EXPECT_NEAR(samples[0], 0.25F, 2e-5F);
  EXPECT_NEAR(samples[3], 0.5F, 1e-5F);
}

TEST(PictureAlpha, NothingBlowsUpWhereAlphaIsNone) {
  const auto source = source_of<float>(NamedProfile::LinearSrgb, {{0, 0, 0, 0},
                                                                  {0.3F, 0.2F, 0.1F, 0},
                                                                  {1e-8F, 1e-8F, 1e-8F, 1e-8F},
                                                                  {1, 1, 1, 1e-38F},
                                                                  {-0.1F, 0, 0.1F, -0.5F}});
  for (const float sample : encoded(source)) EXPECT_LE(std::abs(sample), 1.001F);
  EXPECT_EQ(alpha(source), (std::vector<float>{0, 0, 0, 1, 1e-8F, 1e-8F, 1e-38F, 1, -0.5F, 1}));
  const auto samples = copied<float>(source, "a.tif", "srgb", SampleDepth::F32);
  ASSERT_EQ(samples.size(), 20U);
  EXPECT_EQ(samples[0], 0.0F);
  EXPECT_NEAR(samples[4], 0.58383F, 1e-4F);  // light on its own: the curve of 0.3
  EXPECT_NEAR(samples[8], 1e-8F, 1e-12F);
  EXPECT_NEAR(samples[12], 1.0F, 1e-5F);
}

TEST(PictureAlpha, MultipliedSamplesComeBackBitForBit) {
  std::vector<std::array<std::uint16_t, 4>> pixels;
  std::uint32_t random = 5;
  for (int k = 0; k < 4000; ++k) {
    random = random * 1664525U + 1013904223U;
    const auto top = static_cast<std::uint16_t>(random >> (16 + k % 16));
    const auto part = [&](int of) { return static_cast<std::uint16_t>(top * of / 7); };
    pixels.push_back({part(7), part(k % 8), part((k + 3) % 8), top});
  }
  for (const NamedProfile profile : {NamedProfile::Srgb, NamedProfile::DisplayP3}) {
    const auto source = source_of<std::uint16_t>(profile, pixels);
    const int width = source.size().width;
    std::vector<std::uint16_t> found;
    const auto sink = [&](const RowsView& rows) -> Status {
      const auto view = std::get<ImageView<const std::uint16_t>>(rows);
      found.assign(view.row(0).begin(), view.row(0).end());
      return {};
    };
    auto rows =
        PictureRows::create(source.size(), source.working_profile(), source.profile(),
                            SampleDepth::U16, alpha_rows_of(source, {0, 0, width, 1}), sink, 1);
    ASSERT_TRUE(rows);
    const auto colours = encoded(source);
    ASSERT_TRUE(rows->add({colours.data(), {width, 1}, std::ptrdiff_t{3} * width, 3}));
    ASSERT_EQ(found.size(), 4 * pixels.size());
    for (std::size_t k = 0; k < found.size(); ++k) ASSERT_EQ(found[k], pixels[k / 4][k % 4]) << k;
  }
}

TEST(PictureAlpha, WithoutItNoRowsAreWritten) {
  const auto source = source_of<float>(NamedProfile::Srgb, {{0.2F, 0.1F, 0.05F, 0.5F}});
  const auto no_memory = [](int, ImageView<float>) -> Status {
    return fail(ErrorCode::TooLarge, "no memory");
  };
  const auto sink = [](const RowsView&) -> Status {
    ADD_FAILURE() << "rows without their alpha";
    return {};
  };
  auto rows = PictureRows::create(source.size(), source.working_profile(), source.profile(),
                                  SampleDepth::F32, no_memory, sink, 1);
  ASSERT_TRUE(rows);
  const auto colours = encoded(source);
  const Status added = rows->add({colours.data(), {1, 1}, 3, 3});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().sentence, "no memory");
}

TEST(PictureAlpha, SpreadColoursAreSeenButMultipliedByNothing) {
  const std::vector<std::array<float, 4>> pixels{
      {0.2F, 0.1F, 0.05F, 0.5F}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0.3F, 0.3F, 0.3F, 0}};
  auto source = source_of<float>(NamedProfile::Srgb, pixels);
  const auto before = alpha(source);
  ASSERT_TRUE(source.spread_visible_colours(1));
  const std::vector<float> expected{0.4F, 0.2F, 0.1F, 0.4F, 0.2F, 0.1F, 0,   0,
                                    0,    0.3F, 0.3F, 0.3F, 0.3F, 0.3F, 0.3F};
  const auto found = encoded(source);
  for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(found[k], expected[k], 1e-6F) << k;
  EXPECT_EQ(alpha(source), before);
  EXPECT_EQ(before, (std::vector<float>{0.5F, 0.5F, 0, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(PictureAlpha, ColoursThatAreNotMultipliedStayAsTheyAre) {
  auto source = source_of<float>(NamedProfile::Srgb,
                                 {{0.2F, 0.1F, 0.05F, 0.5F}, {0.7F, 0.8F, 0.9F, 0}}, false);
  EXPECT_EQ(encoded(source), (std::vector<float>{0.2F, 0.1F, 0.05F, 0.7F, 0.8F, 0.9F}));
  EXPECT_EQ(alpha(source), (std::vector<float>{0.5F, 1, 0, 1}));
  ASSERT_TRUE(source.spread_visible_colours(1));
  EXPECT_EQ(encoded(source), (std::vector<float>{0.2F, 0.1F, 0.05F, 0.2F, 0.1F, 0.05F}));
  EXPECT_EQ(alpha(source), (std::vector<float>{0.5F, 1, 0, 1}));
}

}  // namespace
}  // namespace latent::tasks
