// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/green_balance.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace latent::raw {

namespace {

constexpr double kBrightest = 0.85;  // of white - black: above, samples are clipped
constexpr double kLeastSigmas = 0.15;
constexpr double kLeastShare = 0.01;
constexpr double kMostShare = 0.5;  // of green: more is no leak
constexpr double kSurely = 30.0;    // how many times less is left than chance would leave
constexpr int kFitted = 2;          // blocks a side that are fitted as one
constexpr std::size_t kFewest = 60;
constexpr int kRounds = 5;

using Three = std::array<double, 3>;

/// Means of a block, in units of (white - black): greens in rows with red, in rows with blue; red
/// and blue.
struct Block {
  double with_red = 0;
  double with_blue = 0;
  double red = 0;
  double blue = 0;

  [[nodiscard]] double green() const { return 0.5 * (with_red + with_blue); }
  [[nodiscard]] double differ() const { return with_red - with_blue; }
  [[nodiscard]] Three lights() const { return {green(), red, blue}; }
};

double dot(const Three& one, const Three& other) {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

/// Solves a symmetric system of three by Cramer's rule, a little of the diagonal added.
Three solved(std::array<Three, 3> m, const Three& right) {
  const double ridge = 1e-9 + 1e-6 * (m[0][0] + m[1][1] + m[2][2]);
  for (std::size_t i = 0; i < 3; ++i) m[i][i] += ridge;
  const auto determinant = [](const std::array<Three, 3>& a) {
    return a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) -
           a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0]) +
           a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);
  };
  const double all = determinant(m);
  Three x{};
  for (std::size_t k = 0; k < 3; ++k) {
    std::array<Three, 3> with = m;
    for (std::size_t i = 0; i < 3; ++i) with[i][k] = right[i];
    x[k] = determinant(with) / all;
  }
  return x;
}

/// Where red is in the quad; nothing where the pattern is none of Bayer's.
std::optional<Point> red_of(const Mosaic& mosaic) {
  if (mosaic.sensor != SensorClass::Bayer || mosaic.cfa.period() != Size{2, 2}) return std::nullopt;
  std::optional<Point> red;
  int greens = 0;
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 2; ++x) {
      const int colour = rgb_index(mosaic.cfa.at(x + mosaic.active.x, y + mosaic.active.y));
      if (colour == 0) red = Point{x, y};
      if (colour == 1) ++greens;
    }
  }
  if (greens != 2) return std::nullopt;
  return red;
}

/// Means of all blocks of the frame; the last ones may be smaller.
class Means {
 public:
  Means(const Mosaic& mosaic, const Point& red) : mosaic_(mosaic), red_(red) {
    for (int y = 0; y < 2; ++y) {
      for (int x = 0; x < 2; ++x) {
        const int site_x = x + mosaic.active.x;
        const int site_y = y + mosaic.active.y;
        const auto colour = static_cast<std::size_t>(mosaic.cfa.at(site_x, site_y));
        black_[static_cast<std::size_t>(2 * y + x)] =
            static_cast<double>(mosaic.levels.black.at(site_x, site_y));
        range_[static_cast<std::size_t>(2 * y + x)] =
            std::max(1.0, static_cast<double>(mosaic.levels.white[colour]) -
                              black_[static_cast<std::size_t>(2 * y + x)]);
      }
    }
  }

  [[nodiscard]] Block of(int left, int top) const {
    const auto frame = mosaic_.samples.view().crop(mosaic_.active);
    std::array<std::int64_t, 4> sums{};
    std::array<std::int64_t, 4> counts{};
    const int bottom = std::min(top + GreenBalance::kBlock, frame.height());
    const int right = std::min(left + GreenBalance::kBlock, frame.width());
    for (int y = top; y < bottom; ++y) {
      const auto row = frame.row(y);
      for (int x = left; x < right; ++x) {
        const auto site = static_cast<std::size_t>(2 * (y % 2) + x % 2);
        sums[site] += row[static_cast<std::size_t>(x)];
        ++counts[site];
      }
    }
    const auto mean = [&](int x, int y) {
      const auto site = static_cast<std::size_t>(2 * (y % 2) + x % 2);
      const double sum = static_cast<double>(sums[site]);
      return (sum / std::max(1.0, static_cast<double>(counts[site])) - black_[site]) / range_[site];
    };
    return {mean(red_.x + 1, red_.y), mean(red_.x, red_.y + 1), mean(red_.x, red_.y),
            mean(red_.x + 1, red_.y + 1)};
  }

  [[nodiscard]] double green_range() const {
    return range_[static_cast<std::size_t>(2 * (red_.y % 2) + (red_.x + 1) % 2)];
  }

 private:
  const Mosaic& mosaic_;
  Point red_;
  std::array<double, 4> black_{};
  std::array<double, 4> range_{};
};

bool usable(const Block& block) {
  return block.with_red < kBrightest && block.with_blue < kBrightest && block.red < kBrightest &&
         block.blue < kBrightest && block.green() > 0;
}

/// Blocks of kFitted x kFitted as one.
std::vector<Block> fitted_blocks(const std::vector<Block>& blocks, Size size) {
  std::vector<Block> fitted;
  for (int y = 0; y + kFitted <= size.height; y += kFitted) {
    for (int x = 0; x + kFitted <= size.width; x += kFitted) {
      Block mean;
      bool all = true;
      for (int k = 0; k < kFitted * kFitted; ++k) {
        const Block& one =
            blocks[static_cast<std::size_t>((y + k / kFitted) * size.width + x + k % kFitted)];
        all = all && usable(one);
        mean.with_red += one.with_red / (kFitted * kFitted);
        mean.with_blue += one.with_blue / (kFitted * kFitted);
        mean.red += one.red / (kFitted * kFitted);
        mean.blue += one.blue / (kFitted * kFitted);
      }
      if (all) fitted.push_back(mean);
    }
  }
  return fitted;
}

/// Shares that explain the differences, and how many times as much they explain as is left of it.
struct Fit {
  Three shares{};
  double surely = 0;
};

Fit fit(const std::vector<Block>& blocks, const NoiseModel& noise) {
  constexpr double kSites = 0.25 * GreenBalance::kBlock * GreenBalance::kBlock * kFitted * kFitted;
  constexpr double kFar = 2.5;
  const auto variance = [&](const Block& block) {
    return 2.0 * std::max(1e-12, noise.a[1] * std::max(0.0, block.green()) + noise.b[1]) / kSites;
  };
  Fit best;
  double spread = 1;  // of the differences that are left, in sigmas of their noise
  for (int round = 0; round < kRounds; ++round) {
    std::array<Three, 3> matrix{};
    Three right{};
    double before = 0;
    for (const Block& block : blocks) {
      const Three lights = block.lights();
      const double off = block.differ() - dot(best.shares, lights);
      const double far = std::abs(off) / (spread * std::sqrt(variance(block)));
      const double trust = round == 0 || far < kFar ? 1.0 : kFar / far;
      const double weight = trust / variance(block);
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t k = 0; k < 3; ++k) matrix[i][k] += weight * lights[i] * lights[k];
        right[i] += weight * lights[i] * block.differ();
      }
      before += weight * block.differ() * block.differ();
    }
    best.shares = solved(matrix, right);
    std::vector<double> left;
    for (const Block& block : blocks) {
      const double off = block.differ() - dot(best.shares, block.lights());
      left.push_back(std::abs(off) / std::sqrt(variance(block)));
    }
    const auto middle = left.begin() + static_cast<std::ptrdiff_t>(left.size() / 2);
    std::nth_element(left.begin(), middle, left.end());
    spread = std::max(1.0, *middle / 0.6745);
    best.surely = dot(best.shares, right) / (3.0 * spread * spread);
    if (!(before > 0)) break;
  }
  return best;
}

}  // namespace

Result<std::optional<GreenBalance>> GreenBalance::measure(const Mosaic& mosaic,
                                                          const NoiseModel& noise) {
  const std::optional<Point> red = red_of(mosaic);
  if (!red) return std::optional<GreenBalance>{};
  GreenBalance balance;
  const Size frame = mosaic.active.size();
  balance.blocks_ = {(frame.width + kBlock - 1) / kBlock, (frame.height + kBlock - 1) / kBlock};
  balance.red_phase_ = {red->y, red->x};
  const Means means(mosaic, *red);
  std::vector<Block> blocks;
  blocks.reserve(static_cast<std::size_t>(balance.blocks_.area()));
  for (int y = 0; y < balance.blocks_.height; ++y) {
    for (int x = 0; x < balance.blocks_.width; ++x) {
      blocks.push_back(means.of(x * kBlock, y * kBlock));
    }
  }
  const std::vector<Block> fitted = fitted_blocks(blocks, balance.blocks_);
  if (fitted.size() < kFewest) return std::optional<GreenBalance>{};
  const Fit found = fit(fitted, noise);
  balance.shares_ = found.shares;
  if (!(found.surely > kSurely)) return std::optional<GreenBalance>{};

  std::vector<double> minded;  // differences, in units of what a network does not mind
  balance.halves_.reserve(blocks.size());
  for (const Block& block : blocks) {
    const double green = std::max(0.0, block.green());
    const double sigma = std::sqrt(std::max(1e-12, noise.a[1] * green + noise.b[1]));
    const double most = kMostShare * green;
    const double differ = std::clamp(dot(found.shares, block.lights()), -most, most);
    minded.push_back(std::abs(differ) / std::max(kLeastSigmas * sigma, kLeastShare * green + 1e-9));
    const double fading = std::clamp((0.95 - green) / (0.95 - kBrightest), 0.0, 1.0);
    balance.halves_.push_back(static_cast<float>(0.5 * fading * differ * means.green_range()));
  }
  const auto ninth = minded.begin() + static_cast<std::ptrdiff_t>(minded.size() * 9 / 10);
  std::nth_element(minded.begin(), ninth, minded.end());
  if (*ninth < 1.0) return std::optional<GreenBalance>{};
  return std::optional<GreenBalance>(std::move(balance));
}

void GreenBalance::row(int y, std::span<const int> columns, std::span<float> add) const {
  const auto place_of = [](int pixel, int blocks) {
    return std::clamp((static_cast<float>(pixel) + 0.5F) / kBlock - 0.5F, 0.0F,
                      static_cast<float>(blocks - 1));
  };
  const float down = place_of(y, blocks_.height);
  const auto top = static_cast<int>(down);
  const int below = std::min(top + 1, blocks_.height - 1);
  const float share_down = down - static_cast<float>(top);
  const bool with_red = positive_modulo(y, 2) == red_phase_[0];
  const float sign = with_red ? -1.0F : 1.0F;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool red_column = positive_modulo(columns[i], 2) == red_phase_[1];
    if (red_column == with_red) {  // red or blue
      add[i] = 0;
      continue;
    }
    const float across = place_of(columns[i], blocks_.width);
    const auto left = static_cast<int>(across);
    const int right = std::min(left + 1, blocks_.width - 1);
    const float share = across - static_cast<float>(left);
    const auto at = [&](int row, int column) {
      return halves_[static_cast<std::size_t>(row * blocks_.width + column)];
    };
    const float above = at(top, left) + share * (at(top, right) - at(top, left));
    const float under = at(below, left) + share * (at(below, right) - at(below, left));
    add[i] = sign * (above + share_down * (under - above));
  }
}

}  // namespace latent::raw
