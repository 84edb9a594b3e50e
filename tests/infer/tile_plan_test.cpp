// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tile_plan.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "base/limits.h"

namespace latent::infer {
namespace {

models::NetworkSpec network(int reach, int stride = 16) {
  models::NetworkSpec spec;
  spec.input = {"planes", 20, 2};
  spec.output = {"residual", 4, 2};
  spec.reach_px = reach;
  spec.stride_px = stride;
  spec.memory_bytes_per_px = 144;
  return spec;
}

/// Everything the header promises about one axis of a plan.
void expect_sound(const std::vector<TileSpan>& spans, int side, int frame, int first, int last,
                  const models::NetworkSpec& spec) {
  const int padded = round_up(frame, spec.stride_px);
  for (const TileSpan& span : spans) {
    ASSERT_EQ(span.input % spec.stride_px, 0);
    ASSERT_GE(span.input, 0);
    ASSERT_LE(span.input + side, padded);
    if (span.input > 0) {
      ASSERT_GE(span.first, span.input + spec.reach_px);
    }
    if (span.input + side < padded) {
      ASSERT_LE(span.last, span.input + side - spec.reach_px);
    }
    ASSERT_GE(span.first, first);
    ASSERT_LE(span.last, last);
  }
  for (int at = first; at < last; ++at) {
    float sum = 0;
    for (const TileSpan& span : spans) sum += span.weight(at);
    ASSERT_NEAR(sum, 1.0F, 1e-6F) << at;
  }
}

TEST(TilePlan, HoldsItsPromisesForEveryFrameReachAndBudget) {
  for (const int reach : {0, 24, 64, 120}) {
    for (const Size frame : {Size{1, 1}, {17, 300}, {640, 480}, {1001, 777}, {6000, 4000}}) {
      for (const int max_side : {416, 512, 1024, 0}) {
        TileOptions options;
        options.max_side_px = max_side;
        const auto spec = network(reach);
        const Rect whole{0, 0, frame.width, frame.height};
        const auto plan = TilePlan::create(spec, frame, whole, options);
        ASSERT_TRUE(plan) << plan.error().sentence;
        if (max_side > 0) {
          EXPECT_LE(plan->tile().width, max_side);
          EXPECT_LE(plan->tile().height, max_side);
        }
        expect_sound(plan->columns(), plan->tile().width, frame.width, 0, frame.width, spec);
        expect_sound(plan->rows(), plan->tile().height, frame.height, 0, frame.height, spec);
      }
    }
  }
}

TEST(TilePlan, HoldsThemForRegionsToo) {
  const auto spec = network(64);
  const Size frame{3001, 2003};
  for (const Rect region : {Rect{0, 0, 300, 200},
                            {57, 33, 1, 1},
                            {100, 90, 1500, 1200},
                            {2990, 1990, 11, 13},
                            {63, 65, 1700, 1900}}) {
    TileOptions options;
    options.max_side_px = 640;
    const auto plan = TilePlan::create(spec, frame, region, options);
    ASSERT_TRUE(plan) << plan.error().sentence;
    expect_sound(plan->columns(), plan->tile().width, frame.width, region.x, region.right(), spec);
    expect_sound(plan->rows(), plan->tile().height, frame.height, region.y, region.bottom(), spec);
  }
}

TEST(TilePlan, ASmallFrameIsOneTile) {
  const auto plan = TilePlan::create(network(64), {500, 400}, {0, 0, 500, 400});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->tile_count(), 1);
  EXPECT_EQ(plan->tile(), (Size{512, 400}));
}

TEST(TilePlan, MoreMemoryMeansLessComputedTwice) {
  double before = 1e9;
  for (const std::size_t mebibytes : {32, 64, 128, 256, 1024, 8192}) {
    TileOptions options;
    options.memory_bytes = mebibytes << 20U;
    const auto plan = TilePlan::create(network(64), {6000, 4000}, {0, 0, 6000, 4000}, options);
    ASSERT_TRUE(plan) << plan.error().sentence;
    EXPECT_LE(plan->redundancy(), before + 1e-9);
    before = plan->redundancy();
  }
  EXPECT_NEAR(before, 1.0, 0.01);
}

TEST(TilePlan, ANetworkThatNeedsMoreMemoryGetsSmallerTiles) {
  auto spec = network(24);
  spec.memory_bytes_per_px = 160;
  EXPECT_EQ(default_tile_area(spec), 2 << 20);
  spec.memory_bytes_per_px = 1;
  EXPECT_EQ(default_tile_area(spec), 4 << 20);
  spec.memory_bytes_per_px = 640;
  EXPECT_EQ(default_tile_area(spec), 1 << 19);
  spec.int8.emplace().memory_bytes_per_px = 1280;
  EXPECT_EQ(default_tile_area(spec), 1 << 18) << "the precision that needs the most counts";
  spec.int8.reset();
  spec.memory_bytes_per_px = 1e6;
  EXPECT_EQ(default_tile_area(spec), 256 * 256);
  spec.reach_px = 100;
  EXPECT_EQ(default_tile_area(spec), 600 * 600) << "a tile is more than its surroundings";
  const Size frame{6000, 4000};
  const auto plan = TilePlan::create(spec, frame, {0, 0, frame.width, frame.height});
  ASSERT_TRUE(plan) << plan.error().sentence;
  EXPECT_LE(plan->tile().area(), 600 * 600);
}

TEST(TilePlan, ARowOfTilesOfAnEnlargedFrameHasItsLimit) {
  auto spec = network(24, 8);
  spec.input = {"planes", 4, 1};
  spec.output = {"residual", 48, 4};
  spec.scale = 4;
  spec.memory_bytes_per_px = 1500;
  for (const Size frame : {Size{6000, 4000}, {15000, 1000}, {900, 9000}}) {
    const auto plan = TilePlan::create(spec, frame, {0, 0, frame.width, frame.height});
    ASSERT_TRUE(plan) << plan.error().sentence;
    const auto strip = std::int64_t{frame.width} * plan->tile().height * 16 * 3 * 4;
    EXPECT_TRUE(strip <= static_cast<std::int64_t>(kMostStripBytes) || plan->tile().height <= 256);
    EXPECT_LT(plan->redundancy(), 2.2);
  }
}

TEST(TilePlan, ALimitOfMemoryHoldsThreeTilesAndARowOfThemInHalfOfIt) {
  const auto spec = network(64);
  const Size frame{9000, 6000};
  const Rect whole{0, 0, frame.width, frame.height};
  for (const std::size_t megabytes : {120U, 200U, 500U, 100'000U}) {
    TileOptions options;
    options.most_bytes = megabytes * kMegabyte;
    const auto plan = TilePlan::create(spec, frame, whole, options);
    ASSERT_TRUE(plan) << plan.error().sentence;
    expect_sound(plan->columns(), plan->tile().width, frame.width, 0, frame.width, spec);
    expect_sound(plan->rows(), plan->tile().height, frame.height, 0, frame.height, spec);
    const auto tile = static_cast<double>(plan->tile().area()) * spec.memory_bytes_per_px;
    const auto strip =
        static_cast<double>(frame.width) * plan->tile().height * 4 * spec.output.planes();
    EXPECT_LE(3 * tile + strip, static_cast<double>(options.most_bytes) / 2) << megabytes;
  }
  TileOptions plenty;
  plenty.most_bytes = 100'000 * kMegabyte;
  EXPECT_EQ(TilePlan::create(spec, frame, whole, plenty)->tile(),
            TilePlan::create(spec, frame, whole)->tile());
}

TEST(TilePlan, WhereTheLimitOfMemoryHoldsNoTileItSaysWhichLimitWould) {
  const auto spec = network(64);
  const Size frame{9000, 6000};
  const Rect whole{0, 0, frame.width, frame.height};
  for (const Size exact : {Size{}, Size{512, 512}}) {
    TileOptions options;
    options.exact = exact;
    options.most_bytes = 16 * kMegabyte;
    const auto plan = TilePlan::create(spec, frame, whole, options);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, ErrorCode::TooLarge);
    const std::string option = "--limit-memory ";
    const auto at = plan.error().sentence.find(option);
    ASSERT_NE(at, std::string::npos) << plan.error().sentence;
    options.most_bytes = std::stoul(plan.error().sentence.substr(at + option.size())) * kMegabyte;
    EXPECT_TRUE(TilePlan::create(spec, frame, whole, options)) << plan.error().sentence;
  }
}

TEST(TilePlan, AFrameBeyondTheLimitsOfFilesIsCutToo) {
  const Size frame{100'000, 9000};
  EXPECT_TRUE(TilePlan::create(network(64), frame, {0, 0, frame.width, frame.height}));
}

TEST(TilePlan, TilesOfAGivenSizeServeEveryRegionThatFits) {
  const auto spec = network(64);
  const Size frame{3001, 2003};
  const int side = round_up(300 + 2 * 64 + 15, 16);
  TileOptions options;
  options.exact = {side, side};
  for (int x = 0; x + 300 <= frame.width; x += 301) {
    for (int y = 0; y + 300 <= frame.height; y += 299) {
      const auto plan = TilePlan::create(spec, frame, {x, y, 300, 300}, options);
      ASSERT_TRUE(plan) << plan.error().sentence;
      ASSERT_EQ(plan->tile(), options.exact);
      ASSERT_EQ(plan->tile_count(), 1);
      expect_sound(plan->columns(), side, frame.width, x, x + 300, spec);
    }
  }
  const auto small = TilePlan::create(spec, {100, 50}, {0, 0, 100, 50}, options);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->tile(), (Size{112, 64}));
  options.exact = {100, 100};
  EXPECT_FALSE(TilePlan::create(spec, frame, {0, 0, 300, 300}, options)) << "no multiple of 16";
}

TEST(TilePlan, AnEnlargedSpanHasTheSameWeightsInSmallerSteps) {
  const auto plan =
      TilePlan::create(network(24), {1000, 500}, {0, 0, 1000, 500}, {.max_side_px = 256});
  ASSERT_TRUE(plan);
  for (const int scale : {2, 4}) {
    for (int x = 0; x < 1000 * scale; ++x) {
      float sum = 0;
      for (const TileSpan& span : plan->columns()) {
        const float weight = span.enlarged(scale).weight(x);
        sum += weight;
        ASSERT_NEAR(weight, span.weight(x / scale), 0.15F);
      }
      ASSERT_NEAR(sum, 1.0F, 1e-6F) << x;
    }
  }
}

TEST(TilePlan, ASmallRegionIsCheap) {
  const auto plan = TilePlan::create(network(64), {6000, 4000}, {3000, 2000, 512, 512});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->tile_count(), 1);
  EXPECT_LE(plan->tile().width, 512 + 2 * 64 + 32);
}

TEST(TilePlan, RefusesWhatCannotBeCut) {
  const auto spec = network(64);
  for (const Rect region : {Rect{0, 0, 0, 5}, {-1, 0, 5, 5}, {90, 0, 20, 5}}) {
    const auto refused = TilePlan::create(spec, {100, 100}, region);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  }
  TileOptions options;
  options.max_side_px = 100;
  const auto small = TilePlan::create(spec, {6000, 4000}, {0, 0, 6000, 4000}, options);
  ASSERT_FALSE(small);
  EXPECT_NE(small.error().sentence.find("needs 160 pixels"), std::string::npos)
      << small.error().sentence;
}

/// Networks of other programs: one size of tile, and a margin that is mirrored around the frame.
TEST(TilePlan, ATileOfOneSizeWithAMarginCoversEveryFrame) {
  const auto spec = network(56);
  TileOptions options;
  options.exact = {256, 256};
  options.margin_px = 64;
  options.whole_tiles = true;
  for (int width = 1; width < 700; width += 3) {
    const Size frame{width, 701 - width};
    const Rect region{width / 3, frame.height / 4, width - width / 3, frame.height / 2 + 1};
    const auto plan = TilePlan::create(spec, frame, region, options);
    ASSERT_TRUE(plan) << width << ": " << plan.error().sentence;
    ASSERT_EQ(plan->tile(), (Size{256, 256}));
    for (const auto& [spans, length, first, last] :
         {std::tuple{&plan->columns(), frame.width, region.x, region.right()},
          std::tuple{&plan->rows(), frame.height, region.y, region.bottom()}}) {
      for (const TileSpan& span : *spans) {
        ASSERT_EQ(positive_modulo(span.input, spec.stride_px), 0);
        ASSERT_GE(span.input, -64);
        // Nothing is given that stands nearer than the reach to an edge of the tile.
        ASSERT_GE(span.first, span.input + spec.reach_px);
        ASSERT_LE(span.last, span.input + 256 - spec.reach_px);
      }
      for (int at = first; at < last; ++at) {
        float sum = 0;
        for (const TileSpan& span : *spans) sum += span.weight(at);
        ASSERT_NEAR(sum, 1.0F, 1e-6F) << at << " of " << length;
      }
    }
  }
}

/// As many tiles as the package's own program needs: the step is the tile less twice its overlap.
TEST(TilePlan, ATileOfOneSizeIsNotWasted) {
  auto spec = network(56);
  TileOptions options;
  options.exact = {1024, 1024};
  options.margin_px = 64;
  options.whole_tiles = true;
  const Size frame{6000, 4000};
  const auto plan = TilePlan::create(spec, frame, {0, 0, 6000, 4000}, options);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->columns().size(), 7U);
  EXPECT_EQ(plan->rows().size(), 5U);
}

}  // namespace
}  // namespace latent::infer
