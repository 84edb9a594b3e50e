// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/quick_look.h"

#include <algorithm>
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
  for (const SiteFacts& site : sites.kinds()) {
    square = std::min(square, kSquare * site.b * site.range * site.range);
    per_count = std::min(per_count, kSquare * site.a * site.range);
    bar.black = std::max(bar.black, static_cast<float>(site.black));
  }
  bar.margin = static_cast<float>(kCautious * kDefectLeastHeight * sites.least_range());
  bar.square = static_cast<float>(kCautious * kCautious * std::max(0.0, square));
  bar.per_count = static_cast<float>(kCautious * kCautious * std::max(0.0, per_count));
  return bar;
}

/// Whether something that far from a level passes the bar.
inline bool passes(const Bar& bar, float distance, float level) {
  const float light = level - bar.black;
  const float needed = bar.square + bar.per_count * (light > 0.0F ? light : 0.0F);
  return distance > bar.margin && distance * distance > needed;
}

inline std::uint8_t outside(const Bar& bar, float here, float low, float high) {
  return static_cast<std::uint8_t>(static_cast<int>(passes(bar, here - high, high)) |
                                   static_cast<int>(passes(bar, low - here, low)));
}

/// Marks columns of a row that stand out from the eight sites two rows and columns away, which in a
/// Bayer or mono mosaic are all of the same colour: a quick look before judge().
LATENT_VECTORISED
void mark_standing_out(const std::uint16_t* __restrict above, const std::uint16_t* __restrict here,
                       const std::uint16_t* __restrict below, std::size_t width, const Bar& bar,
                       std::uint8_t* __restrict marks) {
  for (std::size_t x = 2; x + 2 < width; ++x) {
    const std::uint16_t high =
        std::max(std::max(std::max(above[x - 2], above[x]), std::max(above[x + 2], here[x - 2])),
                 std::max(std::max(here[x + 2], below[x - 2]), std::max(below[x], below[x + 2])));
    const std::uint16_t low =
        std::min(std::min(std::min(above[x - 2], above[x]), std::min(above[x + 2], here[x - 2])),
                 std::min(std::min(here[x + 2], below[x - 2]), std::min(below[x], below[x + 2])));
    marks[x] = outside(bar, here[x], low, high);
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

/// Widens [low, high] to what a neighbour shows, where it has the same colour.
LATENT_VECTORISED
void widen(const std::uint16_t* __restrict there, const std::uint16_t* __restrict same,
           std::size_t count, std::uint16_t* __restrict low, std::uint16_t* __restrict high) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto most = static_cast<std::uint16_t>(there[i] & same[i]);
    const auto least = static_cast<std::uint16_t>(there[i] | static_cast<std::uint16_t>(~same[i]));
    high[i] = high[i] > most ? high[i] : most;
    low[i] = low[i] < least ? low[i] : least;
  }
}

LATENT_VECTORISED
void mark_outside(const std::uint16_t* __restrict here, const std::uint16_t* __restrict low,
                  const std::uint16_t* __restrict high, std::size_t count, const Bar& bar,
                  std::uint8_t* __restrict marks) {
  for (std::size_t i = 0; i < count; ++i) marks[i] = outside(bar, here[i], low[i], high[i]);
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
    std::array<std::uint16_t, kChunk> low;
    std::array<std::uint16_t, kChunk> high{};
    low.fill(0xFFFF);
    for (const Neighbour& neighbour : neighbours) {
      const auto there = static_cast<std::ptrdiff_t>(x) + neighbour.offset.x;
      widen(sites_.row(y + neighbour.offset.y).data() + there, neighbour.same.data(), count,
            low.data(), high.data());
    }
    mark_outside(sites_.row(y).data() + x, low.data(), high.data(), count, bar_, marks.data() + x);
  }
}

bool QuickLook::stands_out(int x, int y) const {
  const int here = sites_.count(x, y);
  int least = 65536;
  int most = -1;
  for (const Point& offset : sites_.facts(x, y).same) {
    if (!sites_.contain(x + offset.x, y + offset.y)) continue;
    const int there = sites_.count(x + offset.x, y + offset.y);
    least = std::min(least, there);
    most = std::max(most, there);
  }
  if (most < 0) return false;  // alone in the corner of a tiny frame
  return outside(bar_, static_cast<float>(here), static_cast<float>(least),
                 static_cast<float>(most)) != 0;
}

}  // namespace latent::raw
