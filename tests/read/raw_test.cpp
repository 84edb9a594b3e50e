// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using test::busy_samples;
using test::expect_one_sentence;
using test::TinyDng;
using test::write_dng;

TinyDng busy_dng(Size size = {32, 24}) {
  TinyDng dng;
  dng.size = size;
  dng.samples = busy_samples(size);
  return dng;
}

/// Opens it, expects success, and compares every sample with what was written.
Mosaic opened(const std::string& name, const TinyDng& dng) {
  auto mosaic = open_raw(write_dng(name, dng));
  EXPECT_TRUE(mosaic) << mosaic.error().sentence;
  if (!mosaic) return {};
  EXPECT_EQ(mosaic->samples.size(), dng.size);
  for (int y = 0; y < dng.size.height; ++y) {
    const auto row = std::as_const(mosaic->samples).view().row(y);
    const auto* from = &dng.samples[static_cast<std::size_t>(y * dng.size.width)];
    EXPECT_TRUE(std::equal(row.begin(), row.end(), from)) << "row " << y;
  }
  return *std::move(mosaic);
}

class EveryDepth : public ::testing::TestWithParam<std::tuple<int, bool>> {};

TEST_P(EveryDepth, ComesBackBitForBit) {
  const auto [bits, big_endian] = GetParam();
  TinyDng dng = busy_dng({33, 25});  // rows that do not end on a byte
  const auto top = static_cast<std::uint16_t>((1U << static_cast<unsigned>(bits)) - 1U);
  dng.samples = busy_samples(dng.size, 20, top);
  dng.bits = bits;
  dng.big_endian = big_endian;
  dng.black = {10};
  dng.white = top;
  dng.rows_per_strip = 4;
  const Mosaic mosaic = opened("depth.dng", dng);
  EXPECT_EQ(mosaic.bits_per_sample, bits);
  EXPECT_EQ(mosaic.levels.white[1], top);
}

INSTANTIATE_TEST_SUITE_P(Raw, EveryDepth,
                         ::testing::Combine(::testing::Values(8, 10, 12, 14, 16),
                                            ::testing::Bool()));

TEST(Raw, ReadsTilesStripsAndLosslessJpeg) {
  for (const bool jpeg : {false, true}) {
    TinyDng tiled = busy_dng({50, 41});
    tiled.tile = {16, 16};
    tiled.lossless_jpeg = jpeg;
    opened("tiled.dng", tiled);
    TinyDng strips = busy_dng({51, 40});
    strips.rows_per_strip = 7;
    strips.lossless_jpeg = jpeg;
    opened("strips.dng", strips);
  }
}

TEST(Raw, SharesALargePictureAmongThreads) {
  TinyDng dng = busy_dng({640, 512});
  dng.tile = {64, 64};
  dng.lossless_jpeg = true;
  opened("large.dng", dng);
}

/// The pattern that starts at (shift_x, shift_y) of a larger one.
std::vector<std::uint8_t> rotated(const std::vector<std::uint8_t>& pattern, int side, int shift_x,
                                  int shift_y) {
  std::vector<std::uint8_t> result;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      result.push_back(
          pattern[static_cast<std::size_t>((y + shift_y) % side * side + (x + shift_x) % side)]);
    }
  }
  return result;
}

TEST(Raw, SeesEveryBayerPhaseUnderEveryMargin) {
  const std::vector<std::uint8_t> rggb{0, 1, 1, 2};
  for (int phase = 0; phase < 4; ++phase) {
    for (int margin = 0; margin < 4; ++margin) {
      TinyDng dng = busy_dng({40, 30});
      const Rect active{3 + margin % 2, 5 + margin / 2, 31, 22};
      dng.active = active;
      dng.cfa = rotated(rggb, 2, phase % 2, phase / 2);
      const Mosaic mosaic = opened("phase.dng", dng);
      EXPECT_EQ(mosaic.sensor, SensorClass::Bayer);
      EXPECT_EQ(mosaic.active, active);
      EXPECT_EQ(mosaic.crop, active);
      for (int y = 0; y < 2; ++y) {
        for (int x = 0; x < 2; ++x) {
          EXPECT_EQ(static_cast<int>(mosaic.cfa.at(active.x + x, active.y + y)),
                    dng.cfa[static_cast<std::size_t>(2 * y + x)]);
        }
      }
    }
  }
}

const std::vector<std::uint8_t> kXTrans{1, 1, 0, 1, 1, 2, 1, 1, 2, 1, 1, 0, 2, 0, 1, 0, 2, 1,
                                        1, 1, 2, 1, 1, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1, 2, 0, 1};

TEST(Raw, SeesAllEighteenXTransPhases) {
  for (int phase = 0; phase < 18; ++phase) {
    TinyDng dng = busy_dng({40, 32});
    const Rect active{phase % 5, phase % 3, 34, 28};
    dng.active = active;
    dng.cfa_period = {6, 6};
    dng.cfa = rotated(kXTrans, 6, phase % 6, phase / 6);
    const Mosaic mosaic = opened("xtrans.dng", dng);
    EXPECT_EQ(mosaic.sensor, SensorClass::XTrans);
    for (int y = 0; y < 6; ++y) {
      for (int x = 0; x < 6; ++x) {
        EXPECT_EQ(static_cast<int>(mosaic.cfa.at(active.x + x, active.y + y)),
                  dng.cfa[static_cast<std::size_t>(6 * y + x)]);
      }
    }
  }
}

TEST(Raw, ReadsAMonochromeSensor) {
  TinyDng dng = busy_dng();
  dng.cfa.clear();
  const Mosaic mosaic = opened("mono.dng", dng);
  EXPECT_EQ(mosaic.sensor, SensorClass::Mono);
  EXPECT_TRUE(mosaic.cfa.is_mono());
}

TEST(Raw, CountsBlackLevelsFromTheActiveAreaInTheFileAndFromTheBufferInTheMosaic) {
  TinyDng dng = busy_dng({40, 30});
  dng.active = Rect{3, 5, 30, 20};
  dng.black_period = {3, 2};  // has nothing to do with the colours
  dng.black = {500, 501, 502, 510, 511, 512.25};
  const Mosaic mosaic = opened("blacks.dng", dng);
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) {
      EXPECT_EQ(mosaic.levels.black.at(3 + x, 5 + y),
                static_cast<float>(dng.black[static_cast<std::size_t>(3 * y + x)]));
    }
  }
}

TEST(Raw, RefusesAPatternOfBlackLevelsLargerThanAnySensorHas) {
  for (const Size period : {Size{1, 17}, {17, 1}, {1, 4093}, {64, 64}}) {
    TinyDng dng = busy_dng();
    dng.black_period = period;
    dng.black.assign(static_cast<std::size_t>(period.area()), 512);
    const auto path = write_dng("repeat.dng", dng);
    const auto mosaic = open_raw(path);
    ASSERT_FALSE(mosaic) << period.width << " x " << period.height;
    EXPECT_EQ(mosaic.error().code, ErrorCode::Corrupt);
    EXPECT_THAT(mosaic.error().sentence, ::testing::HasSubstr("pattern of black levels"));
    expect_one_sentence(mosaic.error(), path);
  }
  TinyDng dng = busy_dng();
  dng.black_period = {16, 16};
  dng.black.assign(256, 512);
  EXPECT_EQ(opened("largest.dng", dng).levels.black.period, (Size{16, 16}));
}

TEST(Raw, AddsTheMeanOfTheBlackDeltas) {
  TinyDng dng = busy_dng();
  dng.raw_tags[50715] = test::rationals(std::vector<double>(32, 2));     // BlackLevelDeltaH
  dng.raw_tags[50716] = test::rationals(std::vector<double>(24, -0.5));  // BlackLevelDeltaV
  EXPECT_FLOAT_EQ(opened("deltas.dng", dng).levels.black.at(0, 0), 513.5F);
}

/// Black that differs by row in pairs and by column in halves of the active area.
struct Uneven {
  std::vector<double> columns;
  std::vector<double> rows;
};

Uneven uneven(Size active, double by_column, double by_row) {
  Uneven black;
  for (int x = 0; x < active.width; ++x) {
    black.columns.push_back(x < active.width / 2 ? 0 : by_column);
  }
  for (int y = 0; y < active.height; ++y) black.rows.push_back(y % 4 < 2 ? 0 : by_row);
  return black;
}

TEST(Raw, TakesTheBlackOfSingleRowsAndColumnsOffTheSamples) {
  TinyDng dng = busy_dng({40, 30});
  dng.samples = busy_samples(dng.size, 900, 16000);
  const Rect active{3, 5, 32, 20};
  dng.active = active;
  const Uneven black = uneven(active.size(), 40, 200);
  dng.raw_tags[50715] = test::rationals(black.columns);
  dng.raw_tags[50716] = test::rationals(black.rows);
  for (const bool jpeg : {false, true}) {
    dng.lossless_jpeg = jpeg;
    const auto mosaic = open_raw(write_dng("rows.dng", dng));
    ASSERT_TRUE(mosaic) << mosaic.error().sentence;
    EXPECT_EQ(mosaic->levels.black.at(0, 0), 512 + 20 + 100);
    EXPECT_EQ(mosaic->levels.white[1], 16383 - 20 - 100);  // as low as clipped samples come out
    for (int y = 0; y < dng.size.height; ++y) {
      for (int x = 0; x < dng.size.width; ++x) {
        const int stored = dng.samples[static_cast<std::size_t>(y * dng.size.width + x)];
        int expected = stored;  // in the margins
        if (x >= active.x && x < active.right() && y >= active.y && y < active.bottom()) {
          expected += x - active.x < 16 ? 20 : -20;
          expected += (y - active.y) % 4 < 2 ? 100 : -100;
        }
        ASSERT_EQ(std::as_const(mosaic->samples).view().at(x, y), expected) << x << ", " << y;
      }
    }
  }
}

TEST(Raw, KeepsFractionsOfBlackInLongerSamples) {
  TinyDng dng = busy_dng();
  dng.bits = 14;  // so that two are to spare
  dng.raw_tags[50716] = test::rationals(uneven(dng.size, 0, 0.5).rows);
  const auto path = write_dng("fractions.dng", dng);
  const auto mosaic = open_raw(path);
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->levels.black.at(0, 0), 4 * 512.25F);
  EXPECT_EQ(mosaic->levels.white[1], 4 * 16382.75F);
  for (int y = 0; y < dng.size.height; ++y) {
    for (int x = 0; x < dng.size.width; ++x) {
      const int stored = dng.samples[static_cast<std::size_t>(y * dng.size.width + x)];
      ASSERT_EQ(std::as_const(mosaic->samples).view().at(x, y), 4 * stored + (y % 4 < 2 ? 1 : -1));
    }
  }
  EXPECT_EQ(inspect_raw(path)->levels.white, mosaic->levels.white);
}

TEST(Raw, TakesBlackDeltasThatDoNotFitByTheirMeanOnly) {
  TinyDng dng = busy_dng();
  dng.raw_tags[50716] = test::rationals({0, 10, 20});
  EXPECT_EQ(opened("misfit.dng", dng).levels.black.at(0, 0), 522);
}

TEST(Raw, RefusesBlackDeltasThatLeaveNothingBelowWhite) {
  TinyDng dng = busy_dng();
  dng.raw_tags[50716] = test::rationals(uneven(dng.size, 0, 20000).rows);
  const auto path = write_dng("black.dng", dng);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Corrupt);
  expect_one_sentence(mosaic.error(), path);
}

/// A DNG of three samples a pixel; `size` in pixels.
TinyDng linear_dng(Size size) {
  TinyDng dng = busy_dng({3 * size.width, size.height});
  dng.cfa.clear();
  dng.raw_tags[256] = test::longs({static_cast<std::uint32_t>(size.width)});
  dng.raw_tags[258] = test::shorts({16, 16, 16});
  dng.raw_tags[277] = test::shorts({3});
  return dng;
}

TEST(Raw, TakesTheBlackOfSingleRowsOffLinearSamples) {
  const Size size{32, 24};
  TinyDng dng = linear_dng(size);
  dng.raw_tags[50714] = test::rationals({512, 513, 514});
  dng.raw_tags[50716] = test::rationals(uneven(size, 0, 200).rows);
  const auto picture = open_linear_raw(write_dng("linear_rows.dng", dng));
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_THAT(picture->black, ::testing::ElementsAre(612, 613, 614));
  EXPECT_THAT(picture->white, ::testing::Each(16383 - 100));
  for (int y = 0; y < size.height; ++y) {
    const auto row = std::as_const(picture->samples).view().row(y);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const int stored = dng.samples[static_cast<std::size_t>(y) * row.size() + i];
      ASSERT_EQ(row[i], std::max(0, stored + (y % 4 < 2 ? 100 : -100)));
    }
  }
}

TEST(Raw, SaysWhatItDoesNotTakeOfLinearSamples) {
  struct Case {
    std::uint16_t tag;
    test::Field field;
    const char* says;
  };
  for (const Case& wrong : {Case{277, test::shorts({4}), "holds 4 samples a pixel"},
                            Case{277, test::shorts({2}), "holds 2 samples a pixel"},
                            Case{284, test::shorts({2}), "plane of its own"}}) {
    TinyDng dng = linear_dng({32, 24});
    dng.raw_tags[wrong.tag] = wrong.field;
    const auto path = write_dng("shape.dng", dng);
    const auto picture = open_linear_raw(path);
    ASSERT_FALSE(picture);
    EXPECT_EQ(picture.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(picture.error().sentence, ::testing::HasSubstr(wrong.says));
    expect_one_sentence(picture.error(), path);
  }
}

/// LibRaw knows a Kodak DC20 by the size of its files alone: four colours, pixels that are no
/// squares.
TEST(Raw, ShowsAllOfAPictureThatLibRawStretches) {
  std::vector<std::uint8_t> bytes;
  for (const std::uint16_t sample : busy_samples({512, 244}, 5, 200)) {
    bytes.push_back(static_cast<std::uint8_t>(sample));
  }
  const auto path = test::write_file("dc20.kdc", bytes);
  const auto facts = inspect_raw(path);
  ASSERT_TRUE(facts) << facts.error().sentence;
  EXPECT_EQ(facts->sensor, SensorClass::FourColour);
  EXPECT_LT(facts->pixel_aspect, 0.7);
  const auto picture = open_linear_raw(path);
  ASSERT_TRUE(picture) << picture.error().sentence;
  const Size size = picture->samples.size();
  EXPECT_EQ(size.width, facts->active.width);
  EXPECT_GT(size.height, facts->active.height);
  EXPECT_EQ(picture->crop, (Rect{0, 0, size.width, size.height}));
  EXPECT_EQ(picture->pixel_aspect, 1);
}

TEST(Raw, JudgesTheCodingBeforeTheLevels) {
  for (const std::uint16_t bits : {std::uint16_t{24}, std::uint16_t{32}}) {
    TinyDng dng = busy_dng();
    dng.deflate = 1;  // whose bytes do not say how wide the samples are
    dng.raw_tags[258] = test::shorts({bits});
    dng.raw_tags[50717] = test::longs({16777215});
    const auto path = write_dng("wide.dng", dng);
    const auto mosaic = open_raw(path);
    ASSERT_FALSE(mosaic);
    EXPECT_EQ(mosaic.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(mosaic.error().sentence,
                ::testing::HasSubstr("samples of " + std::to_string(bits) + " bits"));
    expect_one_sentence(mosaic.error(), path);
    const auto facts = inspect_raw(path);
    ASSERT_TRUE(facts) << facts.error().sentence;
    EXPECT_EQ(facts->bits_per_sample, bits);
  }
}

TEST(Raw, SaysWhereTheFileNamesNoColours) {
  EXPECT_EQ(inspect_raw(write_dng("known.dng", busy_dng()))->colour_notice, "");
  TinyDng dng = busy_dng();
  dng.first_tags[50721] = test::rationals({});  // a field of no values counts as absent
  EXPECT_THAT(inspect_raw(write_dng("unknown.dng", dng))->colour_notice,
              ::testing::HasSubstr("camera profile"));
  dng.cfa.clear();
  EXPECT_EQ(inspect_raw(write_dng("mono.dng", dng))->colour_notice, "");
}

TEST(Raw, ReadsCropOrientationLevelsAndCamera) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    TinyDng dng = busy_dng({48, 40});
    dng.active = Rect{2, 3, 44, 34};
    dng.crop = Rect{4, 6, 40, 28};
    dng.orientation = orientation;
    dng.raw_in_sub_ifd = true;
    const Mosaic mosaic = opened("geometry.dng", dng);
    EXPECT_EQ(mosaic.orientation, orientation);
    EXPECT_EQ(mosaic.crop, (Rect{4, 6, 40, 28}));
    EXPECT_EQ(mosaic.bits_per_sample, 14);
    EXPECT_EQ(mosaic.camera.make, "Latent");
    EXPECT_EQ(mosaic.camera.unique_model, "Latent Tiny One");
    EXPECT_TRUE(mosaic.camera.as_shot_wb_known);
    EXPECT_DOUBLE_EQ(mosaic.camera.as_shot_wb[0], 2.0);
    EXPECT_DOUBLE_EQ(mosaic.camera.as_shot_wb[2], 1.25);
    ASSERT_EQ(mosaic.camera.calibrations.size(), 1U);
    EXPECT_EQ(mosaic.camera.calibrations[0].illuminant, 21);
    EXPECT_DOUBLE_EQ(mosaic.camera.calibrations[0].color_matrix[3], -0.4535);
  }
}

TEST(Raw, AppliesTheLinearisationTableAndHoldsItsLastEntry) {
  TinyDng dng = busy_dng();
  dng.samples = busy_samples(dng.size, 0, 300);
  for (int i = 0; i < 256; ++i) dng.linearisation.push_back(static_cast<std::uint16_t>(i * i / 4));
  dng.black = {4};
  dng.white = 16256;
  const auto mosaic = open_raw(write_dng("curve.dng", dng));
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  for (int x = 0; x < dng.size.width; ++x) {
    const auto stored = std::min<std::size_t>(dng.samples[static_cast<std::size_t>(x)], 255);
    EXPECT_EQ(std::as_const(mosaic->samples).view().at(x, 0), dng.linearisation[stored]);
  }
}

TEST(Raw, RefusesAPictureThatPassesTheLimitsBeforeItIsAllocated) {
  TinyDng dng = busy_dng();
  dng.raw_tags[256] = test::longs({64000});
  dng.raw_tags[257] = test::longs({64000});
  const auto path = write_dng("huge.dng", dng);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::TooLarge);
  EXPECT_THAT(mosaic.error().sentence, ::testing::HasSubstr("600 megapixels"));
  expect_one_sentence(mosaic.error(), path);
}

TEST(Raw, RefusesAPictureThatTheFileCannotHold) {
  TinyDng dng = busy_dng();
  dng.lossless_jpeg = true;
  dng.raw_tags[257] = test::longs({20000});
  dng.raw_tags[278] = test::longs({20000});
  const auto path = write_dng("hollow.dng", dng);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Corrupt);
  expect_one_sentence(mosaic.error(), path);
}

struct Refusal {
  const char* name;
  std::uint16_t tag;
  test::Field field;
  ErrorCode code;
  const char* says;
};

class EveryRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(EveryRefusal, IsOneSentence) {
  TinyDng dng = busy_dng();
  dng.raw_tags[GetParam().tag] = GetParam().field;
  const auto path = write_dng("refused.dng", dng);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, GetParam().code) << mosaic.error().sentence;
  EXPECT_THAT(mosaic.error().sentence, ::testing::HasSubstr(GetParam().says));
  expect_one_sentence(mosaic.error(), path);
}

INSTANTIATE_TEST_SUITE_P(
    Raw, EveryRefusal,
    ::testing::Values(
        Refusal{"Interleaved", 50975, test::longs({2}), ErrorCode::Unsupported, "interleaved"},
        Refusal{"SubTiles", 50974, test::shorts({2, 2}), ErrorCode::Unsupported, "interleaved"},
        Refusal{"Lzw", 259, test::shorts({5}), ErrorCode::Unsupported, "LZW"},
        Refusal{"FourColours", 33422, test::bytes_field({3, 4, 5, 1}), ErrorCode::Unsupported,
                "four-colour"},
        Refusal{"Staggered", 50711, test::shorts({2}), ErrorCode::Unsupported, "Super-CCD"},
        Refusal{"ThreeReds", 33422, test::bytes_field({0, 0, 0, 2}), ErrorCode::Unsupported,
                "colour filter pattern"},
        Refusal{"ShortPattern", 33422, test::bytes_field({0, 1}), ErrorCode::Corrupt, "too short"},
        Refusal{"WhiteBelowBlack", 50717, test::longs({511}), ErrorCode::Corrupt, "contradict"},
        Refusal{"ActiveOutside", 50829, test::longs({0, 0, 99, 99}), ErrorCode::Corrupt,
                "active area"},
        Refusal{"ActiveEmpty", 50829, test::longs({9, 9, 9, 9}), ErrorCode::Corrupt, "active area"},
        Refusal{"StripBehindTheEnd", 273, test::longs({4000000000U}), ErrorCode::Corrupt,
                "cut short"},
        Refusal{"StripTooSmall", 279, test::longs({99}), ErrorCode::Corrupt, "fewer samples"}),
    [](const auto& instance) { return instance.param.name; });

TEST(Raw, DeliversAQuadBayerMosaicUnderItsName) {
  TinyDng dng = busy_dng();
  dng.cfa_period = {4, 4};
  dng.cfa = {0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2};
  EXPECT_EQ(opened("quad.dng", dng).sensor, SensorClass::QuadBayer);
}

TEST(Raw, StopsWhenAskedTo) {
  RunControl control;
  std::stop_source stop;
  control.stop = stop.get_token();
  stop.request_stop();
  const auto mosaic = open_raw(write_dng("stopped.dng", busy_dng()), {}, control);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Cancelled);
}

TEST(Raw, InspectsWithoutSamples) {
  TinyDng dng = busy_dng();
  auto bytes = dng.encode();
  const auto path = test::write_file("whole.dng", bytes);
  const auto facts = inspect_raw(path);
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->opens_as_mosaic);
  EXPECT_EQ(facts->container, "DNG 1.4");
  EXPECT_EQ(facts->cfa_letters, "RGGB");
  EXPECT_EQ(facts->buffer, dng.size);

  dng.raw_tags[277] = test::shorts({3});
  dng.raw_tags[262] = test::shorts({34892});
  const auto linear = inspect_raw(write_dng("linear.dng", dng));
  ASSERT_TRUE(linear) << linear.error().sentence;
  EXPECT_EQ(linear->sensor, SensorClass::LinearRgb);
  EXPECT_FALSE(linear->opens_as_mosaic);
  EXPECT_THAT(linear->obstacle, ::testing::HasSubstr("demosaiced"));
}

}  // namespace
}  // namespace latent::read
