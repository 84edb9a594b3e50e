// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/keep_means.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "base/simd.h"

namespace latent::raw {

namespace {

constexpr float kLookAlike = 0.06F;  ///< of the root of the range: beyond, cells look different
/// A mean of n sites counts for n / (n + so many): the doubt that anything was moved at all.
constexpr double kSitesOfDoubt = 3600;

/// 1 at no distance, 0 from distance 1 on, in between smooth.
float weight_of(float square) {
  const float rest = 1.0F - square;
  return rest > 0.0F ? rest * rest : 0.0F;
}

/// Between which two of `cells` a pixel lies, and how near to the second.
struct Between {
  std::size_t first;
  std::size_t second;
  float share;
};

Between between(int pixel, int cells) {
  const float place = (static_cast<float>(pixel) + 0.5F) / MeanKeeper::kCell - 0.5F;
  const float inside = std::clamp(place, 0.0F, static_cast<float>(cells - 1));
  const auto first = static_cast<std::size_t>(inside);
  const std::size_t second = std::min(first + 1, static_cast<std::size_t>(cells - 1));
  return {first, second, inside - static_cast<float>(first)};
}

LATENT_VECTORISED
void add_columns(const std::uint16_t* __restrict source, const float* __restrict denoised,
                 std::size_t width, float* __restrict levels, float* __restrict moved,
                 float* __restrict squares) {
  for (std::size_t x = 0; x < width; ++x) {
    const float difference = static_cast<float>(source[x]) - denoised[x];
    levels[x] += denoised[x];
    moved[x] += difference;
    squares[x] += difference * difference;
  }
}

/// Adds a straight line to the sites of one colour.
LATENT_VECTORISED
void add_slope(const float* __restrict mask, std::size_t count, float begin, float step,
               float* __restrict values) {
  for (std::size_t i = 0; i < count; ++i) {
    values[i] += mask[i] * (begin + step * static_cast<float>(static_cast<int>(i)));
  }
}

}  // namespace

Rect MeanKeeper::needed(const Rect& area, Size frame) {
  constexpr int kAround = kReach + 1;  // the next cell's middle is interpolated to
  const int left = std::max(0, area.x / kCell - kAround) * kCell;
  const int top = std::max(0, area.y / kCell - kAround) * kCell;
  const int right = std::min(frame.width, ((area.right() - 1) / kCell + kAround + 1) * kCell);
  const int bottom = std::min(frame.height, ((area.bottom() - 1) / kCell + kAround + 1) * kCell);
  return {left, top, right - left, bottom - top};
}

MeanKeeper::MeanKeeper(const Mosaic& mosaic, const Rect& seen, const NoiseModel& noise)
    : mosaic_(&mosaic),
      noise_(noise),
      seen_(seen),
      cells_{(seen.width + kCell - 1) / kCell, (seen.height + kCell - 1) / kCell},
      masks_(static_cast<std::size_t>(mosaic.cfa.period().height)),
      columns_(masks_.size()),
      rows_(masks_.size()),
      everywhere_(static_cast<std::size_t>(seen.width), 1.0F) {
  const auto width = static_cast<std::size_t>(seen.width);
  for (std::size_t row = 0; row < masks_.size(); ++row) {
    for (std::size_t x = 0; x < width; ++x) {
      const CfaColour colour = mosaic.cfa.at(static_cast<int>(x) + seen.x + mosaic.active.x,
                                             static_cast<int>(row) + seen.y + mosaic.active.y);
      std::vector<float>& mask = masks_[row][static_cast<std::size_t>(rgb_index(colour))];
      mask.resize(width);
      mask[x] = 1.0F;
    }
    columns_[row] = {std::vector<float>(width), std::vector<float>(width),
                     std::vector<float>(width)};
  }
  // Of a colour whose sites have several black levels their mean will do: it is only looked at.
  const Size cfa = mosaic.cfa.period();
  const Size black = mosaic.levels.black.period;
  std::array<double, 3> sites{};
  std::array<double, 3> whites{};
  for (int y = 0; y < std::lcm(cfa.height, black.height); ++y) {
    for (int x = 0; x < std::lcm(cfa.width, black.width); ++x) {
      const CfaColour colour = mosaic.cfa.at(x, y);
      const auto c = static_cast<std::size_t>(rgb_index(colour));
      sites[c] += 1;
      black_[c] += static_cast<double>(mosaic.levels.black.at(x, y));
      whites[c] += static_cast<double>(mosaic.levels.white[static_cast<std::size_t>(colour)]);
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    if (sites[c] == 0) continue;
    black_[c] /= sites[c];
    range_[c] = std::max(1.0, whites[c] / sites[c] - black_[c]);
  }
  sums_.resize(static_cast<std::size_t>(cells_.area()));
  looks_.resize(sums_.size());
  added_.resize(sums_.size());
}

void MeanKeeper::add_row(int y, std::span<const float> denoised) {
  const std::size_t row = row_of_pattern(y);
  const std::uint16_t* source =
      &mosaic_->samples.view().at(seen_.x + mosaic_->active.x, seen_.y + mosaic_->active.y + y);
  ColumnSums& sums = columns_[row];
  add_columns(source, denoised.data(), denoised.size(), sums.denoised.data(), sums.moved.data(),
              sums.square.data());
  ++rows_[row];
  if ((y + 1) % kCell == 0 || y + 1 == seen_.height) end_row_of_cells(y / kCell);
}

void MeanKeeper::end_row_of_cells(int cell_y) {
  const auto across = static_cast<std::size_t>(cells_.width);
  for (std::size_t row = 0; row < masks_.size(); ++row) {
    ColumnSums& columns = columns_[row];
    for (std::size_t c = 0; c < 3; ++c) {
      const std::vector<float>& mask = masks_[row][c];
      for (std::size_t x = 0; x < mask.size(); ++x) {
        if (mask[x] == 0.0F || !std::isfinite(columns.square[x])) continue;
        Sums& sums = sums_[static_cast<std::size_t>(cell_y) * across + x / kCell][c];
        sums.count += rows_[row];
        sums.denoised += static_cast<double>(columns.denoised[x]);
        sums.moved += static_cast<double>(columns.moved[x]);
        sums.square += static_cast<double>(columns.square[x]);
      }
    }
    for (std::vector<float>* of : {&columns.denoised, &columns.moved, &columns.square}) {
      std::ranges::fill(*of, 0.0F);
    }
    rows_[row] = 0;
  }
  for (std::size_t x = 0; x < across; ++x) {
    const std::size_t cell = static_cast<std::size_t>(cell_y) * across + x;
    looks_[cell] = look_of(cell);
  }
  const bool last = cell_y + 1 == cells_.height;
  const int solvable = last ? cells_.height : std::max(0, cell_y + 1 - kReach);
  for (; solved_ < solvable; ++solved_) solve_row(solved_);
}

MeanKeeper::Colours MeanKeeper::look_of(std::size_t cell) const {
  Colours look{};
  for (std::size_t c = 0; c < 3; ++c) {
    const Sums& sums = sums_[cell][c];
    if (sums.count == 0) continue;
    const double level = (sums.denoised / sums.count - black_[c]) / range_[c];
    look[c] = static_cast<float>(std::sqrt(std::max(0.0, level)));
  }
  return look;
}

std::array<MeanKeeper::Sums, 3> MeanKeeper::alike_around(int cell_x, int cell_y) const {
  constexpr float kBeyond = static_cast<float>((kReach + 1) * (kReach + 1));
  const auto index = [&](int x, int y) { return static_cast<std::size_t>(y * cells_.width + x); };
  const Colours& here = looks_[index(cell_x, cell_y)];
  const int left = std::max(0, cell_x - kReach);
  const int right = std::min(cells_.width, cell_x + kReach + 1);
  const int top = std::max(0, cell_y - kReach);
  const int bottom = std::min(cells_.height, cell_y + kReach + 1);
  std::array<Sums, 3> all{};
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const Colours& there = looks_[index(x, y)];
      float apart = 0;
      for (std::size_t c = 0; c < 3; ++c) apart += (there[c] - here[c]) * (there[c] - here[c]);
      const float alike = weight_of(apart / (kLookAlike * kLookAlike));
      if (alike == 0.0F) continue;
      const int far = (x - cell_x) * (x - cell_x) + (y - cell_y) * (y - cell_y);
      const auto weight = static_cast<double>(alike * weight_of(static_cast<float>(far) / kBeyond));
      const std::array<Sums, 3>& cell = sums_[index(x, y)];
      for (std::size_t c = 0; c < 3; ++c) {
        all[c].count += weight * cell[c].count;
        all[c].moved += weight * cell[c].moved;
        all[c].square += weight * weight * cell[c].square;
      }
    }
  }
  return all;
}

float MeanKeeper::lost_by(std::size_t colour, const Sums& sums, float look) const {
  if (sums.count <= 0) return 0;
  const double light = static_cast<double>(look) * static_cast<double>(look);
  const double noise = std::max(0.0, noise_.a[colour] * light + noise_.b[colour]);
  const double expected = noise * range_[colour] * range_[colour] / kSitesOfDoubt;
  if (!(expected > 0.0)) return 0;
  const double chance = sums.square / (sums.count * sums.count);  // variance of the mean
  return static_cast<float>(sums.moved / sums.count * expected / (expected + chance));
}

void MeanKeeper::solve_row(int cell_y) {
  for (int x = 0; x < cells_.width; ++x) {
    const auto cell = static_cast<std::size_t>(cell_y * cells_.width + x);
    const std::array<Sums, 3> sums = alike_around(x, cell_y);
    for (std::size_t c = 0; c < 3; ++c) added_[cell][c] = lost_by(c, sums[c], looks_[cell][c]);
  }
}

int MeanKeeper::ready() const {
  if (solved_ == cells_.height) return seen_.height;
  return std::max(0, solved_ * kCell - kCell / 2);  // down to the middle of the last solved row
}

void MeanKeeper::correct_row(int y, std::span<float> denoised) const {
  const Masks& masks = masks_[row_of_pattern(y)];
  for (std::size_t c = 0; c < 3; ++c) {
    if (!masks[c].empty()) correct(y, c, masks[c], denoised);
  }
}

void MeanKeeper::correct_colour(int y, std::size_t colour, std::span<float> denoised) const {
  correct(y, colour, everywhere_, denoised);
}

void MeanKeeper::correct(int y, std::size_t colour, const std::vector<float>& mask,
                         std::span<float> denoised) const {
  const Between rows = between(y, cells_.height);
  const auto across = static_cast<std::size_t>(cells_.width);
  const auto at = [&](std::size_t cell) {
    const float above = added_[rows.first * across + cell][colour];
    return above + rows.share * (added_[rows.second * across + cell][colour] - above);
  };
  // From the middle of a cell to that of the next; the first half and the last are level.
  float left = at(0);
  for (std::size_t cell = 0, first = 0; first < denoised.size(); ++cell) {
    const std::size_t last = std::min<std::size_t>(cell * kCell + kCell / 2, denoised.size());
    const float right = at(std::min(cell, across - 1));
    const float step = (right - left) / kCell;
    add_slope(mask.data() + first, last - first, left + 0.5F * step, step, denoised.data() + first);
    left = right;
    first = last;
  }
}

}  // namespace latent::raw
