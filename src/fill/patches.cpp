// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/patches.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/simd.h"
#include "base/threads.h"
#include "image/bounds.h"

namespace latent::fill {

namespace {

constexpr int kRow = kSide * kChannels;
constexpr float kSamples = static_cast<float>(kSide * kSide);
constexpr int kBandRows = 32;
constexpr std::size_t kSome = 4096;
constexpr int kCell = 8;
constexpr float kUsesKept = 0.5F;

/// A number that looks random and depends on nothing but its arguments.
std::uint32_t mixed(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  std::uint32_t h = a * 0x9E3779B1U ^ b * 0x85EBCA77U ^ c * 0xC2B2AE3DU;
  h ^= h >> 15U;
  h *= 0x2C1B3C6DU;
  h ^= h >> 12U;
  h *= 0x297A2D39U;
  return h ^ (h >> 15U);
}

/// A whole number of [-most, most].
int spread(std::uint32_t random, int most) {
  const auto span = static_cast<std::uint64_t>(2 * most + 1);
  return static_cast<int>((random * span) >> 32U) - most;
}

/// The sum over a patch; stops after any row that makes it exceed `enough`.
LATENT_VECTORISED
float difference(const float* to, std::ptrdiff_t to_stride, const float* from,
                 std::ptrdiff_t from_stride, float enough) {
  float sums[kRow] = {};
  float sum = 0;
  for (int y = 0; y < kSide; ++y) {
    for (int i = 0; i < kRow; ++i) {
      const float d = to[i] - from[i];
      sums[i] += d * d;
    }
    to += to_stride;
    from += from_stride;
    if (y != 2 && y != 4 && y != kSide - 1) continue;
    float lanes[kChannels] = {};
    for (int i = 0; i < kRow; i += kChannels) {
      for (int c = 0; c < kChannels; ++c) lanes[c] += sums[i + c];
    }
    sum = lanes[0] + lanes[1] + lanes[2] + lanes[3];
    if (sum > enough) return sum;
  }
  return sum;
}

Rect grown(const Rect& rect, int by, Size size) {
  return Rect{rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by}.intersection(
      {0, 0, size.width, size.height});
}

/// Means over patches for the middles in `area`, which lies at least kRadius inside.
void means_in(const Level& level, const Rect& area, ImageView<float> means) {
  std::vector<float> columns(static_cast<std::size_t>((area.width + 2 * kRadius) * kChannels));
  for (int y = area.y; y < area.bottom(); ++y) {
    std::ranges::fill(columns, 0.0F);
    for (int dy = -kRadius; dy <= kRadius; ++dy) {
      const float* row = &level.pixels.view().at(area.x - kRadius, y + dy);
      for (std::size_t i = 0; i < columns.size(); ++i) columns[i] += row[i];
    }
    float* out = &means.at(area.x, y);
    for (int x = 0; x < area.width; ++x, out += kChannels) {
      const float* from = &columns[static_cast<std::size_t>(x * kChannels)];
      float sum[kChannels] = {};
      for (int i = 0; i < kRow; i += kChannels) {
        for (int c = 0; c < kChannels; ++c) sum[c] += from[i + c];
      }
      for (int c = 0; c < kChannels; ++c) out[c] = sum[c] * (1.0F / kSamples);
    }
  }
}

Rect middles(Size size) {
  return {kRadius, kRadius, std::max(0, size.width - 2 * kRadius),
          std::max(0, size.height - 2 * kRadius)};
}

}  // namespace

void Patches::find_sources(const Level& level) {
  const Size size = level.size();
  // Barred pixels of each column in the rows of the patch, then of the patch.
  std::vector<int> columns(static_cast<std::size_t>(size.width));
  const auto barred = [&](int x, int y) {
    return level.hole.view().at(x, y) != 0 || level.bar.view().at(x, y) != 0 ? 1 : 0;
  };
  for (int y = 0; y < kSide - 1; ++y) {
    for (int x = 0; x < size.width; ++x) columns[static_cast<std::size_t>(x)] += barred(x, y);
  }
  for (int y = kRadius; y < middles(size).bottom(); ++y) {
    for (int x = 0; x < size.width; ++x) {
      columns[static_cast<std::size_t>(x)] += barred(x, y + kRadius);
    }
    int count = 0;
    for (int x = 0; x < size.width; ++x) {
      count += columns[static_cast<std::size_t>(x)];
      if (x >= kSide) count -= columns[static_cast<std::size_t>(x - kSide)];
      if (x < kSide - 1 || count != 0) continue;
      source_.view().at(x - kRadius, y) = 1;
      ++sources_;
    }
    for (int x = 0; x < size.width; ++x) {
      columns[static_cast<std::size_t>(x)] -= barred(x, y - kRadius);
    }
  }
  const std::int64_t every = std::max<std::int64_t>(1, sources_ / std::int64_t{kSome});
  std::int64_t seen = 0;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (is_source(x, y) && seen++ % every == 0) some_.push_back({x, y});
    }
  }
}

Result<Patches> Patches::of(const Level& level, float far) {
  Patches patches;
  const Size size = level.size();
  LATENT_TRY(patches.source_, Image<std::uint8_t>::create(size));
  LATENT_TRY(patches.means_, Image<float>::create(size, kChannels));
  const Rect inside = middles(size);
  if (inside.empty()) return patches;
  const Rect bounds = bounds_of(level.hole.view()).value_or(Rect{});
  const auto side = static_cast<float>(std::max({bounds.width, bounds.height, 1}));
  patches.far_ = far / (side * side);
  patches.find_sources(level);
  means_in(level, inside, patches.means_.view());
  return patches;
}

void Patches::refresh(const Level& level, const Field& field) {
  const Rect area = grown(field.area, kRadius, level.size()).intersection(middles(level.size()));
  means_in(level, area, means_.view());
}

Status Patches::count_uses(const Field& field) {
  const Size cells{(means_.width() + kCell - 1) / kCell, (means_.height() + kCell - 1) / kCell};
  LATENT_TRY(auto counts, Image<float>::create(cells));
  for (int y = 0; y < field.area.height; ++y) {
    for (int x = 0; x < field.area.width; ++x) {
      const std::int32_t* from = &field.from.view().at(x, y);
      if (from[0] < 0) continue;
      counts.view().at(from[0] / kCell, from[1] / kCell) += 1.0F / (kCell * kCell);
    }
  }
  if (uses_.empty()) {
    uses_ = std::move(counts);
    return {};
  }
  for (int y = 0; y < cells.height; ++y) {
    for (int x = 0; x < cells.width; ++x) {
      float& uses = uses_.view().at(x, y);
      uses = kUsesKept * uses + (1 - kUsesKept) * counts.view().at(x, y);
    }
  }
  return {};
}

void Patches::tone_between(Point to, Point from, float tone, float* out) const {
  const float* a = &means_.view().at(to.x, to.y);
  const float* b = &means_.view().at(from.x, from.y);
  for (int c = 0; c < 3; ++c) out[c] = std::clamp(a[c] - b[c], -tone, tone);
  out[3] = 0;
}

/// Mean squared difference after the tone is made alike; whatever exceeds `best` may come back as
/// anything that does.
float Patches::cost(const Level& level, Point to, Point from, const SearchSettings& settings,
                    float best) const {
  const auto pixels = level.pixels.view();
  const float* a = &means_.view().at(to.x, to.y);
  const float* b = &means_.view().at(from.x, from.y);
  // sum (d - t)^2 = sum d^2 - n (2 t m - t^2), with m the mean of d; and sum d^2 >= n m^2.
  float saved = 0;
  float least = (a[3] - b[3]) * (a[3] - b[3]);
  for (int c = 0; c < 3; ++c) {
    const float mean = a[c] - b[c];
    const float t = std::min(std::max(mean, -settings.tone), settings.tone);
    saved += t * (2.0F * mean - t) * 0.9F;  // the same tone is still better
    least += mean * mean;
  }
  const auto dx = static_cast<float>(to.x - from.x);
  const auto dy = static_cast<float>(to.y - from.y);
  const float uses = uses_.empty() ? 0.0F : uses_.view().at(from.x / kCell, from.y / kCell);
  const float place = far_ * (dx * dx + dy * dy) + settings.repeat * std::max(0.0F, uses - 1.0F);
  if (least - saved + place >= best) return std::numeric_limits<float>::max();
  saved *= kSamples;
  const float sum = difference(&pixels.at(to.x - kRadius, to.y - kRadius), pixels.stride(),
                               &pixels.at(from.x - kRadius, from.y - kRadius), pixels.stride(),
                               (best - place) * kSamples + saved);
  return std::max(0.0F, sum - saved) * (1.0F / kSamples) + place;
}

void Patches::try_at(const Level& level, Field& field, Point at, Point from,
                     const SearchSettings& settings) const {
  if (!is_source_inside(from)) return;
  std::int32_t* now = &field.from.view().at(at.x - field.area.x, at.y - field.area.y);
  if (now[0] == from.x && now[1] == from.y) return;
  float& best = field.cost.view().at(at.x - field.area.x, at.y - field.area.y);
  const float tried = cost(level, at, from, settings, best);
  if (tried >= best) return;
  best = tried;
  now[0] = from.x;
  now[1] = from.y;
}

Point Patches::first_source(Point at, const Field* coarser, std::uint32_t random) const {
  const Point start = some_[random % some_.size()];
  if (coarser == nullptr) return start;
  const Rect& area = coarser->area;
  const int cx = std::clamp(at.x / 2 - area.x, 0, area.width - 1);
  const int cy = std::clamp(at.y / 2 - area.y, 0, area.height - 1);
  const std::int32_t* of = &coarser->from.view().at(cx, cy);
  if (of[0] < 0) return start;
  const Point twice{2 * of[0] + (at.x & 1), 2 * of[1] + (at.y & 1)};
  return is_source_inside(twice) ? twice : start;
}

std::optional<Point> Patches::in_step(Point start, Point at, int period,
                                      std::uint32_t random) const {
  const auto stepped = [&](Point from) {
    return Point{from.x - positive_modulo(from.x - at.x, period),
                 from.y - positive_modulo(from.y - at.y, period)};
  };
  constexpr int kMostTries = 64;
  Point found = stepped(start);
  for (int tries = 0; tries < kMostTries && !is_source_inside(found); ++tries) {
    found = stepped(some_[mixed(random, static_cast<std::uint32_t>(tries), 7) % some_.size()]);
  }
  if (!is_source_inside(found)) return std::nullopt;
  return found;
}

Result<Field> Patches::begin(const Level& level, const Field* coarser,
                             const SearchSettings& settings) const {
  Field field;
  const Size size = level.size();
  field.area = grown(bounds_of(level.hole.view()).value_or(Rect{}), kRadius, size)
                   .intersection(middles(size));
  LATENT_ENSURE(!field.area.empty() && any());
  LATENT_TRY(field.from, Image<std::int32_t>::create(field.area.size(), 2));
  LATENT_TRY(field.cost, Image<float>::create(field.area.size()));
  // Which patches touch the hole: as sources are found, by the other sign.
  const auto touches = [&](int x, int y) {
    for (int dy = -kRadius; dy <= kRadius; ++dy) {
      const std::uint8_t* row = &level.hole.view().at(x - kRadius, y + dy);
      if (std::any_of(row, row + kSide, [](std::uint8_t v) { return v != 0; })) return true;
    }
    return false;
  };
  for (int y = 0; y < field.area.height; ++y) {
    for (int x = 0; x < field.area.width; ++x) {
      const Point at{field.area.x + x, field.area.y + y};
      std::int32_t* from = &field.from.view().at(x, y);
      field.cost.view().at(x, y) = std::numeric_limits<float>::max();
      from[0] = -1;
      if (!touches(at.x, at.y)) continue;
      const std::uint32_t random =
          mixed(static_cast<std::uint32_t>(at.x), static_cast<std::uint32_t>(at.y), settings.seed);
      std::optional<Point> start = first_source(at, coarser, random);
      if (settings.period > 1) start = in_step(*start, at, settings.period, random);
      if (!start) continue;
      from[0] = start->x;
      from[1] = start->y;
    }
  }
  return field;
}

void Patches::try_neighbours(const Level& level, Field& field, Point at,
                             const SearchSettings& settings, const Sweep& sweep) const {
  const int x = at.x - field.area.x;
  const int y = at.y - field.area.y;
  const int step = sweep.step;
  if (x - step >= 0 && x - step < field.area.width) {
    const std::int32_t* near = &field.from.view().at(x - step, y);
    if (near[0] >= 0) try_at(level, field, at, {near[0] + step, near[1]}, settings);
  }
  if (y - step >= sweep.first && y - step < sweep.last) {
    const std::int32_t* near = &field.from.view().at(x, y - step);
    if (near[0] >= 0) try_at(level, field, at, {near[0], near[1] + step}, settings);
  }
}

void Patches::try_around(const Level& level, Field& field, Point at, const SearchSettings& settings,
                         const Sweep& sweep) const {
  const int longest = std::max(level.size().width, level.size().height);
  const int reach = settings.reach > 0 ? std::min(settings.reach, longest) : longest;
  const std::int32_t* from = &field.from.view().at(at.x - field.area.x, at.y - field.area.y);
  std::uint32_t random = mixed(static_cast<std::uint32_t>(at.x), static_cast<std::uint32_t>(at.y),
                               settings.seed * 31U + static_cast<std::uint32_t>(sweep.round) + 1U);
  for (int far = reach; far >= 1; far /= 2) {
    random = random * 1664525U + 1013904223U;
    int dx = spread(random, far);
    random = random * 1664525U + 1013904223U;
    int dy = spread(random, far);
    if (settings.period > 1) {
      dx -= dx % settings.period;
      dy -= dy % settings.period;
    }
    try_at(level, field, at, {from[0] + dx, from[1] + dy}, settings);
  }
}

void Patches::search_band(const Level& level, Field& field, const SearchSettings& settings,
                          const Sweep& sweep) const {
  const bool forward = sweep.step > 0;
  for (int row = 0; row < sweep.last - sweep.first; ++row) {
    const int y = forward ? sweep.first + row : sweep.last - 1 - row;
    for (int column = 0; column < field.area.width; ++column) {
      const int x = forward ? column : field.area.width - 1 - column;
      const std::int32_t* from = &field.from.view().at(x, y);
      if (from[0] < 0) continue;
      const Point at{field.area.x + x, field.area.y + y};
      if (sweep.round == 0) {
        field.cost.view().at(x, y) =
            cost(level, at, {from[0], from[1]}, settings, std::numeric_limits<float>::max());
      }
      try_neighbours(level, field, at, settings, sweep);
      try_around(level, field, at, settings, sweep);
    }
  }
}

Status Patches::search(const Level& level, Field& field, const SearchSettings& settings,
                       const RunControl& control) const {
  for (int round = 0; round < settings.rounds; ++round) {
    LATENT_CHECK(control.check());
    // Bands of their own, whose borders lie elsewhere in every round.
    const int shift = (round % 2) * (kBandRows / 2);
    const int bands = (field.area.height + shift + kBandRows - 1) / kBandRows;
    const int threads = std::clamp(settings.threads, 1, std::max(1, bands));
    LATENT_CHECK(run_on_threads(threads, [&](int thread) -> Status {
      for (int band = thread; band < bands; band += threads) {
        const int first = std::max(0, band * kBandRows - shift);
        const int last = std::min(field.area.height, (band + 1) * kBandRows - shift);
        search_band(level, field, settings, {round, round % 2 == 0 ? 1 : -1, first, last});
      }
      return {};
    }));
  }
  return {};
}

}  // namespace latent::fill
