// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/tiff_directory.h"

#include <gmock/gmock.h>

#include <cstring>

#include "tiny_dng.h"

namespace latent::read {
namespace {

using ::testing::ElementsAre;

/// A little-endian TIFF with one directory at byte 8 of the given entries (12 bytes each).
std::vector<std::uint8_t> tiff_of(const std::vector<std::vector<std::uint8_t>>& entries,
                                  std::uint8_t next = 0) {
  std::vector<std::uint8_t> file{'I', 'I', 42, 0, 8, 0, 0, 0};
  file.push_back(static_cast<std::uint8_t>(entries.size()));
  file.push_back(0);
  for (const auto& entry : entries) file.insert(file.end(), entry.begin(), entry.end());
  file.insert(file.end(), {next, 0, 0, 0});
  return file;
}

TEST(TiffDirectory, ReadsNumbersOfEveryTypeInBothOrders) {
  for (const bool big_endian : {false, true}) {
    test::TinyDng dng;
    dng.samples = test::busy_samples(dng.size);
    dng.big_endian = big_endian;
    dng.first_tags[60001] = test::shorts({1, 65535, 7});
    dng.first_tags[60002] = test::doubles({-1.5, 2e300});
    dng.first_tags[60003] = test::rationals({-0.25, 3});
    dng.first_tags[60004] = test::ascii("Words  ");
    dng.first_tags[60005] = test::bytes_field({1, 2, 3}, 7);
    const auto bytes = dng.encode();
    const MemoryBytes source(bytes);
    const auto file = TiffFile::open(source, {});
    ASSERT_TRUE(file) << file.error().sentence;
    EXPECT_EQ(file->little_endian(), !big_endian);
    const TiffDirectory& first = file->directories().front();
    EXPECT_THAT(*file->numbers(*first.find(60001)), ElementsAre(1, 65535, 7));
    EXPECT_THAT(*file->numbers(*first.find(60002)), ElementsAre(-1.5, 2e300));
    EXPECT_THAT(*file->numbers(*first.find(60003)), ElementsAre(-0.25, 3));
    EXPECT_EQ(file->text(first.find(60004)), "Words");
    EXPECT_THAT(*file->native_bytes(*first.find(60005)), ElementsAre(1, 2, 3));
    const auto native = *file->native_bytes(*first.find(60001));
    std::uint16_t second = 0;
    std::memcpy(&second, &native[2], 2);
    EXPECT_EQ(second, 65535);
  }
}

TEST(TiffDirectory, WalksSubIfdsAndAChainThatLoopsOnlyOnce) {
  const auto loop = tiff_of({{0, 1, 3, 0, 1, 0, 0, 0, 5, 0, 0, 0}}, 8);
  const MemoryBytes source(loop);
  const auto file = TiffFile::open(source, {});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->directories().size(), 1U);

  test::TinyDng dng;
  dng.samples = test::busy_samples(dng.size);
  dng.raw_in_sub_ifd = true;
  const auto bytes = dng.encode();
  const MemoryBytes nested(bytes);
  EXPECT_EQ(TiffFile::open(nested, {})->directories().size(), 2U);
}

TEST(TiffDirectory, LeavesOutFieldsThatPointOutside) {
  const auto bytes = tiff_of({{0, 1, 4, 0, 255, 255, 255, 255, 8, 0, 0, 0},  // too many values
                              {1, 1, 5, 0, 1, 0, 0, 0, 250, 255, 255, 255},  // behind the end
                              {2, 1, 99, 0, 1, 0, 0, 0, 0, 0, 0, 0},         // no such type
                              {3, 1, 3, 0, 2, 0, 0, 0, 7, 0, 9, 0}});
  const MemoryBytes source(bytes);
  const auto file = TiffFile::open(source, {});
  ASSERT_TRUE(file);
  ASSERT_EQ(file->directories().front().fields.size(), 1U);
  EXPECT_THAT(*file->integers(file->directories().front().fields.front()), ElementsAre(7, 9));
}

TEST(TiffDirectory, ReadsBigTiff) {
  std::vector<std::uint8_t> bytes{'M', 'M', 0, 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16};
  const std::vector<std::uint8_t> directory{0, 0, 0, 0,  0, 0, 0, 1,  // one entry
                                            1, 0, 0, 16, 0, 0, 0, 0, 0, 0,
                                            0, 1, 0, 0,  0, 1, 0, 0, 0, 2,  // LONG8
                                            0, 0, 0, 0,  0, 0, 0, 0};
  bytes.insert(bytes.end(), directory.begin(), directory.end());
  const MemoryBytes source(bytes);
  const auto file = TiffFile::open(source, {});
  ASSERT_TRUE(file);
  const TiffField* field = file->directories().front().find(256);
  ASSERT_NE(field, nullptr);
  EXPECT_THAT(*file->integers(*field), ElementsAre((std::uint64_t{1} << 32U) + 2));
}

TEST(TiffDirectory, RefusesWhatIsNoTiffOrHasNoDirectory) {
  const std::vector<std::uint8_t> text{'H', 'e', 'l', 'l', 'o', ',', ' ', 'y', 'o', 'u'};
  EXPECT_EQ(TiffFile::open(MemoryBytes(text), {}).error().code, ErrorCode::Unsupported);
  EXPECT_EQ(TiffFile::open(MemoryBytes({}), {}).error().code, ErrorCode::Unsupported);
  const std::vector<std::uint8_t> hollow{'I', 'I', 42, 0, 200, 0, 0, 0};
  EXPECT_EQ(TiffFile::open(MemoryBytes(hollow), {}).error().code, ErrorCode::Corrupt);
}

TEST(TiffDirectory, HoldsToTheLimitForOneField) {
  test::TinyDng dng;
  dng.samples = test::busy_samples(dng.size);
  dng.first_tags[60001] = test::bytes_field(std::vector<std::uint8_t>(100, 1));
  const auto bytes = dng.encode();
  const MemoryBytes source(bytes);
  Limits limits;
  limits.max_metadata_bytes = 99;
  const auto file = TiffFile::open(source, limits);
  ASSERT_TRUE(file);
  const auto numbers = file->numbers(*file->directories().front().find(60001));
  ASSERT_FALSE(numbers);
  EXPECT_EQ(numbers.error().code, ErrorCode::TooLarge);
  EXPECT_THAT(numbers.error().sentence, ::testing::HasSubstr("99 bytes"));
}

}  // namespace
}  // namespace latent::read
