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
constexpr float kTone = 0.05F;
constexpr float kFar = 0.012F;
constexpr float kUsual = 0.75F;

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
    const int rounds = i == 0 ? kFineRounds : kCoarseRounds;
    for (int round = 0; round < rounds; ++round) {
      patches.refresh(level, found);
      search.rounds = 2;
      search.seed += 100;
      search.reach = i == 0 && count > 1 ? kFineReach : 0;
      LATENT_CHECK(patches.search(level, found, search, control));
      LATENT_CHECK(vote_and_blend(level, patches, found, depth.view(), voting));
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
