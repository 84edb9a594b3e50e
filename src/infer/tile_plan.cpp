// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tile_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <string>

#include "base/limits.h"

namespace latent::infer {
namespace {

constexpr std::int64_t kMostDefaultArea = 4'194'304;
constexpr int kLeastDefaultSide = 256;
constexpr int kReachesOfDefaultSide = 6;

/// Bytes of a tile a pixel, in the precision that needs the most: the plan is made before the
/// precision is known.
double bytes_per_px(const models::NetworkSpec& network) {
  return network.int8 ? std::max(network.memory_bytes_per_px, network.int8->memory_bytes_per_px)
                      : network.memory_bytes_per_px;
}

int least_default_side(const models::NetworkSpec& network) {
  return std::max(kLeastDefaultSide, kReachesOfDefaultSide * network.reach_px);
}

/// One axis of the task: the frame continued to a multiple of the stride, and the part wanted.
struct Axis {
  int frame = 0;
  int low = 0;     ///< where the continued frame begins: 0, or below with a margin
  int padded = 0;  ///< and one past where it ends
  int first = 0;
  int last = 0;
  int stride = 1;
  int reach = 0;
  int blend = 1;

  /// First and one past the last coordinate that a tile at `input` of this side may give.
  [[nodiscard]] int valid_first(int input) const { return input == low ? low : input + reach; }
  [[nodiscard]] int valid_last(int input, int side) const {
    return input + side >= padded ? frame : input + side - reach;
  }
  [[nodiscard]] int down(int value) const { return value - positive_modulo(value, stride); }
};

/// Tile origins for that side, as few as can be; nothing where that side cannot work.
std::optional<std::vector<int>> origins(const Axis& axis, int side) {
  std::vector<int> inputs;
  int input = std::min(axis.down(std::max(axis.low, axis.first - axis.reach)), axis.padded - side);
  for (;;) {
    inputs.push_back(input);
    const int reached = axis.valid_last(input, side);
    if (reached >= axis.last) return inputs;
    // The next one must be valid a whole band before this one ends.
    const int next = std::min(axis.down(reached - axis.blend - axis.reach), axis.padded - side);
    if (reached - axis.blend < axis.first || next <= input) return std::nullopt;
    input = next;
  }
}

std::vector<TileSpan> spans(const Axis& axis, int side, const std::vector<int>& inputs) {
  std::vector<TileSpan> result;
  for (const int input : inputs) {
    TileSpan span;
    span.input = input;
    span.first = span.rise_first = span.rise_last = axis.first;
    span.last = span.fall_first = span.fall_last = axis.last;
    if (!result.empty()) {
      // The band stands in the middle of what both may give, so as far from both edges as can be.
      TileSpan& before = result.back();
      const int low = std::max({axis.valid_first(input), before.rise_last, axis.first});
      const int high = std::min(axis.valid_last(before.input, side), axis.last);
      const int width = std::min(axis.blend, high - low);
      const int start = low + (high - low - width) / 2;
      before.fall_first = span.rise_first = span.first = start;
      before.fall_last = span.rise_last = before.last = start + width;
    }
    result.push_back(span);
  }
  return result;
}

/// The smallest side for each number of tiles along an axis, fewest tiles last.
struct Choice {
  int side = 0;
  int count = 0;
};

std::vector<Choice> choices(const Axis& axis, int max_side) {
  std::vector<Choice> result;
  const int most = std::min(axis.padded - axis.low, max_side / axis.stride * axis.stride);
  for (int side = axis.stride; side <= most; side += axis.stride) {
    const auto inputs = origins(axis, side);
    if (!inputs) continue;
    const int count = static_cast<int>(inputs->size());
    if (result.empty() || count < result.back().count) result.push_back({side, count});
    if (count == 1) break;
  }
  return result;
}

struct Grid {
  Choice across;
  Choice down;
};

/// The pair with the fewest computed pixels whose tile is not larger than `area`; of equals the one
/// with fewer tiles.
std::optional<Grid> choose(const std::vector<Choice>& across, const std::vector<Choice>& down,
                           std::int64_t area) {
  std::optional<Grid> best;
  auto best_cost = std::numeric_limits<std::int64_t>::max();
  for (const Choice& x : across) {
    for (const Choice& y : down) {
      const std::int64_t tile = std::int64_t{x.side} * y.side;
      const std::int64_t cost = tile * x.count * y.count;
      const bool fewer =
          cost == best_cost && x.count * y.count < best->across.count * best->down.count;
      if (tile > area || (cost >= best_cost && !fewer)) continue;
      best_cost = cost;
      best = Grid{x, y};
    }
  }
  return best;
}

/// The grid of tiles of a size that the caller names, within the continued frame.
std::optional<Grid> exact_grid(const Axis& across, const Axis& down, Size tile) {
  const auto choice = [](const Axis& axis, int side) -> std::optional<Choice> {
    side = std::min(side, axis.padded - axis.low);
    if (side <= 0 || side % axis.stride != 0) return std::nullopt;
    const auto inputs = origins(axis, side);
    if (!inputs) return std::nullopt;
    return Choice{side, static_cast<int>(inputs->size())};
  };
  const auto x = choice(across, tile.width);
  const auto y = choice(down, tile.height);
  if (!x || !y) return std::nullopt;
  return Grid{*x, *y};
}

/// The share of most_bytes for one tile in flight, and that for a row of tiles.
constexpr std::size_t kShares = 8;

std::int64_t area_in(std::size_t bytes, const models::NetworkSpec& network) {
  return static_cast<std::int64_t>(static_cast<double>(bytes) / bytes_per_px(network));
}

std::int64_t free_area_for(const models::NetworkSpec& network, const TileOptions& options) {
  if (options.memory_bytes > 0) return area_in(options.memory_bytes, network);
  return options.max_side_px == 0 ? default_tile_area(network)
                                  : std::int64_t{options.max_side_px} * options.max_side_px;
}

std::int64_t area_for(const models::NetworkSpec& network, const TileOptions& options) {
  const std::int64_t area = free_area_for(network, options);
  return options.most_bytes == 0 ? area
                                 : std::min(area, area_in(options.most_bytes / kShares, network));
}

/// Bytes of one row of pixels of a row of tiles.
std::size_t strip_row_bytes(const models::NetworkSpec& network, int width) {
  return sizeof(float) * static_cast<std::size_t>(width) *
         static_cast<std::size_t>(network.scale * network.scale) *
         static_cast<std::size_t>(std::max(1, network.output.planes()));
}

/// The most rows of a tile: as the caller says, else as a row of tiles has memory for.
int most_rows(const models::NetworkSpec& network, int width, const TileOptions& options) {
  if (options.max_side_px > 0) return options.max_side_px;
  constexpr std::size_t kMostRows = std::size_t{1} << 20U;
  const std::size_t row = strip_row_bytes(network, width);
  if (options.most_bytes > 0) {
    const std::size_t most = std::min(kMostStripBytes, options.most_bytes / kShares);
    return static_cast<int>(std::min(most / row, kMostRows));
  }
  if (options.memory_bytes > 0) return std::numeric_limits<int>::max();
  const auto side = static_cast<std::size_t>(least_default_side(network));
  return static_cast<int>(std::max(side, std::min(kMostStripBytes / row, kMostRows)));
}

Axis axis_of(const models::NetworkSpec& network, const TileOptions& options, int frame, int first,
             int last) {
  Axis axis;
  axis.stride = network.stride_px;
  axis.frame = frame;
  axis.low = -round_up(options.margin_px, axis.stride);
  axis.padded = round_up(frame + options.margin_px, axis.stride);
  axis.first = first;
  axis.last = last;
  axis.reach = network.reach_px;
  axis.blend = std::clamp(options.blend_px, 1, axis.stride);
  return axis;
}

/// Why most_bytes hold no tile: what the smallest one, or the one that is the only one, takes.
tl::unexpected<Error> too_little_memory(const models::NetworkSpec& network, int region_width,
                                        Size tile) {
  const double tile_bytes = static_cast<double>(tile.area()) * bytes_per_px(network);
  const double strip_bytes = static_cast<double>(strip_row_bytes(network, region_width)) *
                             static_cast<double>(tile.height);
  const double needed = std::max(tile_bytes, strip_bytes) * static_cast<double>(kShares);
  const auto megabytes =
      std::max(kLeastMemoryMegabytes,
               static_cast<std::size_t>(std::ceil(needed / static_cast<double>(kMegabyte))));
  return fail(ErrorCode::TooLarge,
              "the limit of memory leaves too little for a tile of this network; --limit-memory " +
                  std::to_string(megabytes) + " allows it");
}

/// Continues the frame until a tile of that side fits.
void make_room(Axis& axis, int side) {
  axis.padded = std::max(axis.padded, axis.low + round_up(side, axis.stride));
}

}  // namespace

float TileSpan::weight(int coordinate) const {
  const auto ramp = [](int at, int begin, int end) {
    const double part = (at - begin + 0.5) / (end - begin);
    return static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * part));
  };
  if (coordinate < first || coordinate >= last) return 0.0F;
  if (coordinate < rise_last) return ramp(coordinate, rise_first, rise_last);
  if (coordinate >= fall_first) return 1.0F - ramp(coordinate, fall_first, fall_last);
  return 1.0F;
}

TileSpan TileSpan::enlarged(int scale) const {
  return {input * scale,     first * scale,      last * scale,     rise_first * scale,
          rise_last * scale, fall_first * scale, fall_last * scale};
}

std::int64_t default_tile_area(const models::NetworkSpec& network) {
  const std::int64_t affordable =
      area_in(network.scale > 1 ? kEnlargingTileBytes : kDefaultTileBytes, network);
  const std::int64_t side = least_default_side(network);
  return std::max(side * side, std::min(affordable, kMostDefaultArea));
}

Result<TilePlan> TilePlan::create(const models::NetworkSpec& network, Size frame,
                                  const Rect& region, const TileOptions& options) {
  LATENT_CHECK(check_dimensions(frame.width, frame.height, no_limits_of_pixels()));
  LATENT_ENSURE(network.stride_px > 0 && network.reach_px >= 0 && network.memory_bytes_per_px > 0);
  if (region.empty() || !Rect{0, 0, frame.width, frame.height}.contains(region)) {
    return fail(ErrorCode::Usage, "the region must lie inside the picture of " +
                                      std::to_string(frame.width) + " x " +
                                      std::to_string(frame.height) + " pixels and not be empty");
  }
  Axis x = axis_of(network, options, frame.width, region.x, region.right());
  Axis y = axis_of(network, options, frame.height, region.y, region.bottom());
  if (options.whole_tiles) {
    make_room(x, options.exact.width);
    make_room(y, options.exact.height);
  }
  const int max_side =
      options.max_side_px > 0 ? options.max_side_px : std::numeric_limits<int>::max();
  const int max_rows = most_rows(network, region.width, options);
  const auto grid = options.exact.width > 0 ? exact_grid(x, y, options.exact)
                                            : choose(choices(x, max_side), choices(y, max_rows),
                                                     area_for(network, options));
  if (!grid) {
    const int least =
        round_up(2 * network.reach_px + x.blend + network.stride_px, network.stride_px);
    if (options.most_bytes > 0) return too_little_memory(network, region.width, {least, least});
    return fail(ErrorCode::Usage,
                "this network needs " + std::to_string(least) +
                    " pixels a side of a tile; allow larger tiles or more memory");
  }
  const Size tile{grid->across.side, grid->down.side};
  if (options.most_bytes > 0 && options.exact.width > 0 &&
      (tile.area() > area_for(network, options) || tile.height > max_rows)) {
    return too_little_memory(network, region.width, tile);
  }
  TilePlan plan;
  plan.frame_ = frame;
  plan.region_ = region;
  plan.tile_ = tile;
  plan.columns_ = spans(x, plan.tile_.width, *origins(x, plan.tile_.width));
  plan.rows_ = spans(y, plan.tile_.height, *origins(y, plan.tile_.height));
  return plan;
}

Rect TilePlan::input(int row, int column) const {
  return {columns_[static_cast<std::size_t>(column)].input,
          rows_[static_cast<std::size_t>(row)].input, tile_.width, tile_.height};
}

double TilePlan::redundancy() const {
  return static_cast<double>(tile_.area()) * tile_count() /
         static_cast<double>(region_.size().area());
}

}  // namespace latent::infer
