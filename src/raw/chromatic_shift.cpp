// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/chromatic_shift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "base/threads.h"
#include "raw/chromatic_fit.h"
#include "raw/cubic.h"
#include "raw/encode.h"

namespace latent::raw {

namespace {

constexpr int kBlock = 32;
constexpr int kSmooth = 5;      // taps to each side
constexpr double kSigma = 1.5;  // of the smoothing, px
constexpr int kMostShift = 9;   // and a little, beyond the block
constexpr int kAround = kMostShift + 3;
constexpr int kPatch = kBlock + 2 * kAround;
constexpr int kCellsAcross = 16;  // of the frame, each with its best blocks
constexpr int kCellsDown = 12;
constexpr std::size_t kOfCell = 6;
constexpr int kRounds = 6;

/// Noise and rounding, whatever a network was made for.
models::EncodingLimits plain_limits() {
  models::EncodingLimits limits;
  limits.sigma_u_min = 1e-6;
  limits.sigma_u_max = 1;
  limits.offset_max = 1;
  return limits;
}

struct Block {
  int x = 0;  ///< of the frame
  int y = 0;
  double score = 0;
};

double rho_of(Size frame, double x, double y) {
  const double half = 0.5 * std::hypot(frame.width - 1, frame.height - 1);
  return std::hypot(x - 0.5 * (frame.width - 1), y - 0.5 * (frame.height - 1)) / half;
}

/// Encoded samples of the mosaic, by site.
class Sites {
 public:
  Sites(const Mosaic& mosaic, const Encoder& encoder) : mosaic_(mosaic), encoder_(encoder) {}

  [[nodiscard]] Size frame() const { return mosaic_.active.size(); }
  [[nodiscard]] int colour(int x, int y) const { return encoder_.at(x, y).colour; }
  [[nodiscard]] double sigma(int x, int y) const { return encoder_.at(x, y).sigma_u; }
  [[nodiscard]] float count(int x, int y) const {
    return mosaic_.samples.view().at(x + mosaic_.active.x, y + mosaic_.active.y);
  }
  [[nodiscard]] bool clipped(int x, int y) const {
    constexpr float kNear = 0.97F;
    return count(x, y) >= kNear * encoder_.at(x, y).saturation;
  }
  [[nodiscard]] float u(int x, int y) const {
    const SiteCode& code = encoder_.at(x, y);
    return std::sqrt(std::max(0.0F, count(x, y) * code.scale + code.shift));
  }
  /// How far apart greens repeat in both directions.
  [[nodiscard]] int green_step() const { return mosaic_.sensor == SensorClass::XTrans ? 3 : 2; }

 private:
  const Mosaic& mosaic_;
  const Encoder& encoder_;
};

/// How strong the edges of a block are in the direction to the centre, over the noise; 0 where they
/// are too weak or samples are clipped.
double score_of(const Sites& sites, int x0, int y0) {
  const int step = sites.green_step();
  const Size frame = sites.frame();
  const double cx = x0 + 0.5 * kBlock - 0.5 * frame.width;
  const double cy = y0 + 0.5 * kBlock - 0.5 * frame.height;
  const double r = std::hypot(cx, cy);
  if (r < 1) return 0;
  double sum = 0;
  double noise = 0;
  int count = 0;
  int clipped = 0;
  for (int y = y0; y < y0 + kBlock; ++y) {
    for (int x = x0; x < x0 + kBlock; ++x) {
      clipped += sites.clipped(x, y) ? 1 : 0;
      if (sites.colour(x, y) != 1) continue;
      const double across = sites.u(x + step, y) - sites.u(x - step, y);
      const double down = sites.u(x, y + step) - sites.u(x, y - step);
      const double outwards = (across * cx + down * cy) / r;
      sum += outwards * outwards;
      noise += 2 * sites.sigma(x, y) * sites.sigma(x, y);
      ++count;
    }
  }
  constexpr int kMostClipped = kBlock * kBlock / 50;
  constexpr double kOverNoise = 3.0;
  constexpr double kLeast = 2e-4;
  if (count == 0 || clipped > kMostClipped || sum < kOverNoise * noise) return 0;
  const double edges = (sum - noise) / count;
  return edges > kLeast ? edges : 0;
}

/// The best blocks of each cell of the frame.
std::vector<Block> blocks_of(const Sites& sites, int threads, Status& status) {
  const Size frame = sites.frame();
  std::vector<std::vector<Block>> cells(static_cast<std::size_t>(kCellsAcross) * kCellsDown);
  const int rows = (frame.height - 2 * kAround) / kBlock;
  const int columns = (frame.width - 2 * kAround) / kBlock;
  if (rows <= 0 || columns <= 0) return {};
  std::vector<Block> all(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  status = for_row_parts(rows, threads, [&](int first, int last) {
    for (int row = first; row < last; ++row) {
      for (int column = 0; column < columns; ++column) {
        const int x = kAround + column * kBlock;
        const int y = kAround + row * kBlock;
        all[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
            static_cast<std::size_t>(column)] = {x, y, score_of(sites, x, y)};
      }
    }
  });
  for (const Block& block : all) {
    if (block.score <= 0) continue;
    const int cell =
        block.y * kCellsDown / frame.height * kCellsAcross + block.x * kCellsAcross / frame.width;
    cells[static_cast<std::size_t>(cell)].push_back(block);
  }
  std::vector<Block> best;
  for (auto& cell : cells) {
    std::ranges::sort(cell, [](const Block& one, const Block& other) {
      return one.score != other.score ? one.score > other.score
                                      : std::pair(one.y, one.x) < std::pair(other.y, other.x);
    });
    cell.resize(std::min(cell.size(), kOfCell));
    best.insert(best.end(), cell.begin(), cell.end());
  }
  return best;
}

using Plane = std::vector<float>;  ///< [kPatch, kPatch]

std::size_t place(int x, int y) { return static_cast<std::size_t>(y * kPatch + x); }

constexpr int kWide = kPatch + 2 * kSmooth;
constexpr std::size_t kTaps = 2 * kSmooth + 1;

/// Weighted sums, and the weights in them.
struct Sums {
  std::vector<double> sum;
  std::vector<double> weight;
};

std::array<double, kTaps> smoothing_taps() {
  std::array<double, kTaps> taps{};
  for (int i = -kSmooth; i <= kSmooth; ++i)
    taps[static_cast<std::size_t>(i + kSmooth)] = std::exp(-0.5 * i * i / kSigma / kSigma);
  return taps;
}

/// Sums along the rows of the patch, [kWide rows, kPatch columns], of the sites of one colour.
Sums smoothed_rows(const Sites& sites, const Block& block, int colour,
                   const std::array<double, kTaps>& taps) {
  const Size frame = sites.frame();
  const std::size_t count = static_cast<std::size_t>(kPatch) * kWide;
  Sums sums{std::vector<double>(count), std::vector<double>(count)};
  std::vector<double> value(kWide);
  std::vector<double> there(kWide);
  for (int y = 0; y < kWide; ++y) {
    const int fy = mirror_index(block.y - kAround - kSmooth + y, frame.height);
    for (int x = 0; x < kWide; ++x) {
      const int fx = mirror_index(block.x - kAround - kSmooth + x, frame.width);
      const bool is = sites.colour(fx, fy) == colour;
      there[static_cast<std::size_t>(x)] = is ? 1 : 0;
      value[static_cast<std::size_t>(x)] = is ? sites.u(fx, fy) : 0;
    }
    for (int x = 0; x < kPatch; ++x) {
      const std::size_t to = place(x, y);
      for (std::size_t tap = 0; tap < taps.size(); ++tap) {
        sums.sum[to] += taps[tap] * value[static_cast<std::size_t>(x) + tap];
        sums.weight[to] += taps[tap] * there[static_cast<std::size_t>(x) + tap];
      }
    }
  }
  return sums;
}

/// One colour around a block, smoothed over the sites that have it.
Plane smoothed(const Sites& sites, const Block& block, int colour) {
  const auto taps = smoothing_taps();
  const Sums rows = smoothed_rows(sites, block, colour, taps);
  Plane out(static_cast<std::size_t>(kPatch) * kPatch);
  for (int y = 0; y < kPatch; ++y) {
    for (int x = 0; x < kPatch; ++x) {
      double total = 0;
      double weights = 0;
      for (std::size_t tap = 0; tap < kTaps; ++tap) {
        const std::size_t from = place(x, y + static_cast<int>(tap));
        total += taps[tap] * rows.sum[from];
        weights += taps[tap] * rows.weight[from];
      }
      out[place(x, y)] = static_cast<float>(total / std::max(weights, 1e-6));
    }
  }
  return out;
}

double sample(const Plane& plane, double x, double y) {
  const int left = std::clamp(static_cast<int>(std::floor(x)), 1, kPatch - 3);
  const int top = std::clamp(static_cast<int>(std::floor(y)), 1, kPatch - 3);
  const auto across = cubic_weights(x - left);
  const auto down = cubic_weights(y - top);
  double sum = 0;
  for (int j = 0; j < 4; ++j) {
    double row = 0;
    for (int i = 0; i < 4; ++i) {
      row += across[static_cast<std::size_t>(i)] * plane[place(left - 1 + i, top - 1 + j)];
    }
    sum += down[static_cast<std::size_t>(j)] * row;
  }
  return sum;
}

/// Sums of products over a block of green, 1, green's slope outwards and colour.
using Products = std::array<std::array<double, 4>, 4>;

/// Those of `block`, its colour moved by `scale` times the way from the frame's middle first. Only
/// the upper half is filled.
Products products_of(const Block& block, const Plane& green, const Plane& colour, double scale,
                     double middle_x, double middle_y) {
  Products m{};
  for (int y = kAround; y < kAround + kBlock; ++y) {
    for (int x = kAround; x < kAround + kBlock; ++x) {
      const double from_x = block.x - kAround + x - middle_x;
      const double from_y = block.y - kAround + y - middle_y;
      const double dx = green[place(x + 1, y)] - green[place(x - 1, y)];
      const double dy = green[place(x, y + 1)] - green[place(x, y - 1)];
      const std::array<double, 4> row{
          green[place(x, y)], 1, -0.5 * (dx * from_x + dy * from_y) / std::hypot(from_x, from_y),
          sample(colour, x + scale * from_x, y + scale * from_y)};
      for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = i; j < 4; ++j) m[i][j] += row[i] * row[j];
      }
    }
  }
  return m;
}

/// colour = share * green + rest - share * px * (green's slope outwards), by least squares over the
/// block; `so_far` is taken back first.
std::optional<BlockShift> shift_of(const Block& block, const Plane& green, const Plane& colour,
                                   Size frame, const RadialShift& so_far) {
  const double middle_x = 0.5 * (frame.width - 1);
  const double middle_y = 0.5 * (frame.height - 1);
  const double cx = block.x + 0.5 * (kBlock - 1) - middle_x;
  const double cy = block.y + 0.5 * (kBlock - 1) - middle_y;
  const double r = std::hypot(cx, cy);
  const double rho = rho_of(frame, cx + middle_x, cy + middle_y);
  constexpr double kNearCentre = 0.08;
  if (rho < kNearCentre) return std::nullopt;
  const double scale = so_far.px(rho) / r;
  const Products m = products_of(block, green, colour, scale, middle_x, middle_y);
  // The constant goes first; two unknowns are left.
  constexpr double kCount = kBlock * kBlock;
  const auto about = [&](std::size_t i, std::size_t j) {
    const auto sum = [&](std::size_t k) { return k < 1 ? m[k][1] : m[1][k]; };
    return m[i][j] - sum(i) * sum(j) / kCount;
  };
  const double gg = about(0, 0);
  const double gs = about(0, 2);
  const double ss = about(2, 2);
  const double gc = about(0, 3);
  const double sc = about(2, 3);
  const double cc = about(3, 3);
  const double determinant = gg * ss - gs * gs;
  if (!(determinant > 1e-6 * gg * ss) || !(gg > 0) || !(cc > 0)) return std::nullopt;
  const double share = (gc * ss - sc * gs) / determinant;
  const double moved = (sc * gg - gc * gs) / determinant;
  const double left = std::max(cc - share * gc - moved * sc, 0.0);
  constexpr double kLeastShare = 0.15;
  constexpr double kMostLeft = 0.1;
  if (share < kLeastShare || left > kMostLeft * cc) return std::nullopt;
  constexpr double kAlike = 8.0;  // smoothing makes so many neighbours tell the same
  BlockShift found;
  found.rho = rho;
  found.px = moved / share;
  found.variance = kAlike * left / kCount * gg / determinant / (share * share);
  found.quadrant = (cx > 0 ? 1 : 0) + (cy > 0 ? 2 : 0);
  constexpr double kMostVariance = 0.3 * 0.3;
  constexpr double kMostStep = 4.0;
  if (!(found.variance < kMostVariance) || std::abs(found.px) > kMostStep) return std::nullopt;
  return found;
}

struct Patches {
  Plane green;
  Plane red;
  Plane blue;
};

class Measuring {
 public:
  Measuring(const Sites& sites, std::vector<Block> blocks, int threads)
      : sites_(sites), blocks_(std::move(blocks)), threads_(threads), patches_(blocks_.size()) {}

  Status smooth() {
    return for_row_parts(count(), threads_, [&](int first, int last) {
      for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
        patches_[i] = {smoothed(sites_, blocks_[i], 1), smoothed(sites_, blocks_[i], 0),
                       smoothed(sites_, blocks_[i], 2)};
      }
    });
  }

  /// What is found of one colour, with the last fit.
  Result<std::optional<ShiftFit>> fit(int colour) {
    std::optional<ShiftFit> fit;
    RadialShift so_far;
    for (int round = 0; round < kRounds; ++round) {
      std::vector<std::optional<BlockShift>> found(blocks_.size());
      LATENT_CHECK(for_row_parts(count(), threads_, [&](int first, int last) {
        for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
          const Plane& plane = colour == 0 ? patches_[i].red : patches_[i].blue;
          found[i] = shift_of(blocks_[i], patches_[i].green, plane, sites_.frame(), so_far);
        }
      }));
      std::vector<BlockShift> told;
      for (const auto& each : found) {
        if (each) told.push_back(*each);
      }
      fit = fit_shift(told, so_far);
      if (!fit || fit->shift.largest() > kMostShift) break;
      so_far = fit->shift;
    }
    return fit;
  }

 private:
  [[nodiscard]] int count() const { return static_cast<int>(blocks_.size()); }

  const Sites& sites_;
  std::vector<Block> blocks_;
  int threads_;
  std::vector<Patches> patches_;
};

}  // namespace

double RadialShift::largest() const {
  constexpr int kSteps = 64;
  double found = 0;
  for (int i = 1; i <= kSteps; ++i) {
    found = std::max(found, std::abs(px(static_cast<double>(i) / kSteps)));
  }
  return found;
}

ChromaticShift::Offset ChromaticShift::at(int colour, double x, double y) const {
  const double cx = x - 0.5 * (frame.width - 1);
  const double cy = y - 0.5 * (frame.height - 1);
  const double half = 0.5 * std::hypot(frame.width - 1, frame.height - 1);
  const RadialShift& shift = colour == 0 ? red : blue;
  const double squared = (cx * cx + cy * cy) / (half * half);
  const double each =
      (shift.k[0] + squared * (shift.k[1] + squared * shift.k[2])) / std::max(half, 1.0);
  return {cx * each, cy * each};
}

double ChromaticShift::largest() const { return std::max(red.largest(), blue.largest()); }

Result<MeasuredShift> measure_chromatic_shift(const Mosaic& mosaic, const NoiseModel& noise,
                                              int threads) {
  MeasuredShift measured;
  measured.shift.frame = mosaic.active.size();
  LATENT_TRY(const Encoder encoder, Encoder::create(mosaic, noise, plain_limits()));
  const Sites sites(mosaic, encoder);
  Status scored;
  auto blocks = blocks_of(sites, threads, scored);
  LATENT_CHECK(scored);
  Measuring measuring(sites, std::move(blocks), threads);
  LATENT_CHECK(measuring.smooth());
  LATENT_TRY(const auto red, measuring.fit(0));
  LATENT_TRY(const auto blue, measuring.fit(2));
  measured.red = judged(red, measured.shift.frame);
  measured.blue = judged(blue, measured.shift.frame);
  if (measured.red == ShiftVerdict::Found) measured.shift.red = red->shift;
  if (measured.blue == ShiftVerdict::Found) measured.shift.blue = blue->shift;
  measured.edges = std::min(red ? red->blocks : 0, blue ? blue->blocks : 0);
  return measured;
}

}  // namespace latent::raw
