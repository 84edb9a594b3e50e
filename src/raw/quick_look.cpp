// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/quick_look.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/simd.h"

namespace latent::raw {

namespace {

using Bar = QuickLook::Bar;
using Neighbour = QuickLook::Neighbour;
constexpr int kChunk = QuickLook::kChunk;

Bar bar_for(const Sites& sites) {
  constexpr double kCautious = 0.9;  // black levels may differ by site
  constexpr double kSquare = kDefectSigmas * kDefectSigmas;
  Bar bar;
  double square = 1e12;
  double per_count = 1e12;
  double most_square = 0;
  double most_per_count = 0;
  for (const SiteFacts& site : sites.kinds()) {
    square = std::min(square, kSquare * site.b * site.range * site.range);
    per_count = std::min(per_count, kSquare * site.a * site.range);
    most_square = std::max(most_square, site.b * site.range * site.range);
    most_per_count = std::max(most_per_count, site.a * site.range);
    bar.black = std::max(bar.black, static_cast<float>(site.black));
    bar.least_black = std::min(bar.least_black, static_cast<float>(site.black));
  }
  bar.margin = static_cast<float>(kCautious * kDefectLeastHeight * sites.least_range());
  bar.square = static_cast<float>(kCautious * kCautious * std::max(0.0, square));
  bar.per_count = static_cast<float>(kCautious * kCautious * std::max(0.0, per_count));
  // What up to 24 sites differ by for their noise: see beyond_noise().
  constexpr double kNoiseRange = 17.0;
  bar.noise_square = static_cast<float>(kNoiseRange * most_square);
  bar.noise_per_count = static_cast<float>(kNoiseRange * most_per_count);
  return bar;
}

/// Whether something that far from a level passes the bar, where the level and its like differ by
/// `range`.
inline bool passes(const Bar& bar, float distance, float level, float range) {
  constexpr float kContrast =
      static_cast<float>(0.8 * kDefectContrasts * kDefectContrasts);  // cautious again
  const float light = level - bar.black;
  const float most_light = level - bar.least_black;
  const float needed = bar.square + bar.per_count * (light > 0.0F ? light : 0.0F);
  const float noise =
      bar.noise_square + bar.noise_per_count * (most_light > 0.0F ? most_light : 0.0F);
  const float square = distance * distance;
  return distance > bar.margin && square > needed && square > kContrast * (range * range - noise);
}

/// The outermost values seen so far, three at either end.
struct Ends {
  std::uint16_t low[3] = {0xFFFF, 0xFFFF, 0xFFFF};
  std::uint16_t high[3] = {0, 0, 0};
};

inline std::uint16_t lesser(std::uint16_t one, std::uint16_t other) {
  return one < other ? one : other;
}
inline std::uint16_t greater(std::uint16_t one, std::uint16_t other) {
  return one > other ? one : other;
}

inline void widen(Ends& ends, std::uint16_t least, std::uint16_t most) {
  for (std::uint16_t& end : ends.high) {
    const std::uint16_t kept = greater(end, most);
    most = lesser(end, most);
    end = kept;
  }
  for (std::uint16_t& end : ends.low) {
    const std::uint16_t kept = lesser(end, least);
    least = greater(end, least);
    end = kept;
  }
}

/// Whether a count stands out, kDefectOutliers of its surroundings left aside.
inline std::uint8_t outside(const Bar& bar, float here, const Ends& ends) {
  static_assert(kDefectOutliers == 2);
  const auto low = static_cast<float>(ends.low[2]);
  const auto high = static_cast<float>(ends.high[2]);
  const float above = high - static_cast<float>(ends.low[0]);
  const float below = static_cast<float>(ends.high[0]) - low;
  return static_cast<std::uint8_t>(static_cast<int>(passes(bar, here - high, high, above)) |
                                   static_cast<int>(passes(bar, low - here, low, below)));
}

/// Marks columns of a row that stand out from the eight sites two rows and columns away, which in a
/// Bayer or mono mosaic are all of the same colour: a quick look before judging.
LATENT_VECTORISED
void mark_standing_out(const std::uint16_t* __restrict above, const std::uint16_t* __restrict here,
                       const std::uint16_t* __restrict below, std::size_t width, const Bar& bar,
                       std::uint8_t* __restrict marks) {
  for (std::size_t x = 2; x + 2 < width; ++x) {
    Ends ends;
    widen(ends, above[x - 2], above[x - 2]);
    widen(ends, above[x], above[x]);
    widen(ends, above[x + 2], above[x + 2]);
    widen(ends, here[x - 2], here[x - 2]);
    widen(ends, here[x + 2], here[x + 2]);
    widen(ends, below[x - 2], below[x - 2]);
    widen(ends, below[x], below[x]);
    widen(ends, below[x + 2], below[x + 2]);
    marks[x] = outside(bar, here[x], ends);
  }
}

/// What the sites of a row of the frame share with those that lie that far off; the first column is
/// kDefectRadius. No value where they share nothing.
std::optional<Neighbour> shared_with(const Mosaic& mosaic, int y, Point offset) {
  const auto colour = [&](int x, int row) {
    return rgb_index(mosaic.cfa.at(x + mosaic.active.x, row + mosaic.active.y));
  };
  Neighbour neighbour{offset, {}};
  bool any = false;
  for (int i = 0; i < kChunk; ++i) {
    const int x = i + kDefectRadius;
    const bool same = colour(x, y) == colour(x + offset.x, y + offset.y);
    neighbour.same[static_cast<std::size_t>(i)] = same ? 0xFFFF : 0;
    any = any || same;
  }
  if (!any) return std::nullopt;
  return neighbour;
}

/// For each row of the pattern the neighbours of its sites; the first column of a chunk is
/// kDefectRadius plus a multiple of kChunk. Empty where the pattern does not repeat within a chunk.
std::vector<std::vector<Neighbour>> neighbours_of(const Mosaic& mosaic) {
  std::vector<std::vector<Neighbour>> rows;
  const Size period = mosaic.cfa.period();
  if (kChunk % period.width != 0) return rows;
  rows.resize(static_cast<std::size_t>(period.height));
  for (int y = 0; y < period.height; ++y) {
    for (int dy = -kDefectRadius; dy <= kDefectRadius; ++dy) {
      for (int dx = -kDefectRadius; dx <= kDefectRadius; ++dx) {
        if (dx == 0 && dy == 0) continue;
        const auto neighbour = shared_with(mosaic, y, {dx, dy});
        if (neighbour) rows[static_cast<std::size_t>(y)].push_back(*neighbour);
      }
    }
  }
  return rows;
}

/// The ends of a chunk, column by column.
struct ChunkEnds {
  std::array<std::array<std::uint16_t, kChunk>, 3> low;
  std::array<std::array<std::uint16_t, kChunk>, 3> high{};
};

/// Widens the ends to what a neighbour shows, where it has the same colour.
LATENT_VECTORISED
void widen(const std::uint16_t* __restrict there, const std::uint16_t* __restrict same,
           std::size_t count, ChunkEnds& ends) {
  std::uint16_t* __restrict low[3] = {ends.low[0].data(), ends.low[1].data(), ends.low[2].data()};
  std::uint16_t* __restrict high[3] = {ends.high[0].data(), ends.high[1].data(),
                                       ends.high[2].data()};
  for (std::size_t i = 0; i < count; ++i) {
    const auto most = static_cast<std::uint16_t>(there[i] & same[i]);
    const auto least = static_cast<std::uint16_t>(there[i] | static_cast<std::uint16_t>(~same[i]));
    Ends one{{low[0][i], low[1][i], low[2][i]}, {high[0][i], high[1][i], high[2][i]}};
    widen(one, least, most);
    for (std::size_t k = 0; k < 3; ++k) {
      low[k][i] = one.low[k];
      high[k][i] = one.high[k];
    }
  }
}

LATENT_VECTORISED
void mark_outside(const std::uint16_t* __restrict here, const ChunkEnds& ends, std::size_t count,
                  const Bar& bar, std::uint8_t* __restrict marks) {
  for (std::size_t i = 0; i < count; ++i) {
    const Ends one{{ends.low[0][i], ends.low[1][i], ends.low[2][i]},
                   {ends.high[0][i], ends.high[1][i], ends.high[2][i]}};
    marks[i] = outside(bar, here[i], one);
  }
}

}  // namespace

QuickLook::QuickLook(const Sites& sites, const Mosaic& mosaic)
    : sites_(sites), bar_(bar_for(sites)) {
  const Size cfa = mosaic.cfa.period();
  of_two_ = cfa.width <= 2 && cfa.height <= 2;
  if (!of_two_) neighbours_ = neighbours_of(mosaic);
}

void QuickLook::mark_row(int y, std::span<std::uint8_t> marks) const {
  std::ranges::fill(marks, std::uint8_t{1});
  const bool inside = y >= kDefectRadius && y + kDefectRadius < sites_.size().height;
  if (!inside || (!of_two_ && neighbours_.empty())) return;
  if (of_two_) {
    mark_standing_out(sites_.row(y - 2).data(), sites_.row(y).data(), sites_.row(y + 2).data(),
                      marks.size(), bar_, marks.data());
    return;
  }
  const std::vector<Neighbour>& neighbours =
      neighbours_[static_cast<std::size_t>(y) % neighbours_.size()];
  for (std::size_t x = kDefectRadius; x + kDefectRadius < marks.size(); x += kChunk) {
    const std::size_t count = std::min<std::size_t>(kChunk, marks.size() - kDefectRadius - x);
    ChunkEnds ends;
    for (auto& low : ends.low) low.fill(0xFFFF);
    for (const Neighbour& neighbour : neighbours) {
      const auto there = static_cast<std::ptrdiff_t>(x) + neighbour.offset.x;
      widen(sites_.row(y + neighbour.offset.y).data() + there, neighbour.same.data(), count, ends);
    }
    mark_outside(sites_.row(y).data() + x, ends, count, bar_, marks.data() + x);
  }
}

bool QuickLook::stands_out(int x, int y) const {
  Ends ends;
  int seen = 0;
  for (const Point& offset : sites_.facts(x, y).same) {
    if (!sites_.sound(x + offset.x, y + offset.y)) continue;
    const std::uint16_t there = sites_.count(x + offset.x, y + offset.y);
    widen(ends, there, there);
    ++seen;
  }
  if (seen == 0) return false;  // alone in the corner of a tiny frame
  // Of few and of many sites another number is left aside than here; those are judged.
  constexpr int kFew = 6;
  constexpr int kMany = 16;
  if (seen < kFew || seen > kMany) return true;
  return outside(bar_, sites_.count(x, y), ends) != 0;
}

}  // namespace latent::raw
