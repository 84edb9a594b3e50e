// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/chromatic_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace latent::raw {

namespace {

using Three = std::array<double, 3>;
using Matrix = std::array<Three, 3>;

constexpr double kFloorPx = 0.05;    // what a block is off by whatever its noise
constexpr double kTukey = 4.685;     // 95 % as good as least squares where all is normal
constexpr double kToSigma = 1.4826;  // from the median of absolute values
constexpr int kRounds = 15;
constexpr Three kPriorPx{4.0, 2.0, 0.5};  // what lenses do, one sigma
constexpr int kFewestBlocks = 24;
constexpr int kFewestOfQuadrant = 3;
constexpr int kFewestQuadrants = 3;
constexpr double kLeastReach = 0.5;
constexpr double kSurely = 4.0;      // sigmas, of the shift
constexpr double kSurelyTerm = 3.0;  // of a term of it
constexpr double kNoTermPx = 1e-6;   // the prior of a term that is left out

Three terms_of(double rho) { return {rho, rho * rho * rho, std::pow(rho, 5)}; }

double dot(const Three& one, const Three& other) {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

/// The inverse of a symmetric positive matrix, by its cofactors.
std::optional<Matrix> inverse(const Matrix& m) {
  const auto cofactor = [&](std::size_t i, std::size_t j) {
    const std::size_t a = (i + 1) % 3;
    const std::size_t b = (i + 2) % 3;
    const std::size_t c = (j + 1) % 3;
    const std::size_t d = (j + 2) % 3;
    return m[a][c] * m[b][d] - m[a][d] * m[b][c];
  };
  const double determinant =
      m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2);
  if (!(determinant > 0) || !std::isfinite(determinant)) return std::nullopt;
  Matrix out;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) out[j][i] = cofactor(i, j) / determinant;
  }
  return out;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

struct Solved {
  Three k{};          ///< of the whole shift
  Matrix variance{};  ///< of k
};

/// Weighted least squares of so many terms, held by what lenses do.
std::optional<Solved> solve(const std::vector<BlockShift>& blocks, const std::vector<double>& px,
                            const std::vector<double>& weights, std::size_t terms_used) {
  Matrix m{};
  Three right{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double prior = i < terms_used ? kPriorPx[i] : kNoTermPx;
    m[i][i] = 1 / (prior * prior);
  }
  for (std::size_t n = 0; n < blocks.size(); ++n) {
    const Three terms = terms_of(blocks[n].rho);
    for (std::size_t i = 0; i < 3; ++i) {
      right[i] += weights[n] * terms[i] * px[n];
      for (std::size_t j = 0; j < 3; ++j) m[i][j] += weights[n] * terms[i] * terms[j];
    }
  }
  const auto variance = inverse(m);
  if (!variance) return std::nullopt;
  return Solved{
      {dot((*variance)[0], right), dot((*variance)[1], right), dot((*variance)[2], right)},
      *variance};
}

/// Weights of blocks that lie so many sigmas off: Tukey's, by the sigma that they show.
void weigh(const std::vector<BlockShift>& blocks, const std::vector<double>& px, const Three& k,
           std::vector<double>& weights) {
  std::vector<double> off(blocks.size());
  for (std::size_t n = 0; n < blocks.size(); ++n) {
    const double sigma = std::sqrt(blocks[n].variance + kFloorPx * kFloorPx);
    off[n] = std::abs(px[n] - dot(terms_of(blocks[n].rho), k)) / sigma;
  }
  const double sigma = std::max(kToSigma * median(off), 0.3);
  for (std::size_t n = 0; n < blocks.size(); ++n) {
    const double t = std::min(off[n] / (kTukey * sigma), 1.0);
    const double variance = (blocks[n].variance + kFloorPx * kFloorPx) * sigma * sigma;
    weights[n] = (1 - t * t) * (1 - t * t) / variance;
  }
}

int quadrants_of(const std::vector<BlockShift>& blocks) {
  std::array<int, 4> counts{};
  for (const BlockShift& block : blocks) ++counts[static_cast<std::size_t>(block.quadrant)];
  return static_cast<int>(
      std::ranges::count_if(counts, [](int count) { return count >= kFewestOfQuadrant; }));
}

double reach_of(const std::vector<BlockShift>& blocks) {
  std::vector<double> rho;
  for (const BlockShift& block : blocks) rho.push_back(block.rho);
  std::ranges::sort(rho);
  return rho[rho.size() * 9 / 10];
}

}  // namespace

double ShiftFit::sigma(double rho) const {
  const Three terms = terms_of(rho);
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) sum += terms[i] * dot(variance[i], terms);
  return std::sqrt(std::max(sum, 0.0));
}

std::optional<ShiftFit> fit_shift(const std::vector<BlockShift>& blocks,
                                  const RadialShift& so_far) {
  if (static_cast<int>(blocks.size()) < kFewestBlocks) return std::nullopt;
  std::vector<double> px;
  for (const BlockShift& block : blocks) px.push_back(block.px + so_far.px(block.rho));
  std::optional<Solved> solved;
  for (std::size_t terms = 3; terms > 0; --terms) {
    std::vector<double> weights;
    for (const BlockShift& block : blocks)
      weights.push_back(1 / (block.variance + kFloorPx * kFloorPx));
    for (int round = 0; round < kRounds; ++round) {
      solved = solve(blocks, px, weights, terms);
      if (!solved) return std::nullopt;
      weigh(blocks, px, solved->k, weights);
    }
    const double sigma = std::sqrt(solved->variance[terms - 1][terms - 1]);
    if (std::abs(solved->k[terms - 1]) > kSurelyTerm * sigma) break;
  }
  ShiftFit fit;
  fit.shift.k = solved->k;
  fit.variance = solved->variance;
  fit.blocks = static_cast<int>(blocks.size());
  fit.quadrants = quadrants_of(blocks);
  fit.reach = reach_of(blocks);
  return fit;
}

ShiftVerdict judged(const std::optional<ShiftFit>& fit, Size frame) {
  if (!fit || fit->quadrants < kFewestQuadrants || fit->reach < kLeastReach) {
    return ShiftVerdict::TooFewEdges;
  }
  // Lenses reach 0.2 % of the half diagonal; what is much more was no fringe.
  constexpr double kMostShare = 0.004;
  constexpr double kMostPx = 8.0;
  const double most =
      std::min(kMostPx, 1.0 + kMostShare * 0.5 * std::hypot(frame.width, frame.height));
  const double largest = fit->shift.largest();
  if (!(largest <= most)) return ShiftVerdict::Implausible;
  double surely = 0;
  constexpr int kSteps = 16;
  for (int i = 1; i <= kSteps; ++i) {
    const double rho = fit->reach * i / kSteps;
    surely = std::max(surely, std::abs(fit->shift.px(rho)) / std::max(fit->sigma(rho), 1e-9));
  }
  if (largest < kLeastShiftPx || surely < kSurely) return ShiftVerdict::None;
  constexpr double kMostSigma = 0.25;
  return fit->sigma(fit->reach) > kMostSigma ? ShiftVerdict::Implausible : ShiftVerdict::Found;
}

}  // namespace latent::raw
