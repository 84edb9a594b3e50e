// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/level_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace latent::read {

namespace {

constexpr double kTopShare = 0.9999;  ///< a few hot sites are not the brightest light
constexpr double kTolerance = 0.002;  ///< of the range, that a dark frame may lie below black

/// Some hundred thousand samples from all over the picture, of all sites of every pattern.
struct Sampled {
  std::vector<double> values;
  std::vector<double> relative;  ///< black 0, white 1
  bool divisible_by[17]{};       ///< whether all are whole multiples of 2^i
};

double black_of(const SensorLevels& levels, int channels, int x, int y, int channel) {
  return channels == 1 ? levels.black.at(x, y) : levels.black.at(channel, 0);
}

double white_of(const SensorLevels& levels, int channels, int channel) {
  if (channels == 3) return levels.white[static_cast<std::size_t>(channel)];
  return *std::ranges::max_element(levels.white);
}

/// An odd step, which falls on every site of patterns of even sides in turn.
int step_for(int side) {
  constexpr int kEnough = 400;
  return std::max(1, side / kEnough) | 1;
}

template <class T>
Sampled sampled(ImageView<const T> samples, const Rect& seen, const SensorLevels& levels) {
  Sampled found;
  const int channels = samples.channels();
  std::uint32_t all_bits = 0;
  for (int y = seen.y; y < seen.bottom(); y += step_for(seen.height)) {
    for (int x = seen.x; x < seen.right(); x += step_for(seen.width)) {
      for (int c = 0; c < channels; ++c) {
        const T sample = samples.at(x, y, c);
        if constexpr (std::is_floating_point_v<T>) {
          if (!std::isfinite(sample)) continue;
        } else {
          all_bits |= sample;
        }
        const double value = sample;
        const double black = black_of(levels, channels, x, y, c);
        found.values.push_back(value);
        found.relative.push_back((value - black) / (white_of(levels, channels, c) - black));
      }
    }
  }
  if constexpr (!std::is_floating_point_v<T>) {
    for (unsigned i = 0; i <= 16; ++i) found.divisible_by[i] = (all_bits & ((1U << i) - 1U)) == 0;
  }
  return found;
}

/// The middle of what need not be sorted: most pictures are asked for nothing else.
double middle_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

int bits_of(double count) {
  return static_cast<int>(std::bit_width(static_cast<std::uint32_t>(std::max(count, 0.0))));
}

/// Of a picture whose middle lies above white: whether it is far above, or spread, not clipped.
bool is_above_white(const Sampled& found) {
  constexpr double kFar = 1.25;
  constexpr double kSpreadOfClipped = 0.05;
  const auto first = std::ranges::upper_bound(found.relative, 1.0);
  const std::vector<double> above(first, found.relative.end());
  const double low = quantile(above, 0.1);
  const double high = quantile(above, 0.9);
  return high > kFar || high - low > kSpreadOfClipped;
}

SensorLevels times(const SensorLevels& levels, double factor) {
  SensorLevels changed = levels;
  for (float& black : changed.black.counts) black = static_cast<float>(black * factor);
  for (float& white : changed.white) white = static_cast<float>(white * factor);
  return changed;
}

std::string in_words(const SensorLevels& levels) {
  return fmt::format("black {:g}, white {:g}", *std::ranges::max_element(levels.black.counts),
                     *std::ranges::max_element(levels.white));
}

std::string changed_notice(const char* why, const SensorLevels& from, const SensorLevels& to) {
  return fmt::format("its levels ({}) contradict its samples, {}; {} was used instead",
                     in_words(from), why, in_words(to));
}

/// Levels for samples that lie above white.
void raise(const Sampled& found, bool whole, CheckedLevels& checked) {
  const SensorLevels stated = checked.levels;
  const double top = quantile(found.values, kTopShare);
  const double white = *std::ranges::max_element(stated.white);
  const int shift = whole ? bits_of(top) - bits_of(white) : 0;
  if (shift > 0 && shift <= 16 && found.divisible_by[shift]) {
    checked.levels = times(stated, std::ldexp(1.0, shift));
  } else {
    const double largest = whole ? std::ldexp(1.0, bits_of(top)) - 1 : top;
    checked.levels.white.fill(static_cast<float>(largest));
  }
  checked.notice = changed_notice("most of which lie above white", stated, checked.levels);
}

/// Levels for samples that lie below black.
void lower(const Sampled& found, bool whole, CheckedLevels& checked) {
  const SensorLevels stated = checked.levels;
  const double top = quantile(found.values, kTopShare);
  const double black = *std::ranges::max_element(stated.black.counts);
  const double white = *std::ranges::max_element(stated.white);
  const int shift = whole ? bits_of(white) - bits_of(top) : 0;
  const double factor = std::ldexp(1.0, -shift);
  if (shift > 0 && top > 0 && black * factor <= quantile(found.values, 0.25)) {
    checked.levels = times(stated, factor);
    checked.notice = changed_notice("most of which lie below black", stated, checked.levels);
    return;
  }
  checked.obstacle = fmt::format(
      "cannot be used as it is: most of its samples lie below its black level of {:g}, so that "
      "nothing says what is dark; write the right BlackLevel into a copy (ExifTool can)",
      black);
}

}  // namespace

template <class T>
CheckedLevels check_levels(ImageView<const T> samples, const Rect& seen,
                           const SensorLevels& levels) {
  constexpr bool kWhole = !std::is_floating_point_v<T>;
  CheckedLevels checked{levels, {}, {}};
  Sampled found = sampled(samples, seen, levels);
  if (found.values.empty()) return checked;
  const double black = *std::ranges::max_element(levels.black.counts);
  const double range = *std::ranges::max_element(levels.white) - black;
  const double tolerance = kWhole ? std::max(kTolerance, 2.0 / range) : kTolerance;
  const double middle = middle_of(found.relative);
  if (middle <= 1 && middle >= -tolerance) return checked;
  std::ranges::sort(found.values);
  std::ranges::sort(found.relative);
  if (middle < -tolerance) {
    lower(found, kWhole, checked);
  } else if (is_above_white(found)) {
    raise(found, kWhole, checked);
  }
  return checked;
}

template CheckedLevels check_levels(ImageView<const std::uint16_t>, const Rect&,
                                    const SensorLevels&);
template CheckedLevels check_levels(ImageView<const float>, const Rect&, const SensorLevels&);

}  // namespace latent::read
