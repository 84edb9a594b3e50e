// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <chrono>

#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using test::expect_one_sentence;
using test::write_file;

/// A DNG with everything that a parser can trip over.
test::TinyDng rich_dng(bool lossless_jpeg) {
  test::TinyDng dng;
  dng.size = {96, 80};
  dng.samples = test::busy_samples(dng.size);
  dng.active = Rect{3, 5, 90, 70};
  dng.crop = Rect{5, 7, 80, 60};
  dng.tile = {32, 32};
  dng.lossless_jpeg = lossless_jpeg;
  dng.raw_in_sub_ifd = true;
  dng.black_period = {2, 2};
  dng.black = {500, 501, 502, 503};
  dng.raw_tags[51041] = test::doubles({1e-4, 1e-6});
  dng.first_tags[50936] = test::ascii("A profile");
  dng.first_tags[50940] = test::rationals({0, 0, 1, 1});
  return dng;
}

/// Success or one sentence; nothing else can come of any file.
template <class T>
void expect_answer(const Result<T>& result, const std::filesystem::path& path) {
  if (!result) expect_one_sentence(result.error(), path);
}

class Damage : public ::testing::TestWithParam<bool> {
 protected:
  std::vector<std::uint8_t> bytes_ = rich_dng(GetParam()).encode();
};

TEST_P(Damage, IsNeverMoreThanOneSentenceWhereverTheFileEnds) {
  constexpr std::size_t kCuts = 60;
  for (std::size_t i = 0; i < kCuts; ++i) {
    const std::size_t size = bytes_.size() * i / kCuts;
    const auto path =
        write_file("cut.dng", {bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(size)});
    const auto mosaic = open_raw(path);
    ASSERT_FALSE(mosaic) << "cut to " << size << " of " << bytes_.size();
    expect_one_sentence(mosaic.error(), path);
    expect_answer(inspect_raw(path), path);
    expect_answer(embedded_preview(path), path);
  }
}

TEST_P(Damage, IsNeverMoreThanOneSentenceWhicheverBitIsFlipped) {
  constexpr std::size_t kFlips = 200;
  std::uint32_t state = 7;
  for (std::size_t i = 0; i < kFlips; ++i) {
    state = state * 1664525U + 1013904223U;
    // Half of them into the directories, which the writer puts at the end.
    const std::size_t span = i % 2 == 0 ? bytes_.size() : 1200;
    const std::size_t at = bytes_.size() - 1 - (state >> 8U) % span;
    auto damaged = bytes_;
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << (state >> 29U)));
    const auto path = write_file("flipped.dng", damaged);
    expect_answer(open_raw(path), path);
    expect_answer(inspect_raw(path), path);
    if (i % 8 == 0) expect_answer(render_neutral<std::uint8_t>(path), path);
  }
}

INSTANTIATE_TEST_SUITE_P(Read, Damage, ::testing::Bool(), [](const auto& instance) {
  return instance.param ? "LosslessJpeg" : "Uncompressed";
});

TEST(Damage, OtherFilesUnderARawName) {
  const std::vector<std::pair<std::vector<std::uint8_t>, const char*>> files{
      {{}, "is empty"},
      {{'n', 'o', ' ', 'r', 'a', 'w', '\n'}, "is a text file in spite of its name"},
      {{0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F'}, "is cut short"},
      {std::vector<std::uint8_t>(5000, 0), "no raw photo"},
      {{'I', 'I', 42, 0, 8, 0, 0, 0, 0, 0}, "cut short"}};
  for (const auto& [bytes, says] : files) {
    const auto path = write_file("photo.NEF", bytes);
    const auto mosaic = open_raw(path);
    ASSERT_FALSE(mosaic);
    EXPECT_THAT(mosaic.error().sentence, ::testing::HasSubstr(says));
    expect_one_sentence(mosaic.error(), path);
  }
}

/// What the fuzzers found, by name.
TEST(Damage, EveryFuzzFindIsAnsweredSoon) {
  const auto folder = std::filesystem::path(LATENT_SOURCE_DIR) / "tests/data/read/fuzz";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto start = std::chrono::steady_clock::now();
    expect_answer(open_raw(entry.path()), entry.path());
    expect_answer(inspect_raw(entry.path()), entry.path());
    expect_answer(embedded_preview(entry.path()), entry.path());
    expect_answer(render_neutral<std::uint8_t>(entry.path()), entry.path());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60)) << entry.path();
    ++count;
  }
  EXPECT_GT(count, 0);
}

TEST(Damage, RefusesASilentHoleAtTheEndOfTheFrame) {
  auto dng = rich_dng(false);
  const auto hole = static_cast<std::ptrdiff_t>(40) * dng.size.width;
  std::fill(dng.samples.begin() + hole, dng.samples.end(), std::uint16_t{0});
  const auto path = test::write_dng("hole.dng", dng);
  const auto mosaic = open_raw(path);
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(mosaic.error().sentence, ::testing::HasSubstr("rows are empty"));
}

}  // namespace
}  // namespace latent::read
