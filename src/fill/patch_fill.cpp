// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/patch_fill.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fill/level.h"
#include "fill/membrane.h"
#include "fill/vote.h"

namespace latent::fill {

namespace {

constexpr int kThin = 6;       ///< of the hole at the smallest size: a patch sees both sides
constexpr int kShortest = 16;  ///< side of the smallest size
constexpr int kCoarseRounds = 8;
constexpr int kFineRounds = 3;
constexpr int kFineReach = 16;  ///< at full size the place is known but for this
/// Holes of more pixels, at any size of the picture, get fewer rounds there: what the smaller sizes
/// found is nearly right, and a round takes seconds.
constexpr std::int64_t kManyPixels = 300'000;
constexpr int kRoundsOfMany = 3;
constexpr int kReachOfMany = 64;
constexpr float kTone = 0.05F;
constexpr float kFar = 0.012F;
constexpr float kUsual = 0.75F;
constexpr float kUsualAtLast = 0.4F;  ///< at full size: sharper
/// How much the roughness around a hole counts beside that of the patches found. Without it smooth
/// patches win: a mean of rough ones is smooth, and smooth ones are found for it the next time.
constexpr float kExpectedShare = 0.5F;

std::int64_t pixels_of(ImageView<const std::uint8_t> hole) {
  std::int64_t count = 0;
  for (int y = 0; y < hole.height(); ++y) {
    count += std::ranges::count_if(hole.row(y), [](std::uint8_t in) { return in != 0; });
  }
  return count;
}

/// How a size of the picture is worked on.
struct Effort {
  int rounds = kCoarseRounds;
  int reach = 0;  ///< of the search; 0: everywhere
};

Effort effort_for(const Level& level, bool finest, bool coarsest) {
  const bool many = pixels_of(level.hole.view()) > kManyPixels;
  Effort effort;
  if (finest) {
    effort.rounds = many ? 1 : kFineRounds;
    effort.reach = coarsest ? 0 : kFineReach;
  } else if (many && !coarsest) {
    effort = {kRoundsOfMany, kReachOfMany};
  }
  return effort;
}

/// The roughness of a hole as a membrane of that around it, over `area` of the level.
Result<Image<float>> expected_roughness(const Level& level, const Rect& area, int threads) {
  LATENT_TRY(auto expected, Image<float>::create(area.size()));
  LATENT_TRY(auto free, Image<std::uint8_t>::create(area.size()));
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      free.view().at(x, y) = level.hole.view().at(area.x + x, area.y + y);
      expected.view().at(x, y) = level.pixels.view().at(area.x + x, area.y + y, 3);
    }
  }
  LATENT_CHECK(fill_membrane(expected.view(), std::as_const(free).view(), threads));
  return expected;
}

void bring_to_roughness(ImageView<const float> expected, const Rect& area, Level& level) {
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      if (level.hole.view().at(area.x + x, area.y + y) == 0) continue;
      float& rough = level.pixels.view().at(area.x + x, area.y + y, 3);
      rough += kExpectedShare * (expected.at(x, y) - rough);
    }
  }
}

Status fill_flat(Level& level, int threads) {
  return fill_membrane(level.pixels.view(), std::as_const(level.hole).view(), threads);
}

}  // namespace

Result<PatchFilled> patch_fill(ImageView<const float> colours, ImageView<const std::uint8_t> hole,
                               ImageView<const std::uint8_t> bar, const PatchFillSettings& settings,
                               const RunControl& control) {
  LATENT_TRY(auto levels, pyramid(colours, hole, bar, kThin, kShortest));
  std::optional<Field> field;
  const auto count = static_cast<int>(levels.size());
  for (int i = count; i-- > 0;) {
    Level& level = levels[static_cast<std::size_t>(i)];
    LATENT_CHECK(control.check());
    LATENT_TRY(Patches patches, Patches::of(level, kFar));
    if (!patches.any()) {
      LATENT_CHECK(fill_flat(level, settings.threads));
      field.reset();
      continue;
    }
    LATENT_TRY(const auto depth, depth_in_hole(level.hole.view()));
    SearchSettings search;
    search.threads = settings.threads;
    search.seed = static_cast<std::uint32_t>(i + 1) + settings.seed;
    search.tone = kTone;
    search.period = i == 0 ? settings.period : 1;
    VoteSettings voting;
    voting.tone = search.tone;
    voting.threads = settings.threads;
    voting.usual = kUsual;
    LATENT_TRY(Field found, patches.begin(level, field ? &*field : nullptr, search));
    if (!field) {
      LATENT_CHECK(fill_flat(level, settings.threads));
    } else {
      // The hole is still empty at this size, so nothing is known of its tone.
      VoteSettings first = voting;
      first.tone = 0;
      LATENT_CHECK(vote_and_blend(level, patches, found, depth.view(), first));
    }
    LATENT_TRY(const auto expected, expected_roughness(level, found.area, settings.threads));
    bring_to_roughness(expected.view(), found.area, level);
    const Effort effort = effort_for(level, i == 0, i + 1 == count);
    for (int round = 0; round < effort.rounds; ++round) {
      patches.refresh(level, found);
      search.rounds = 2;
      search.seed += 100;
      search.reach = effort.reach;
      LATENT_CHECK(patches.count_uses(found));
      LATENT_CHECK(patches.search(level, found, search, control));
      if (i == 0 && round + 1 == effort.rounds) {
        voting.usual = kUsualAtLast;
        voting.tone_only = true;
      }
      LATENT_CHECK(vote_and_blend(level, patches, found, depth.view(), voting));
      bring_to_roughness(expected.view(), found.area, level);
    }
    field = std::move(found);
  }
  PatchFilled filled;
  const Level& finest = levels.front();
  LATENT_TRY(filled.colours, Image<float>::create(finest.size(), 3));
  for (int y = 0; y < finest.size().height; ++y) {
    for (int x = 0; x < finest.size().width; ++x) {
      const bool inside = hole.at(x, y) != 0;
      for (int c = 0; c < 3; ++c) {
        filled.colours.view().at(x, y, c) =
            inside ? finest.pixels.view().at(x, y, c) : colours.at(x, y, c);
      }
    }
  }
  filled.field = std::move(field);
  return filled;
}

}  // namespace latent::fill
