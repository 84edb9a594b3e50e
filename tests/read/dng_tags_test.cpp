// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string>

#include "base/byte_source.h"
#include "matchers.h"
#include "opened.h"
#include "read/dng/dng_file.h"
#include "read/dng/dng_samples.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using test::TinyDng;
using test::write_dng;

TinyDng busy_dng() {
  TinyDng dng;
  dng.samples = test::busy_samples(dng.size);
  return dng;
}

Mosaic opened(const TinyDng& dng) {
  auto mosaic = open_raw(write_dng("tags.dng", dng));
  EXPECT_TRUE(mosaic) << mosaic.error().sentence;
  return mosaic ? *std::move(mosaic) : Mosaic{};
}

const CarriedTag* find(const Mosaic& mosaic, std::uint16_t tag) {
  const auto found = std::ranges::find(mosaic.carried_tags, tag, &CarriedTag::tag);
  return found == mosaic.carried_tags.end() ? nullptr : &*found;
}

TEST(DngTags, ReadsTheNoiseProfileByPlane) {
  TinyDng dng = busy_dng();
  dng.raw_tags[51041] = test::doubles({1e-4, 1e-6, 2e-4, 2e-6, 3e-4, -3e-9});
  dng.raw_tags[50710] = test::bytes_field({2, 1, 0});  // CFAPlaneColor: blue first
  const Mosaic mosaic = opened(dng);
  ASSERT_TRUE(mosaic.noise_profile);
  EXPECT_EQ(mosaic.noise_profile->origin, NoiseModel::Origin::DngProfile);
  EXPECT_THAT(mosaic.noise_profile->a, ::testing::ElementsAre(3e-4, 2e-4, 1e-4));
  EXPECT_THAT(mosaic.noise_profile->b, ::testing::ElementsAre(0.0, 2e-6, 1e-6));
}

TEST(DngTags, TakesOneNoisePairForAllPlanes) {
  TinyDng dng = busy_dng();
  dng.first_tags[51041] = test::doubles({1e-4, 1e-6});  // some writers put it in IFD 0
  dng.raw_in_sub_ifd = true;
  const Mosaic mosaic = opened(dng);
  ASSERT_TRUE(mosaic.noise_profile);
  EXPECT_THAT(mosaic.noise_profile->a, ::testing::Each(1e-4));
}

TEST(DngTags, LeavesOutANoiseProfileThatCannotBe) {
  for (const std::vector<double>& pairs : {std::vector<double>{0, 0},
                                           {-1e-4, 1e-6},
                                           {1e-4, std::nan("")},
                                           {1e-4, 1e-6, 1e-4},
                                           {5, 1e-6}}) {
    TinyDng dng = busy_dng();
    dng.raw_tags[51041] = test::doubles(pairs);
    EXPECT_FALSE(opened(dng).noise_profile);
  }
}

TEST(DngTags, CarriesTagsBitForBitWhereTheyBelong) {
  for (const bool big_endian : {false, true}) {
    for (const bool sub_ifd : {false, true}) {
      TinyDng dng = busy_dng();
      dng.big_endian = big_endian;
      dng.raw_in_sub_ifd = sub_ifd;
      dng.first_tags[50936] = test::ascii("A profile");
      dng.first_tags[50940] = test::rationals({0, 0, 1, 1});
      dng.first_tags[50740] = test::bytes_field({1, 2, 3, 4, 5});
      dng.raw_tags[51009] = test::bytes_field({0, 0, 0, 0}, 7);
      dng.raw_tags[50733] = test::longs({0x01020304});
      const Mosaic mosaic = opened(dng);

      const CarriedTag* name = find(mosaic, 50936);
      ASSERT_NE(name, nullptr);
      EXPECT_EQ(name->type, 2);
      EXPECT_EQ(name->count, 10U);
      EXPECT_FALSE(name->of_raw_ifd);
      EXPECT_STREQ(reinterpret_cast<const char*>(name->bytes.data()), "A profile");

      const CarriedTag* opcodes = find(mosaic, 51009);
      ASSERT_NE(opcodes, nullptr);
      EXPECT_TRUE(opcodes->of_raw_ifd);
      EXPECT_THAT(opcodes->bytes, ::testing::ElementsAre(0, 0, 0, 0));

      const CarriedTag* split = find(mosaic, 50733);
      ASSERT_NE(split, nullptr);
      std::uint32_t value = 0;
      std::memcpy(&value, split->bytes.data(), 4);
      EXPECT_EQ(value, 0x01020304U);

      const CarriedTag* curve = find(mosaic, 50940);
      ASSERT_NE(curve, nullptr);
      std::int32_t denominator = 0;
      std::memcpy(&denominator, &curve->bytes[4], 4);
      EXPECT_EQ(denominator, 10000);
      EXPECT_THAT(find(mosaic, 50740)->bytes, ::testing::ElementsAre(1, 2, 3, 4, 5));
    }
  }
}

TEST(DngTags, CarriesGainTableMapsAndTheirByteOrder) {
  for (const bool big_endian : {false, true}) {
    TinyDng dng = busy_dng();
    dng.big_endian = big_endian;
    dng.raw_in_sub_ifd = true;
    dng.raw_tags[52525] = test::bytes_field({1, 2, 3, 4, 5}, 7);
    dng.first_tags[52544] = test::bytes_field({6, 7, 8, 9, 10}, 7);
    const Mosaic mosaic = opened(dng);
    const CarriedTag* first = find(mosaic, 52525);
    ASSERT_NE(first, nullptr);
    EXPECT_TRUE(first->of_raw_ifd);
    EXPECT_EQ(first->big_endian, big_endian);
    EXPECT_THAT(first->bytes, ::testing::ElementsAre(1, 2, 3, 4, 5));
    const CarriedTag* second = find(mosaic, 52544);
    ASSERT_NE(second, nullptr);
    EXPECT_FALSE(second->of_raw_ifd);
  }
}

/// Developing would put them into LibRaw's buffer, which may know how to bring them in order.
TEST(DngTags, InterleavedSamplesAreNotTakenForReadable) {
  for (const std::uint16_t tag : {std::uint16_t{50975}, std::uint16_t{52547}}) {
    TinyDng dng = busy_dng();
    for (const std::uint32_t factor : {1U, 2U}) {
      dng.raw_tags[tag] = test::longs({factor});
      const auto bytes = dng.encode();
      const auto file = read_dng(MemoryBytes(bytes), {});
      ASSERT_TRUE(file && *file);
      EXPECT_EQ(dng_samples_are_readable((*file)->layout), factor == 1) << tag;
      EXPECT_EQ((*file)->facts.opens_as_mosaic, factor == 1) << tag;
    }
  }
}

/// An opcode list of three MapPolynomials that change nothing, as lossy DNGs have one.
std::vector<std::uint8_t> polynomials_of_three_colours(Size size) {
  std::vector<std::uint8_t> list;
  const auto put = [&](std::uint32_t number) {
    for (const int shift : {24, 16, 8, 0})
      list.push_back(static_cast<std::uint8_t>(number >> shift));
  };
  put(3);
  for (std::uint32_t colour = 0; colour < 3; ++colour) {
    for (const std::uint32_t number :
         {8U, 0x01030000U, 0U, 52U, 0U, 0U, static_cast<std::uint32_t>(size.height),
          static_cast<std::uint32_t>(size.width), colour, 1U, 1U, 1U, 1U, 0U, 0U, 0x3FF00000U,
          0U}) {
      put(number);
    }
  }
  return list;
}

TEST(DngTags, InterleavedTilesWithLossAreNotLibRawsToDecode) {
  TinyDng dng = busy_dng();
  dng.cfa.clear();
  dng.raw_tags[258] = test::shorts({8, 8, 8});
  dng.raw_tags[259] = test::shorts({34892});
  dng.raw_tags[277] = test::shorts({3});
  dng.raw_tags[50717] = test::longs({255});
  dng.raw_tags[50714] = test::longs({0});
  dng.raw_tags[51009] = test::bytes_field(polynomials_of_three_colours(dng.size), 7);
  for (const std::uint32_t factor : {1U, 2U}) {
    dng.raw_tags[50975] = test::longs({factor});
    const auto bytes = dng.encode();
    const auto file = read_dng(MemoryBytes(bytes), {});
    ASSERT_TRUE(file && *file);
    EXPECT_EQ((*file)->facts.opens_as_linear, factor == 1);
  }
}

TEST(DngTags, CarriesNothingThatTheWriterDecides) {
  TinyDng dng = busy_dng();
  dng.active = Rect{2, 2, 28, 20};
  dng.crop = Rect{4, 4, 24, 16};
  dng.raw_tags[51041] = test::doubles({1e-4, 1e-6});
  dng.first_tags[50730] = test::rationals({0.5});
  dng.first_tags[50781] = test::bytes_field(std::vector<std::uint8_t>(16, 1));  // RawDataUniqueID
  const Mosaic mosaic = opened(dng);
  EXPECT_THAT(mosaic.carried_tags, ::testing::IsEmpty());
  EXPECT_DOUBLE_EQ(mosaic.camera.baseline_exposure_ev, 0.5);
}

TEST(DngTags, CarriesTheWhitePointOnlyWhereThereIsNoNeutral) {
  TinyDng dng = busy_dng();
  dng.first_tags[50729] = test::rationals({0.3127, 0.329});
  EXPECT_EQ(find(opened(dng), 50729), nullptr);
  dng.first_tags[50728] = test::rationals({});  // a field of no values counts as absent
  const Mosaic mosaic = opened(dng);
  EXPECT_NE(find(mosaic, 50729), nullptr);
  EXPECT_FALSE(mosaic.camera.as_shot_wb_known);
}

TEST(DngTags, HoldsCarriedTagsToTheLimit) {
  TinyDng dng = busy_dng();
  dng.first_tags[50740] = test::bytes_field(std::vector<std::uint8_t>(600, 1));
  dng.first_tags[50936] = test::ascii(std::string(600, 'x'));
  Limits limits;
  limits.max_metadata_bytes = 1000;
  const auto path = write_dng("heavy.dng", dng);
  const auto mosaic = open_raw(path, limits);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::TooLarge);
  test::expect_one_sentence(mosaic.error(), path);
}

TEST(DngTags, ReadsBothCalibrationsAndTheExposure) {
  TinyDng dng = busy_dng();
  const std::vector<double> identity{1, 0, 0, 0, 1, 0, 0, 0, 1};
  dng.first_tags[50722] = test::rationals(identity);
  dng.first_tags[50779] = test::shorts({17});
  dng.first_tags[50965] = test::rationals(identity);
  dng.first_tags[50723] = test::rationals(identity);
  dng.first_tags[34855] = test::shorts({3200});
  dng.first_tags[33434] = test::rationals({0.005});
  const Mosaic mosaic = opened(dng);
  ASSERT_EQ(mosaic.camera.calibrations.size(), 2U);
  EXPECT_EQ(mosaic.camera.calibrations[1].illuminant, 17);
  EXPECT_EQ(mosaic.camera.calibrations[1].forward_matrix, identity);
  EXPECT_EQ(mosaic.camera.calibrations[0].camera_calibration, identity);
  EXPECT_TRUE(mosaic.camera.calibrations[0].forward_matrix.empty());
  EXPECT_EQ(mosaic.camera.iso, 3200);
  EXPECT_DOUBLE_EQ(mosaic.camera.exposure_seconds, 0.005);
}

/// What `latent info` lists, by name.
std::set<std::string> described_of(const TinyDng& dng) {
  const auto photograph = Photograph::open(write_dng("described.dng", dng));
  EXPECT_TRUE(photograph) << photograph.error().sentence;
  std::set<std::string> names;
  for (const auto& field : photograph->described()) names.insert(field.name);
  return names;
}

TEST(DngTags, QuantitiesThatTheWriterDidNotKnowAreNotDescribed) {
  TinyDng dng;
  dng.samples = test::busy_samples(dng.size);
  const auto with = [&](double value) {
    dng.first_tags[33434] = test::rationals({value});  // ExposureTime
    dng.first_tags[33437] = test::rationals({value});  // FNumber
    dng.first_tags[37386] = test::rationals({value});  // FocalLength
    dng.first_tags[34855] = test::shorts({static_cast<std::uint16_t>(value)});
    return described_of(dng);
  };
  for (const char* name : {"Exposure", "Aperture", "Focal length", "ISO"}) {
    EXPECT_TRUE(with(4).contains(name)) << name;
    EXPECT_FALSE(with(0).contains(name)) << name;
  }
}

}  // namespace
}  // namespace latent::read
