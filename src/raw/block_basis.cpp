// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/block_basis.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace latent::raw {

namespace {

using Vector = std::array<double, kBlockSites>;

struct Frequency {
  int i = 0;
  int j = 0;
  [[nodiscard]] double radius() const { return std::hypot(i, j) / kBlockSide; }
  [[nodiscard]] bool on_axis() const { return i == 0 || j == 0; }
};

// A cosine of which less than this is new is left out: its frequency would mean little.
constexpr double kLeastNew = 0.3;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t s = 0; s < a.size(); ++s) sum += a[s] * b[s];
  return sum;
}

void scale(Vector& vector, double factor) {
  for (double& value : vector) value *= factor;
}

/// Gram-Schmidt: takes `vector` in if at least `least_new` of its length is new.
bool take_in(std::vector<Vector>& basis, Vector vector, double least_new) {
  if (basis.size() == kBlockSites) return false;
  scale(vector, 1.0 / std::sqrt(std::max(dot(vector, vector), 1e-300)));
  for (int pass = 0; pass < 2; ++pass) {  // twice is enough (Kahan)
    for (const Vector& known : basis) {
      const double along = dot(vector, known);
      for (std::size_t s = 0; s < vector.size(); ++s) vector[s] -= along * known[s];
    }
  }
  const double length = std::sqrt(dot(vector, vector));
  if (length < least_new) return false;
  scale(vector, 1.0 / length);
  basis.push_back(vector);
  return true;
}

std::vector<Frequency> low_to_high() {
  std::vector<Frequency> all;
  for (int i = 0; i < kBlockSide; ++i) {
    for (int j = 0; j < kBlockSide; ++j) {
      if (i + j > 0) all.push_back({i, j});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Frequency& a, const Frequency& b) {
    return a.i * a.i + a.j * a.j < b.i * b.i + b.j * b.j;
  });
  return all;
}

Vector cosine(const Frequency& frequency) {
  Vector vector{};
  for (int y = 0; y < kBlockSide; ++y) {
    for (int x = 0; x < kBlockSide; ++x) {
      vector[static_cast<std::size_t>(y * kBlockSide + x)] =
          std::cos(std::numbers::pi * frequency.i * (y + 0.5) / kBlockSide) *
          std::cos(std::numbers::pi * frequency.j * (x + 0.5) / kBlockSide);
    }
  }
  return vector;
}

/// Constant and slopes of each class of sites.
std::vector<Vector> planes(const std::array<int, kBlockSites>& classes) {
  std::vector<Vector> basis;
  for (int member = 0; member < 4; ++member) {
    for (int term = 0; term < 3; ++term) {
      Vector vector{};
      for (int s = 0; s < kBlockSites; ++s) {
        const double y = s / kBlockSide - (kBlockSide - 1) / 2.0;
        const double x = s % kBlockSide - (kBlockSide - 1) / 2.0;
        const auto site = static_cast<std::size_t>(s);
        if (classes[site] == member) vector[site] = term == 0 ? 1.0 : term == 1 ? y : x;
      }
      take_in(basis, vector, 1e-6);
    }
  }
  return basis;
}

std::vector<BlockBasis::Band> bands_of(const Frequency& frequency) {
  const double radius = frequency.radius();
  std::vector<BlockBasis::Band> bands;
  if (radius < 0.58) bands.push_back(BlockBasis::Choice);
  if (frequency.on_axis()) return bands;  // rows and columns that are brighter than others
  if (radius >= 0.93) {
    bands.push_back(BlockBasis::High);
  } else if (radius >= 0.7) {
    bands.push_back(BlockBasis::Middle);
  } else if (radius >= 0.45) {
    bands.push_back(BlockBasis::Low);
  }
  return bands;
}

}  // namespace

BlockBasis BlockBasis::create(const CfaPattern& cfa) {
  BlockBasis result;
  std::array<int, 4> index_of{-1, -1, -1, -1};
  std::array<int, kBlockSites> classes{};
  for (int s = 0; s < kBlockSites; ++s) {
    const int y = s / kBlockSide;
    const int x = s % kBlockSide;
    const auto site = static_cast<std::size_t>(s);
    const auto colour = static_cast<std::size_t>(cfa.at(x, y));
    if (index_of[colour] < 0) index_of[colour] = result.colours++;
    result.colour[site] = index_of[colour];
    const auto index = static_cast<std::size_t>(index_of[colour]);
    result.is_colour[index][site] = 1.0F;
    result.share[index] += 1.0F / kBlockSites;
    classes[site] = cfa.period() == Size{2, 2} ? (y % 2) * 2 + x % 2 : static_cast<int>(colour);
  }
  std::vector<Vector> basis = planes(classes);
  for (const Frequency& frequency : low_to_high()) {
    if (!take_in(basis, cosine(frequency), kLeastNew)) continue;
    for (const Band band : bands_of(frequency)) result.members[band].push_back(result.count);
    for (std::size_t s = 0; s < kBlockSites; ++s) {
      result.vectors[s][static_cast<std::size_t>(result.count)] =
          static_cast<float>(basis.back()[s]);
    }
    ++result.count;
  }
  return result;
}

}  // namespace latent::raw
