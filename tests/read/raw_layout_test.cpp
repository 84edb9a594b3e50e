// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <numeric>

#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

// DNGs whose header contradicts its bytes, or says the same in an unusual way.
namespace latent::read {
namespace {

using test::busy_samples;
using test::expect_one_sentence;
using test::TinyDng;
using test::write_dng;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TinyDng busy_dng(Size size = {33, 26}) {
  TinyDng dng;
  dng.size = size;
  dng.samples = busy_samples(size);
  return dng;
}

void expect_samples(const Mosaic& mosaic, const TinyDng& dng) {
  ASSERT_EQ(mosaic.samples.size(), dng.size);
  for (int y = 0; y < dng.size.height; ++y) {
    const auto row = std::as_const(mosaic.samples).view().row(y);
    const auto* from = &dng.samples[static_cast<std::size_t>(y * dng.size.width)];
    ASSERT_TRUE(std::equal(row.begin(), row.end(), from)) << "row " << y;
  }
}

struct Stored {
  int stated;
  int stored;
  bool big_endian;
  Size tile;
};

class BitsByBytes : public ::testing::TestWithParam<Stored> {};

TEST_P(BitsByBytes, AreThoseThatTheBytesHaveRoomFor) {
  const Stored& stored = GetParam();
  TinyDng dng = busy_dng();
  const int depth = std::min({stored.stated < 8 ? 16 : stored.stated, stored.stored, 16});
  const auto top = static_cast<std::uint16_t>((1U << static_cast<unsigned>(depth)) - 1U);
  dng.samples = busy_samples(dng.size, 20, top);
  dng.bits = stored.stored;
  dng.big_endian = stored.big_endian;
  dng.tile = stored.tile;
  dng.black = {10};
  dng.white = top;
  dng.rows_per_strip = 5;
  dng.raw_tags[258] = test::shorts({static_cast<std::uint16_t>(stored.stated)});
  const auto photograph = Photograph::open(write_dng("bits.dng", dng));
  ASSERT_TRUE(photograph) << photograph.error().sentence;
  const auto mosaic = photograph->mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  expect_samples(*mosaic, dng);
  EXPECT_EQ(mosaic->levels.white[1], top);
  const auto said = HasSubstr("says " + std::to_string(stored.stated) + " bits a sample");
  if (stored.stated == stored.stored) {
    EXPECT_THAT(photograph->raw_facts()->notices, IsEmpty());
  } else {
    EXPECT_THAT(photograph->raw_facts()->notices, ElementsAre(said));
    EXPECT_THAT(photograph->picture()->warnings, ::testing::Contains(said));
  }
}

INSTANTIATE_TEST_SUITE_P(Dng, BitsByBytes,
                         ::testing::Values(Stored{12, 12, false, {}}, Stored{10, 16, false, {}},
                                           Stored{12, 16, true, {}},
                                           Stored{14, 16, false, {16, 16}},
                                           Stored{8, 16, true, {16, 16}}, Stored{16, 12, false, {}},
                                           Stored{16, 10, true, {}},
                                           Stored{16, 14, false, {16, 16}},
                                           Stored{16, 8, false, {}}, Stored{14, 12, false, {}},
                                           Stored{1, 16, false, {}}, Stored{32, 16, false, {}}),
                         [](const auto& instance) {
                           return std::to_string(instance.param.stated) + "StatedAnd" +
                                  std::to_string(instance.param.stored) + "Stored" +
                                  (instance.param.big_endian ? "BigEndian" : "") +
                                  (instance.param.tile.width > 0 ? "Tiled" : "");
                         });

TEST(BitsByBytes, WithoutAWhiteLevelTheStatedBitsSayIt) {
  TinyDng dng = busy_dng();
  dng.samples = busy_samples(dng.size, 300, 4000);
  dng.raw_tags[258] = test::shorts({12});
  auto bytes = dng;
  bytes.raw_tags[50717] = test::shorts({});  // no value: as if absent
  const auto mosaic = open_raw(write_dng("no_white.dng", bytes));
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->levels.white[1], 4095);
}

TEST(BitsByBytes, TooFewForAnyAreCutShort) {
  TinyDng dng = busy_dng();
  dng.raw_tags[279] = test::longs({33 * 26 - 1});
  const auto path = write_dng("few.dng", dng);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(mosaic.error().sentence, HasSubstr("fewer samples"));
  expect_one_sentence(mosaic.error(), path);
}

// ---- strips and tiles ----

test::Field first_of(std::uint32_t value) { return test::longs({value}); }

TEST(StripsAndTiles, StripsAreReadWhereTheTilesDoNotFit) {
  TinyDng dng = busy_dng();
  dng.rows_per_strip = 7;
  dng.raw_tags[322] = first_of(16);
  dng.raw_tags[323] = first_of(16);
  const auto stated = open_raw(write_dng("size_only.dng", dng));
  ASSERT_TRUE(stated) << stated.error().sentence;
  expect_samples(*stated, dng);
  dng.raw_tags[324] = first_of(8);  // one tile, where there would have to be six
  dng.raw_tags[325] = first_of(512);
  const auto mosaic = open_raw(write_dng("strips.dng", dng));
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  expect_samples(*mosaic, dng);
}

TEST(StripsAndTiles, TilesAreReadWhereTheStripsDoNotFit) {
  for (const bool jpeg : {false, true}) {
    TinyDng dng = busy_dng();
    dng.tile = {16, 16};
    dng.lossless_jpeg = jpeg;
    dng.raw_tags[273] = first_of(8);
    dng.raw_tags[279] = first_of(jpeg ? 4000000000U : 99);
    dng.raw_tags[278] = first_of(26);
    const auto mosaic = open_raw(write_dng("tiles.dng", dng));
    ASSERT_TRUE(mosaic) << mosaic.error().sentence;
    expect_samples(*mosaic, dng);
  }
}

/// The values of a field of a DNG that was encoded, to be stated under another number.
TinyDng with_blocks_under_other_tags(TinyDng dng) {
  // The encoder puts the first block behind the header, the others one after the other.
  const bool tiled = dng.tile.width > 0;
  const Size block = tiled ? dng.tile : Size{dng.size.width, dng.rows_per_strip};
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint32_t> counts;
  std::uint32_t at = 8;
  for (int y = 0; y < dng.size.height; y += block.height) {
    for (int x = 0; x < dng.size.width; x += block.width) {
      const int rows = tiled ? block.height : std::min(block.height, dng.size.height - y);
      offsets.push_back(at);
      counts.push_back(static_cast<std::uint32_t>(2 * block.width * rows));
      at += counts.back();
    }
  }
  dng.raw_tags[tiled ? 273 : 324] = test::longs(offsets);
  dng.raw_tags[tiled ? 279 : 325] = test::longs(counts);
  dng.raw_tags[tiled ? 324 : 273] = test::longs({});
  dng.raw_tags[tiled ? 325 : 279] = test::longs({});
  return dng;
}

TEST(StripsAndTiles, TilesInTheTagsOfStripsAreTiles) {
  TinyDng dng = busy_dng();
  dng.tile = {16, 16};
  const auto mosaic = open_raw(write_dng("swapped.dng", with_blocks_under_other_tags(dng)));
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  expect_samples(*mosaic, dng);
}

TEST(StripsAndTiles, StripsInTheTagsOfTilesAreStrips) {
  TinyDng dng = busy_dng();
  dng.rows_per_strip = 6;
  const auto mosaic = open_raw(write_dng("swapped_too.dng", with_blocks_under_other_tags(dng)));
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  expect_samples(*mosaic, dng);
}

TEST(StripsAndTiles, UncompressedStripsNeedNoByteCounts) {
  TinyDng dng = busy_dng();
  dng.raw_tags[279] = test::longs({});
  const auto mosaic = open_raw(write_dng("no_counts.dng", dng));
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  expect_samples(*mosaic, dng);
}

// ---- deflate, and JPEG that is not lossless ----

TEST(Deflate, ComesBackBitForBitWithEveryPredictor) {
  for (const int predictor : {1, 2, 34892, 34893}) {
    for (const bool big_endian : {false, true}) {
      TinyDng dng = busy_dng({37, 29});
      dng.deflate = predictor;
      dng.big_endian = big_endian;
      if (big_endian) dng.tile = {16, 16};
      const auto mosaic = open_raw(write_dng("deflate.dng", dng));
      ASSERT_TRUE(mosaic) << predictor << mosaic.error().sentence;
      expect_samples(*mosaic, dng);
    }
  }
}

TEST(Deflate, ThatEndsEarlyIsCutShort) {
  TinyDng dng = busy_dng();
  dng.deflate = 2;
  auto bytes = dng.encode();
  std::fill(bytes.begin() + 600, bytes.begin() + 900, std::uint8_t{0});
  const auto path = test::write_file("torn.dng", bytes);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Corrupt);
  expect_one_sentence(mosaic.error(), path);
}

TEST(Jpeg, OfTwelveBitsWithLossIsCalledThatAndNotDamaged) {
  for (const int compression : {7, 34892}) {
    TinyDng dng = busy_dng();
    const std::vector<std::uint8_t> header{0xFF, 0xD8, 0xFF, 0xDB, 0, 3,  0, 0xFF, 0xC1, 0,
                                           11,   12,   0,    26,   0, 33, 1, 1,    0x11, 0};
    dng.raw_tags[259] = test::longs({static_cast<std::uint32_t>(compression)});
    auto tagged = dng.encode();
    std::copy(header.begin(), header.end(), tagged.begin() + 8);
    const auto path = test::write_file("sof1.dng", tagged);
    const auto photograph = Photograph::open(path);
    ASSERT_TRUE(photograph) << photograph.error().sentence;
    const auto mosaic = photograph->mosaic();
    ASSERT_FALSE(mosaic);
    EXPECT_EQ(mosaic.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(mosaic.error().sentence, HasSubstr("JPEG tiles of 12 bits with loss"));
    expect_one_sentence(mosaic.error(), path);
  }
}

// ---- colour patterns ----

std::vector<std::uint8_t> repeated(const std::vector<std::uint8_t>& pattern, Size period, Size to) {
  std::vector<std::uint8_t> sites;
  for (int y = 0; y < to.height; ++y) {
    for (int x = 0; x < to.width; ++x) {
      sites.push_back(
          pattern[static_cast<std::size_t>(y % period.height * period.width + x % period.width)]);
    }
  }
  return sites;
}

const std::vector<std::uint8_t> kXTrans{1, 1, 0, 1, 1, 2, 1, 1, 2, 1, 1, 0, 2, 0, 1, 0, 2, 1,
                                        1, 1, 2, 1, 1, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1, 2, 0, 1};

TEST(ColourPattern, OfALargerPeriodIsReducedToItsOwn) {
  struct Case {
    std::vector<std::uint8_t> pattern;
    Size period;
    Size stated;
    SensorClass sensor;
  };
  const std::vector<std::uint8_t> quad{0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2};
  for (const Case& each : {Case{{1, 0, 2, 1}, {2, 2}, {8, 8}, SensorClass::Bayer},
                           Case{{2, 1, 1, 0}, {2, 2}, {2, 4}, SensorClass::Bayer},
                           Case{{2, 1, 1, 0}, {2, 2}, {6, 2}, SensorClass::Bayer},
                           Case{{0, 1, 1, 2}, {2, 2}, {6, 6}, SensorClass::Bayer},
                           Case{{0, 1, 1, 2}, {2, 2}, {18, 10}, SensorClass::Bayer},
                           Case{kXTrans, {6, 6}, {12, 12}, SensorClass::XTrans},
                           Case{kXTrans, {6, 6}, {6, 24}, SensorClass::XTrans},
                           Case{quad, {4, 4}, {8, 8}, SensorClass::QuadBayer}}) {
    TinyDng dng = busy_dng({60, 50});
    dng.active = Rect{3, 5, 51, 41};
    dng.cfa_period = each.stated;
    dng.cfa = repeated(each.pattern, each.period, each.stated);
    const auto mosaic = open_raw(write_dng("period.dng", dng));
    ASSERT_TRUE(mosaic) << mosaic.error().sentence;
    EXPECT_EQ(mosaic->sensor, each.sensor);
    EXPECT_EQ(mosaic->cfa.period(), each.period);
    for (int y = 0; y < 12; ++y) {
      for (int x = 0; x < 12; ++x) {
        EXPECT_EQ(static_cast<int>(mosaic->cfa.at(3 + x, 5 + y)),
                  dng.cfa[static_cast<std::size_t>(y % each.stated.height * each.stated.width +
                                                   x % each.stated.width)]);
      }
    }
  }
}

// ---- the order of the planes ----

/// `values`, one record a plane, as a file has them whose planes are `planes`.
std::vector<double> by_plane(const std::vector<double>& values, const std::vector<int>& planes) {
  const std::size_t size = values.size() / 3;
  std::vector<double> result;
  for (const int colour : planes) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(size) * colour;
    result.insert(result.end(), first, first + static_cast<std::ptrdiff_t>(size));
  }
  return result;
}

std::vector<double> transposed(const std::vector<double>& m) {
  return {m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]};
}

TEST(PlaneOrder, IsTakenOutOfEverythingThatIsListedByPlane) {
  const std::vector<double> color{.9, -.29, -.07, -.45, 1.24, .23, -.09, .19, .71};
  const std::vector<double> forward{.6, .3, .1, .2, .7, .1, .0, .1, .7};
  const std::vector<double> calibration{.98, .01, .02, .03, 1, .04, .05, .06, 1.02};
  const std::vector<double> neutral{.5, 1, .8};
  const std::vector<double> balance{1.1, 1, .9};
  const std::vector<double> noise{1e-4, 1e-6, 2e-4, 2e-6, 3e-4, 3e-6};
  std::optional<CameraFacts> first;
  std::vector<int> planes{0, 1, 2};
  do {
    TinyDng dng = busy_dng();
    const auto u8 = [&](std::size_t i) { return static_cast<std::uint8_t>(planes[i]); };
    dng.raw_tags[50710] = test::bytes_field({u8(0), u8(1), u8(2)});
    dng.raw_tags[51041] = test::doubles(by_plane(noise, planes));
    dng.first_tags[50721] = test::rationals(by_plane(color, planes));
    dng.first_tags[50964] = test::rationals(transposed(by_plane(transposed(forward), planes)));
    dng.first_tags[50723] =
        test::rationals(transposed(by_plane(transposed(by_plane(calibration, planes)), planes)));
    dng.first_tags[50728] = test::rationals(by_plane(neutral, planes));
    dng.first_tags[50727] = test::rationals(by_plane(balance, planes));
    const auto mosaic = open_raw(write_dng("planes.dng", dng));
    ASSERT_TRUE(mosaic) << mosaic.error().sentence;
    EXPECT_EQ(mosaic->cfa.letters(), "RGGB");
    if (!first) first = mosaic->camera;
    EXPECT_EQ(mosaic->camera.as_shot_wb, first->as_shot_wb);
    EXPECT_EQ(mosaic->camera.calibrations[0].color_matrix, first->calibrations[0].color_matrix);
    EXPECT_EQ(mosaic->camera.calibrations[0].forward_matrix, first->calibrations[0].forward_matrix);
    EXPECT_EQ(mosaic->camera.calibrations[0].camera_calibration,
              first->calibrations[0].camera_calibration);
    EXPECT_THAT(mosaic->camera.calibrations[0].color_matrix,
                ::testing::Pointwise(::testing::DoubleNear(1e-9), color));
    ASSERT_TRUE(mosaic->noise_profile);
    EXPECT_EQ(mosaic->noise_profile->a, (std::array<double, 3>{1e-4, 2e-4, 3e-4}));
    const auto carried = std::ranges::find(mosaic->carried_tags, 50727, &CarriedTag::tag);
    ASSERT_NE(carried, mosaic->carried_tags.end());
    std::int32_t red = 0;
    std::memcpy(&red, carried->bytes.data(), sizeof red);
    EXPECT_EQ(red, 11000);
  } while (std::ranges::next_permutation(planes).found);
}

}  // namespace
}  // namespace latent::read
