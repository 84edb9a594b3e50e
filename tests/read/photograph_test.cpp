// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/photograph.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <set>
#include <thread>

#include "matchers.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

namespace fs = std::filesystem;
using test::TinyDng;
using test::write_dng;
using test::write_file;
using testing::HasSubstr;

TinyDng busy_dng(Size size = {96, 64}) {
  TinyDng dng;
  dng.size = size;
  dng.samples = test::busy_samples(size);
  return dng;
}

/// Grey of that brightness, over black, under the white balance of TinyDng.
TinyDng flat_dng(Size size, double light) {
  TinyDng dng;
  dng.size = size;
  const double neutral[] = {0.5, 1, 0.8};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double value = light * neutral[dng.cfa[static_cast<std::size_t>(y % 2 * 2 + x % 2)]];
      dng.samples.push_back(static_cast<std::uint16_t>(512 + value * (16383 - 512)));
    }
  }
  dng.samples.front() = 700;  // not all sites alike
  return dng;
}

/// The same as LinearRaw of three samples a pixel, black at `black`.
TinyDng flat_linear(Size size, double light, double black) {
  TinyDng dng;
  dng.size = {size.width * 3, size.height};
  dng.cfa.clear();
  dng.black = {black};
  const double neutral[] = {0.5, 1, 0.8};
  for (int i = 0; i < size.width * 3 * size.height; ++i) {
    const double value = light * neutral[i % 3];
    dng.samples.push_back(static_cast<std::uint16_t>(black + value * (16383 - black)));
  }
  dng.samples.front() = static_cast<std::uint16_t>(dng.samples.front() + 200);
  dng.raw_tags[256] = test::longs({static_cast<std::uint32_t>(size.width)});
  dng.raw_tags[258] = test::shorts({16, 16, 16});
  dng.raw_tags[277] = test::shorts({3});
  dng.raw_tags[50829] = test::longs(
      {0, 0, static_cast<std::uint32_t>(size.height), static_cast<std::uint32_t>(size.width)});
  return dng;
}

Photograph opened(const fs::path& path) {
  auto photograph = Photograph::open(path);
  EXPECT_TRUE(photograph) << photograph.error().sentence;
  return *std::move(photograph);
}

/// How many descriptors of this process lead to a file.
std::ptrdiff_t descriptors_of(const fs::path& path) {
  std::ptrdiff_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone) == fs::canonical(path)) ++count;
  }
  return count;
}

/// Lets the clock of file times move on.
void wait_a_little() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

double green_at(const Picture& picture, int x, int y) {
  return std::get<Image<std::uint16_t>>(picture.samples).view().at(x, y, 1) / 65535.0;
}

TEST(Photograph, HoldsOneDescriptorWhateverIsAskedOfIt) {
  const auto path = write_dng("held.dng", busy_dng());
  {
    const Photograph photograph = opened(path);
    const Photograph same = photograph;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(descriptors_of(path), 1);
    EXPECT_TRUE(photograph.mosaic());
    EXPECT_TRUE(same.picture());
    EXPECT_TRUE(photograph.rendering<std::uint8_t>());
    EXPECT_TRUE(photograph.metadata().warnings.empty());
    EXPECT_EQ(descriptors_of(path), 1);
  }
  EXPECT_EQ(descriptors_of(path), 0);
}

TEST(Photograph, GivesTheSameSamplesHoweverOftenItIsAsked) {
  const Photograph photograph = opened(write_dng("twice.dng", busy_dng()));
  const auto first = photograph.mosaic();
  const auto again = photograph.mosaic();
  ASSERT_TRUE(first && again);
  for (int y = 0; y < 64; ++y) {
    EXPECT_TRUE(std::ranges::equal(first->samples.view().row(y), again->samples.view().row(y)));
  }
  EXPECT_EQ(first->carried_tags.size(), again->carried_tags.size());
}

TEST(Photograph, FromMemoryIsTheOneFromDisk) {
  const TinyDng dng = busy_dng();
  const auto photograph = Photograph::of(dng.encode(), "memory.dng");
  ASSERT_TRUE(photograph) << photograph.error().sentence;
  EXPECT_EQ(photograph->kind(), PhotographKind::RawMosaic);
  EXPECT_TRUE(photograph->unchanged());
  const auto mosaic = photograph->mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->samples.view().at(3, 2), dng.samples[2 * 96 + 3]);
  const auto nothing = Photograph::of({}, "empty.dng");
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::Corrupt);
}

TEST(Photograph, ThatIsWrittenToIsRefusedWhateverIsAsked) {
  const auto path = write_dng("written.dng", busy_dng());
  const Photograph photograph = opened(path);
  wait_a_little();
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(900) << "other";
  for (const auto& error :
       {photograph.mosaic().error(), photograph.picture().error(),
        photograph.rendering<std::uint8_t>().error(), photograph.unchanged().error()}) {
    EXPECT_EQ(error.code, ErrorCode::Io);
    EXPECT_THAT(error.sentence, HasSubstr("was changed while it was read"));
    test::expect_one_sentence(error, path);
  }
}

TEST(Photograph, ThatIsCutShortMeanwhileIsNotCalledDamaged) {
  const auto path = write_dng("cut.dng", busy_dng());
  const Photograph photograph = opened(path);
  wait_a_little();
  fs::resize_file(path, 1000);
  const auto mosaic = photograph.mosaic();
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Io) << mosaic.error().sentence;
  EXPECT_THAT(mosaic.error().sentence, HasSubstr("was changed while it was read"));
}

TEST(Photograph, OfPixelsThatAreNoSquaresIsDevelopedInTheSizeThatItsFactsName) {
  TinyDng dng = flat_dng({96, 64}, 0.2);
  dng.raw_tags[50718] = test::rationals({1, 2});
  dng.crop = Rect{4, 6, 80, 50};
  const Photograph photograph = opened(write_dng("tall.dng", dng));
  const auto facts = photograph.picture_facts();
  ASSERT_TRUE(facts) << facts.error().sentence;
  EXPECT_EQ(facts->size, (Size{80, 100}));
  const auto picture = photograph.picture();
  ASSERT_TRUE(picture) << picture.error().sentence;
  EXPECT_EQ(picture->size(), facts->size);
  const auto rendering = photograph.rendering<std::uint8_t>();
  ASSERT_TRUE(rendering) << rendering.error().sentence;
  EXPECT_EQ(rendering->size(), facts->size);
}

TEST(Photograph, LinearRawLooksTheSameWithItsBlackAbove0) {
  for (const double black : {0.0, 2048.0}) {
    SCOPED_TRACE(black);
    const Photograph photograph =
        opened(write_dng("linear.dng", flat_linear({96, 64}, 0.18, black)));
    ASSERT_EQ(photograph.kind(), PhotographKind::RawLinear);
    const auto picture = photograph.picture();
    ASSERT_TRUE(picture) << picture.error().sentence;
    EXPECT_NEAR(green_at(*picture, 48, 32), 1.055 * std::pow(0.18, 1 / 2.4) - 0.055, 0.002);
    const auto rendering = photograph.rendering<std::uint16_t>();
    ASSERT_TRUE(rendering) << rendering.error().sentence;
    EXPECT_NEAR(rendering->view().at(48, 32, 1) / 65535.0, 1.055 * std::pow(0.18, 1 / 2.4) - 0.055,
                0.004);
  }
}

TEST(Photograph, OfInterleavedRowsIsRefusedByOneSentenceOfAll) {
  TinyDng dng = busy_dng();
  dng.raw_tags[50975] = test::longs({2});
  const auto path = write_dng("interleaved.dng", dng);
  const Photograph photograph = opened(path);
  EXPECT_EQ(photograph.kind(), PhotographKind::OtherRaw);
  std::set<std::string> said;
  for (const auto& error :
       {photograph.mosaic().error(), photograph.linear().error(), photograph.demosaiced().error(),
        photograph.picture().error(), photograph.rendering<std::uint8_t>().error()}) {
    EXPECT_EQ(error.code, ErrorCode::Unsupported);
    said.insert(error.sentence);
  }
  EXPECT_THAT(said, testing::ElementsAre(HasSubstr("interleaved rows")));
}

TEST(Photograph, BayerStatedAsA4x4PatternIsBayer) {
  TinyDng dng = busy_dng();
  dng.cfa_period = {4, 4};
  dng.cfa = {0, 1, 0, 1, 1, 2, 1, 2, 0, 1, 0, 1, 1, 2, 1, 2};
  const auto mosaic = opened(write_dng("bayer4.dng", dng)).mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->sensor, SensorClass::Bayer);
  EXPECT_EQ(mosaic->cfa.letters(), "RGGB");
}

TEST(Photograph, StripsThatStateTheSizeOfATileTooAreStrips) {
  TinyDng dng = busy_dng();
  dng.raw_tags[322] = test::longs({96});
  dng.raw_tags[323] = test::longs({64});
  const auto mosaic = opened(write_dng("tile_size.dng", dng)).mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->samples.view().at(5, 7), dng.samples[7 * 96 + 5]);
}

TEST(Photograph, SamplesThatAreStoredInMoreBitsThanStatedAreReadByTheirBytes) {
  TinyDng dng;
  dng.size = {96, 64};
  dng.samples = test::busy_samples(dng.size, 300, 4000);
  dng.black = {256};
  dng.white = 4095;
  dng.raw_tags[258] = test::shorts({12});
  const Photograph photograph = opened(write_dng("wide.dng", dng));
  const auto mosaic = photograph.mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  for (const int x : {0, 1, 50, 95}) {
    EXPECT_EQ(mosaic->samples.view().at(x, 9), dng.samples[static_cast<std::size_t>(9 * 96 + x)]);
  }
  EXPECT_THAT(photograph.raw_facts()->notices,
              testing::ElementsAre(HasSubstr("says 12 bits a sample")));
  EXPECT_THAT(photograph.picture()->warnings, testing::Contains(HasSubstr("12 bits a sample")));
}

TEST(Photograph, IsTurnedByItsFactsOnly) {
  TinyDng dng = flat_dng({96, 64}, 0.2);
  dng.raw_in_sub_ifd = true;
  dng.raw_tags[274] = test::shorts({6});  // the raw directory's own word for it counts for nothing
  const Photograph photograph = opened(write_dng("lying.dng", dng));
  EXPECT_EQ(photograph.orientation(), 1);
  EXPECT_EQ(photograph.picture()->orientation, 1);
  EXPECT_EQ(photograph.rendering<std::uint8_t>()->size(), (Size{96, 64}));
}

TEST(Photograph, OfAnotherKindIsRefusedWithWhatIsRead) {
  const auto path = write_file("note.txt", {'h', 'e', 'l', 'l', 'o', '\n'});
  const auto photograph = Photograph::open(path);
  ASSERT_FALSE(photograph);
  EXPECT_EQ(photograph.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(photograph.error().sentence, HasSubstr("is a text file, which Latent does not read"));
  test::expect_one_sentence(photograph.error(), path);
}

// ---- every file that there is ----

/// What one way of looking at a photograph says, which all others must say too.
void expect_one_set_of_facts(const Photograph& photograph) {
  const auto facts = photograph.picture_facts();
  const auto picture = photograph.picture();
  if (picture) {
    ASSERT_TRUE(facts) << facts.error().sentence;
    EXPECT_EQ(picture->size(), facts->size);
    EXPECT_EQ(picture->orientation, photograph.orientation());
    EXPECT_EQ(facts->orientation, photograph.orientation());
    EXPECT_EQ(picture->depth(), facts->depth);
    EXPECT_EQ(picture->colours, facts->colours);
  }
  const RawFacts* raw = photograph.raw_facts();
  if (raw == nullptr) return;
  const auto mosaic = photograph.mosaic();
  const auto linear = photograph.linear();
  EXPECT_FALSE(mosaic && linear);
  if (mosaic) {
    EXPECT_EQ(mosaic->sensor, raw->sensor);
    EXPECT_EQ(mosaic->active, raw->active);
    EXPECT_EQ(mosaic->crop, raw->crop);
    EXPECT_EQ(mosaic->orientation, raw->orientation);
    if (!raw->is_float) {
      EXPECT_EQ(mosaic->levels.white, raw->levels.white);
    }
  }
  if (linear) {
    EXPECT_EQ(linear->orientation, raw->orientation);
  }
  const auto rendering = photograph.rendering<std::uint8_t>();
  EXPECT_EQ(picture.has_value(), rendering.has_value());
  if (picture && rendering) {
    const bool lies = photograph.orientation() >= 5;
    const Size size = picture->size();
    EXPECT_EQ(rendering->size(), (lies ? Size{size.height, size.width} : size));
  }
  if (!picture && !rendering) {
    EXPECT_EQ(picture.error().sentence, rendering.error().sentence);
  }
  const Result<bool> taken = mosaic || linear       ? Result<bool>(true)
                             : raw->opens_as_linear ? tl::make_unexpected(linear.error())
                                                    : tl::make_unexpected(mosaic.error());
  if (!taken && !picture && taken.error().code == picture.error().code) {
    EXPECT_EQ(taken.error().sentence, picture.error().sentence);
  }
  if (taken) {
    EXPECT_TRUE(picture) << picture.error().sentence;
  }
}

TEST(Photograph, OfEveryFileThatThereIsHasOneSetOfFacts) {
  int seen = 0;
  for (const fs::path& folder :
       {fs::path(LATENT_SOURCE_DIR) / "tests/data", test::shared_data() / "raw",
        test::shared_data() / "../cases/raw", test::shared_data() / "../cases/picture"}) {
    if (!fs::exists(folder)) continue;  // ../shared is not everywhere
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      SCOPED_TRACE(entry.path());
      const auto photograph = Photograph::open(entry.path());
      if (!photograph) {
        test::expect_one_sentence(photograph.error(), entry.path());
        continue;
      }
      ++seen;
      expect_one_set_of_facts(*photograph);
    }
  }
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace latent::read
