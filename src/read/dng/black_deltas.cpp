// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/black_deltas.h"

#include <algorithm>
#include <cmath>

#include "metadata/tiff_fields.h"
#include "read/dng/dng_directories.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

constexpr double kMost = 65535.0;

bool is_whole(double value) { return value == std::floor(value); }

/// The mean; a whole number where all are, so that nothing needs to be rounded then.
double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  double sum = 0;
  for (const double value : values) sum += value;
  const double exact = sum / static_cast<double>(values.size());
  return std::ranges::all_of(values, is_whole) ? std::nearbyint(exact) : exact;
}

/// None where they do not fit the side of the active area or are all the same.
std::vector<float> less_mean(const std::vector<double>& values, int side) {
  const double middle = mean(values);
  const bool fits = values.size() == static_cast<std::size_t>(side);
  const bool differ = std::ranges::any_of(values, [&](double v) { return v != middle; });
  if (!fits || !differ) return {};
  std::vector<float> rest;
  rest.reserve(values.size());
  for (const double value : values) {
    rest.push_back(static_cast<float>(std::clamp(value - middle, -kMost, kMost)));
  }
  return rest;
}

double largest_of(const std::vector<float>& values) {
  return values.empty() ? 0.0 : double{*std::ranges::max_element(values)};
}

double smallest_of(const std::vector<float>& values) {
  return values.empty() ? 0.0 : double{*std::ranges::min_element(values)};
}

/// How often samples can be doubled, if that helps at all.
int shift_for(const BlackDeltas& deltas, double largest_sample) {
  const auto whole = [](float value) { return is_whole(double{value}); };
  if (std::ranges::all_of(deltas.by_column, whole) && std::ranges::all_of(deltas.by_row, whole)) {
    return 0;
  }
  constexpr int kEnough = 4;
  const double largest =
      std::max(1.0, largest_sample - smallest_of(deltas.by_column) - smallest_of(deltas.by_row));
  int shift = 0;
  while (shift < kEnough && largest * static_cast<double>(2 << shift) <= kMost) ++shift;
  return shift;
}

}  // namespace

double BlackDeltas::largest() const {
  return std::max(0.0, largest_of(by_column) + largest_of(by_row));
}

float BlackDeltas::at(int x, int y) const {
  if (x < active.x || x >= active.right() || y < active.y || y >= active.bottom()) return 0;
  const float of_row = by_row.empty() ? 0.0F : by_row[static_cast<std::size_t>(y - active.y)];
  const float of_column =
      by_column.empty() ? 0.0F : by_column[static_cast<std::size_t>(x - active.x)];
  return of_row + of_column;
}

void BlackDeltas::take_off(int x, int y, int samples_per_pixel,
                           std::span<std::uint16_t> row) const {
  const auto factor = static_cast<float>(1 << shift);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const float black = at(x + static_cast<int>(i) / samples_per_pixel, y);
    const float value = std::floor((static_cast<float>(row[i]) - black) * factor + 0.5F);
    row[i] = static_cast<std::uint16_t>(
        static_cast<std::int32_t>(std::clamp(value, 0.0F, static_cast<float>(kMost))));
  }
}

void BlackDeltas::take_off(int x, int y, int samples_per_pixel, std::span<float> row) const {
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] -= at(x + static_cast<int>(i) / samples_per_pixel, y);
  }
}

BlackDeltas read_black_deltas(const DngDirectories& directories, const Rect& active,
                              double largest_sample) {
  const std::vector<double> columns = directories.numbers(tag::kBlackLevelDeltaH);
  const std::vector<double> rows = directories.numbers(tag::kBlackLevelDeltaV);
  BlackDeltas deltas;
  deltas.mean = mean(columns) + mean(rows);
  deltas.active = active;
  deltas.by_column = less_mean(columns, active.width);
  deltas.by_row = less_mean(rows, active.height);
  deltas.shift = shift_for(deltas, largest_sample);
  return deltas;
}

}  // namespace latent::read
