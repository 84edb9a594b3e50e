// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/level_fit.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>

namespace latent::rgb {

namespace {

constexpr float kWiped = (0.2F / 255.0F) * (0.2F / 255.0F);  // less than rounding to 8 bits makes
constexpr double kMostlyWiped = 0.7;                         // share of the flattest blocks
constexpr double kKappa = 1.2;       // S / V of usual noise; 1 where it is white
constexpr std::size_t kFewest = 24;  // blocks
constexpr double kFlattest = 0.06;   // share of the blocks of one brightness
constexpr double kRing = 32.0;       // weight of fine texture around, where S has 1
constexpr std::size_t kLeastBlocks = 16;
constexpr double kTiny = 1e-12;
constexpr double kLeastVariance = 1e-10;
// How far ln(sigma) bends: between nodes, in slope, in slope between channels, and their offset.
constexpr double kPriorFirst = 0.5;
constexpr double kPriorSecond = 0.12;
constexpr double kPriorChannel = 0.12;
constexpr double kPriorOffset = 1.0;
constexpr double kTextureAbove = 0.15;  // of ln(sigma), above the curve

double squared(double value) { return value * value; }

/// Means over some blocks of one channel.
struct Flat {
  double V = 0;
  double H = 0;
  double S = 0;
  double n = 0;
};

struct Group {
  double brightness = 0;
  Flat flat;    ///< the flattest blocks
  Flat busier;  ///< the next ones
};

using Members = std::span<const std::uint32_t>;

/// Of V of n blocks: they overlap, and correlated noise has 20 degrees of freedom in each.
double relative_error(double n) { return std::sqrt(0.4 / n); }

/// One channel of all blocks.
class Channel {
 public:
  Channel(const LevelBlocks& blocks, std::size_t channel) : blocks_(blocks), channel_(channel) {}

  [[nodiscard]] const LevelBlock& block(std::uint32_t k) const { return blocks_[k][channel_]; }

  /// By what the flattest come first: what happens around the block, in the channel and in all
  /// three.
  [[nodiscard]] double key(std::uint32_t k) const {
    double sum = 0;
    for (const LevelBlock& block : blocks_[k]) sum += around(block);
    return around(block(k)) + sum / 3.0;
  }

  /// Means without the blocks that hold an edge or a hot pixel.
  [[nodiscard]] Flat mean_of(Members members) const {
    std::vector<float> variances;
    variances.reserve(members.size());
    for (const auto k : members) variances.push_back(block(k).variance);
    const auto middle = variances.begin() + static_cast<std::ptrdiff_t>(variances.size() / 2);
    std::nth_element(variances.begin(), middle, variances.end());
    const float most = 4.0F * *middle;
    Flat mean;
    for (const auto k : members) {
      const LevelBlock& one = block(k);
      if (one.variance > most) continue;
      mean.V += static_cast<double>(one.variance);
      mean.H += static_cast<double>(one.high);
      mean.S += static_cast<double>(one.structure);
      ++mean.n;
    }
    mean.V /= mean.n;
    mean.H /= mean.n;
    mean.S /= mean.n;
    return mean;
  }

  [[nodiscard]] std::size_t count() const { return blocks_.size(); }

 private:
  [[nodiscard]] static double around(const LevelBlock& block) {
    return static_cast<double>(block.structure) + kRing * static_cast<double>(block.ring);
  }

  const LevelBlocks& blocks_;
  std::size_t channel_;
};

std::size_t kept_at_first(std::size_t count) {
  return std::max(kFewest, static_cast<std::size_t>(kFlattest * static_cast<double>(count)));
}

/// Blocks that compression has wiped leave, unless nearly all that are flat are such.
void leave_out_wiped(const Channel& channel, std::vector<std::uint32_t>& members) {
  const auto is_wiped = [&](std::uint32_t k) { return channel.block(k).variance < kWiped; };
  const std::size_t looked_at = std::min(kept_at_first(members.size()), members.size());
  const auto end = members.begin() + static_cast<std::ptrdiff_t>(looked_at);
  const auto wiped = static_cast<double>(std::count_if(members.begin(), end, is_wiped));
  if (wiped < kMostlyWiped * static_cast<double>(looked_at)) std::erase_if(members, is_wiped);
}

/// The flattest blocks of one brightness, as many as look equally noisy.
std::optional<Group> flattest(const Channel& channel, std::vector<std::uint32_t> members) {
  if (members.size() < kLeastBlocks) return std::nullopt;
  std::vector<double> keys(channel.count());
  for (const auto k : members) keys[k] = channel.key(k);
  std::stable_sort(members.begin(), members.end(),
                   [&](std::uint32_t one, std::uint32_t other) { return keys[one] < keys[other]; });
  leave_out_wiped(channel, members);
  if (members.size() < kLeastBlocks) return std::nullopt;
  const Members all(members);
  std::size_t kept = std::min(kept_at_first(all.size()), (all.size() + 1) / 2);
  Flat flat = channel.mean_of(all.first(kept));
  while (kept * 4 < all.size()) {
    const Flat next = channel.mean_of(all.subspan(kept, kept));
    if (next.V - flat.V > flat.V * relative_error(static_cast<double>(kept))) break;
    kept *= 2;
    flat = channel.mean_of(all.first(kept));
  }
  double brightness = 0;
  for (const auto k : all.first(kept)) brightness += static_cast<double>(channel.block(k).mean);
  brightness /= static_cast<double>(kept);
  const Members rest = all.subspan(kept, std::min(3 * kept, all.size() - kept));
  return Group{brightness, flat, rest.size() >= kLeastBlocks ? channel.mean_of(rest) : flat};
}

std::vector<Group> groups_of(const Channel& channel) {
  std::array<std::vector<std::uint32_t>, kLevelNodes> members;
  for (std::uint32_t k = 0; k < channel.count(); ++k) {
    const LevelBlock& block = channel.block(k);
    if (block.cut) continue;
    const float node = std::clamp(std::floor(block.mean * kLevelNodes), 0.0F, kLevelNodes - 1.0F);
    members[static_cast<std::size_t>(node)].push_back(k);
  }
  std::vector<Group> groups;
  for (auto& of_node : members) {
    if (const auto group = flattest(channel, std::move(of_node))) groups.push_back(*group);
  }
  return groups;
}

/// Share of V that is texture, by how V grows with the structure by which blocks were chosen.
double texture_by_choice(const Group& group) {
  const Flat& at = group.flat;
  const double slope =
      std::clamp((group.busier.V - at.V) / std::max(group.busier.S - at.S, kTiny), 0.0, 0.5);
  return std::clamp(slope * (at.S - kKappa * at.V) / std::max(at.V, kTiny), 0.0, 0.9);
}

/// H / V of the channel's noise, from the brightnesses with least texture.
double eta_of(std::span<const Group> groups) {
  const auto ratio = [](const Group& group) {
    return group.flat.H / std::max(group.flat.V, kTiny);
  };
  double eta = 0;
  for (int pass = 0; pass < 3; ++pass) {
    double sum = 0;
    double weights = 0;
    for (const Group& group : groups) {
      double weight =
          group.flat.n / (group.flat.n + 50.0) / (1.0 + squared(texture_by_choice(group) / 0.06));
      if (pass > 0) {  // a much lower ratio is that of texture
        weight /= 1.0 + squared(std::max(0.0, eta - ratio(group)) / std::max(0.1 * eta, kTiny));
      }
      sum += weight * ratio(group);
      weights += weight;
    }
    eta = sum / weights;
  }
  return std::clamp(eta, 0.02, 1.5);
}

LevelPoint point_of(const Group& group, double eta) {
  const Flat& at = group.flat;
  const double error = relative_error(at.n);
  const double texture = texture_by_choice(group);
  const double rise = group.busier.V - at.V;
  double of_texture = 0;  // H / V of texture
  if (rise > 2.0 * error * at.V) {
    of_texture = std::clamp(0.8 * (group.busier.H - at.H) / rise, 0.0, 0.6 * eta);
  }
  const double by_V = std::max(at.V * (1.0 - texture), kLeastVariance);
  const double plain_H = std::max(at.H / eta, kLeastVariance);
  const double by_H = std::max((at.H - of_texture * at.V) / (eta - of_texture), 0.25 * plain_H);
  const double V_variance = squared(0.06) + squared(error) + squared(0.5 * texture) +
                            squared(std::max(0.0, by_V / by_H - 1.0));
  const double H_variance = squared(0.12) + squared(error) + squared(0.02 / eta) +
                            squared(0.5 * std::log(plain_H / by_H));
  const double total = 1.0 / V_variance + 1.0 / H_variance;
  const double log_variance = (std::log(by_V) / V_variance + std::log(by_H) / H_variance) / total;
  const double taken = 0.5 * (std::log(std::max(at.V, kLeastVariance)) - log_variance);
  const double doubt = 0.25 / total + squared(0.03) + squared(0.5 * taken) + 0.45 / at.n;
  return {group.brightness, 0.5 * log_variance, 1.0 / doubt, static_cast<int>(at.n)};
}

constexpr std::size_t kUnknowns = std::size_t{3} * kLevelNodes;

struct Entry {
  std::size_t unknown;
  double factor;
};

struct System {
  std::array<double, kUnknowns * kUnknowns> matrix{};
  std::array<double, kUnknowns> right{};

  void add(std::span<const Entry> row, double value, double weight) {
    for (const Entry& one : row) {
      for (const Entry& other : row) {
        matrix[one.unknown * kUnknowns + other.unknown] += weight * one.factor * other.factor;
      }
      right[one.unknown] += weight * one.factor * value;
    }
  }

  /// Cholesky; the matrix is positive definite.
  [[nodiscard]] std::array<double, kUnknowns> solved() const {
    auto L = matrix;
    auto x = right;
    for (std::size_t j = 0; j < kUnknowns; ++j) {
      for (std::size_t k = 0; k < j; ++k) {
        L[j * kUnknowns + j] -= squared(L[j * kUnknowns + k]);
      }
      L[j * kUnknowns + j] = std::sqrt(L[j * kUnknowns + j]);
      for (std::size_t i = j + 1; i < kUnknowns; ++i) {
        for (std::size_t k = 0; k < j; ++k) {
          L[i * kUnknowns + j] -= L[i * kUnknowns + k] * L[j * kUnknowns + k];
        }
        L[i * kUnknowns + j] /= L[j * kUnknowns + j];
      }
    }
    for (std::size_t i = 0; i < kUnknowns; ++i) {
      for (std::size_t k = 0; k < i; ++k) x[i] -= L[i * kUnknowns + k] * x[k];
      x[i] /= L[i * kUnknowns + i];
    }
    for (std::size_t i = kUnknowns; i-- > 0;) {
      for (std::size_t k = i + 1; k < kUnknowns; ++k) x[i] -= L[k * kUnknowns + i] * x[k];
      x[i] /= L[i * kUnknowns + i];
    }
    return x;
  }
};

System priors() {
  System system;
  for (std::size_t i = 0; i < kUnknowns; ++i) system.matrix[i * kUnknowns + i] = 1e-9;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t here = c * kLevelNodes;
    const std::size_t other = (c + 1) % 3 * kLevelNodes;
    for (std::size_t i = 0; i < kLevelNodes; ++i) {
      const std::array offset{Entry{here + i, 1}, Entry{other + i, -1}};
      system.add(offset, 0, 1 / squared(kPriorOffset));
      if (i + 1 == kLevelNodes) continue;
      const std::array slope{Entry{here + i, 1}, Entry{here + i + 1, -1}};
      system.add(slope, 0, 1 / squared(kPriorFirst));
      const std::array slopes{Entry{here + i, 1}, Entry{here + i + 1, -1}, Entry{other + i, -1},
                              Entry{other + i + 1, 1}};
      system.add(slopes, 0, 1 / squared(kPriorChannel));
      if (i == 0) continue;
      const std::array bend{Entry{here + i - 1, 1}, Entry{here + i, -2}, Entry{here + i + 1, 1}};
      system.add(bend, 0, 1 / squared(kPriorSecond));
    }
  }
  return system;
}

struct Row {
  std::array<Entry, 2> entries;
  double value;
  double weight;
  double above = 0;  ///< of the curve
};

std::vector<Row> rows_of(const std::array<std::vector<LevelPoint>, 3>& points) {
  std::vector<Row> rows;
  for (std::size_t c = 0; c < 3; ++c) {
    for (const LevelPoint& point : points[c]) {
      const double place = std::clamp(point.brightness * kLevelNodes - 0.5, 0.0, kLevelNodes - 1.0);
      const auto first = std::min(static_cast<std::size_t>(place), std::size_t{kLevelNodes - 2});
      const double share = place - static_cast<double>(first);
      const std::size_t unknown = c * kLevelNodes + first;
      rows.push_back(
          {{Entry{unknown, 1 - share}, Entry{unknown + 1, share}}, point.log_sigma, point.weight});
    }
  }
  return rows;
}

}  // namespace

std::vector<LevelPoint> level_points(const LevelBlocks& blocks, int channel, double* fineness) {
  const std::vector<Group> groups = groups_of(Channel(blocks, static_cast<std::size_t>(channel)));
  std::vector<LevelPoint> points;
  if (fineness != nullptr) *fineness = 1;
  if (groups.empty()) return points;
  const double eta = eta_of(groups);
  if (fineness != nullptr) *fineness = eta;
  for (const Group& group : groups) points.push_back(point_of(group, eta));
  return points;
}

LevelCurves fit_level(const std::array<std::vector<LevelPoint>, 3>& points) {
  LevelCurves curves;
  std::vector<Row> rows = rows_of(points);
  if (rows.empty()) return curves;
  const System prior = priors();
  std::array<double, kUnknowns> curve{};
  for (int pass = 0; pass < 4; ++pass) {  // a point high above the curve is unrecognised texture
    System system = prior;
    for (const Row& row : rows) {
      system.add(row.entries, row.value,
                 row.weight / (1.0 + squared(std::max(0.0, row.above) / kTextureAbove)));
    }
    curve = system.solved();
    for (Row& row : rows) {
      row.above = row.value;
      for (const Entry& entry : row.entries) row.above -= entry.factor * curve[entry.unknown];
    }
  }
  double sum = 0;
  double weights = 0;
  for (const Row& row : rows) {
    sum += row.weight * squared(row.above);
    weights += row.weight;
  }
  curves.spread = std::sqrt(sum / weights);
  for (std::size_t k = 0; k < kUnknowns; ++k) {
    curves.sigma[k / kLevelNodes][k % kLevelNodes] = static_cast<float>(std::exp(curve[k]));
  }
  return curves;
}

}  // namespace latent::rgb
