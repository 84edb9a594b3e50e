// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/permutohedral.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/invariant.h"

namespace latent::mask {

namespace {

constexpr float kFarthest = 3000.0F;  // deviations; what the lattice counts then fits 16 bits

}  // namespace

/// The corners that are touched, by their places in the lattice.
class Permutohedral::Table {
 public:
  explicit Table(std::size_t expected) {
    std::size_t size = 1024;
    while (size < 2 * expected) size *= 2;
    slots_.assign(size, -1);
  }

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] const std::vector<Key>& keys() const { return keys_; }

  /// The number of a corner; -1 where it is not touched.
  [[nodiscard]] std::int32_t find(const Key& key) const { return slots_[slot_of(key)]; }

  std::int32_t find_or_add(const Key& key) {
    const std::size_t slot = slot_of(key);
    if (slots_[slot] >= 0) return slots_[slot];
    const auto number = static_cast<std::int32_t>(keys_.size());
    keys_.push_back(key);
    slots_[slot] = number;
    if (2 * keys_.size() > slots_.size()) grow();
    return number;
  }

 private:
  [[nodiscard]] static std::size_t hash_of(const Key& key) {
    std::uint64_t hash = 0;
    for (const std::int16_t part : key) {
      hash = (hash ^ static_cast<std::uint16_t>(part)) * 0x9E3779B97F4A7C15ULL;
      hash ^= hash >> 29U;
    }
    return static_cast<std::size_t>(hash);
  }

  /// Where the key is, or would be.
  [[nodiscard]] std::size_t slot_of(const Key& key) const {
    std::size_t slot = hash_of(key) & (slots_.size() - 1);
    while (slots_[slot] >= 0 && keys_[static_cast<std::size_t>(slots_[slot])] != key) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  void grow() {
    slots_.assign(2 * slots_.size(), -1);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      slots_[slot_of(keys_[i])] = static_cast<std::int32_t>(i);
    }
  }

  std::vector<Key> keys_;
  std::vector<std::int32_t> slots_;
};

/// The simplex of the lattice in which a place lies.
class Permutohedral::Simplex {
 public:
  explicit Simplex(int count) : count_(count), sides_(count + 1) {
    // The blur along the lattice's directions then has a deviation of 1.
    const double wide = std::sqrt(2.0 / 3.0) * sides_;
    for (int i = 0; i < count; ++i) {
      scale_.at(static_cast<std::size_t>(i)) =
          static_cast<float>(wide / std::sqrt((i + 1.0) * (i + 2.0)));
    }
  }

  /// Looks up a place; true where it is another simplex than the one before.
  bool look_up(const float* features) {
    std::array<float, kMostFeatures + 1> lifted{};
    float sum = 0.0F;
    for (int i = count_; i > 0; --i) {
      const float at = features[i - 1] * scale_[static_cast<std::size_t>(i - 1)];
      lifted[static_cast<std::size_t>(i)] = sum - static_cast<float>(i) * at;
      sum += at;
    }
    lifted[0] = sum;
    const auto sides = static_cast<float>(sides_);
    std::array<int, kMostFeatures + 1> base{};
    int excess = 0;
    for (std::size_t i = 0; i < used(); ++i) {
      const auto steps = static_cast<int>(std::lround(lifted[i] / sides));
      base[i] = steps * sides_;
      excess += steps;
    }
    std::array<int, kMostFeatures + 1> rank{};
    for (std::size_t i = 0; i < used(); ++i) {
      for (std::size_t j = i + 1; j < used(); ++j) {
        const bool less =
            lifted[i] - static_cast<float>(base[i]) < lifted[j] - static_cast<float>(base[j]);
        ++rank[less ? i : j];
      }
    }
    // The nearest multiples need not lie in the lattice's plane: those that were rounded most go back.
    for (std::size_t i = 0; i < used(); ++i) {
      rank[i] += excess;
      if (rank[i] < 0) {
        rank[i] += sides_;
        base[i] += sides_;
      } else if (rank[i] >= sides_) {
        rank[i] -= sides_;
        base[i] -= sides_;
      }
    }
    shares_ = {};
    for (std::size_t i = 0; i < used(); ++i) {
      const float part = (lifted[i] - static_cast<float>(base[i])) / sides;
      const auto at = static_cast<std::size_t>(count_ - rank[i]);
      shares_[at] += part;
      shares_[at + 1] -= part;
    }
    shares_[0] += 1.0F + shares_[used()];
    if (known_ && base == base_ && rank == rank_) return false;
    known_ = true;
    base_ = base;
    rank_ = rank;
    return true;
  }

  /// The place of a corner; the last number follows from the others.
  [[nodiscard]] Key corner(int number) const {
    Key key{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(count_); ++i) {
      const int turned = rank_[i] <= count_ - number ? number : number - sides_;
      key[i] = static_cast<std::int16_t>(base_[i] + turned);
    }
    return key;
  }
  [[nodiscard]] float share(int number) const { return shares_[static_cast<std::size_t>(number)]; }

 private:
  [[nodiscard]] std::size_t used() const { return static_cast<std::size_t>(sides_); }

  int count_;
  int sides_;
  std::array<float, kMostFeatures> scale_{};
  bool known_ = false;
  std::array<int, kMostFeatures + 1> base_{};
  std::array<int, kMostFeatures + 1> rank_{};
  std::array<float, kMostFeatures + 2> shares_{};
};

Result<Permutohedral> Permutohedral::create(std::span<const float> features, int count) {
  LATENT_ENSURE(count >= 1 && count <= kMostFeatures &&
                features.size() % static_cast<std::size_t>(count) == 0);
  for (const float feature : features) {
    if (!(std::abs(feature) <= kFarthest)) {
      return fail(ErrorCode::TooLarge,
                  "a Gaussian over " + std::to_string(kFarthest) + " deviations is not computed");
    }
  }
  Permutohedral made(count);
  const std::size_t points = features.size() / static_cast<std::size_t>(count);
  made.places_.reserve(points * made.corners());
  made.weights_.reserve(points * made.corners());
  Table table(points / 4);
  Simplex simplex(count);
  for (std::size_t i = 0; i < points; ++i) {
    const bool other = simplex.look_up(&features[i * static_cast<std::size_t>(count)]);
    if (table.size() > std::numeric_limits<std::int32_t>::max() - made.corners()) {
      return fail(ErrorCode::TooLarge, "a Gaussian over so many points is not computed");
    }
    for (int corner = 0; corner <= count; ++corner) {
      made.places_.push_back(other ? table.find_or_add(simplex.corner(corner))
                                   : made.places_[made.places_.size() - made.corners()]);
      made.weights_.push_back(simplex.share(corner));
    }
  }
  made.join(table);
  return made;
}

void Permutohedral::join(const Table& table) {
  lattice_ = table.size();
  next_.resize(corners());
  for (std::size_t direction = 0; direction < corners(); ++direction) {
    auto& next = next_[direction];
    next.resize(lattice_);
    for (std::size_t i = 0; i < lattice_; ++i) {
      Key key = table.keys()[i];
      for (std::size_t part = 0; part < static_cast<std::size_t>(count_); ++part) {
        const int step = part == direction ? -count_ : 1;
        key[part] = static_cast<std::int16_t>(key[part] + step);
      }
      next[i] = table.find(key);
    }
  }
}

void Permutohedral::sums(std::span<const float> values, std::span<float> sums) const {
  std::vector<float> held(lattice_);
  std::vector<float> blurred(lattice_);
  const std::size_t each = corners();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t c = i * each; c < (i + 1) * each; ++c) {
      held[static_cast<std::size_t>(places_[c])] += weights_[c] * values[i];
    }
  }
  for (const auto& next : next_) {
    blurred = held;
    for (std::size_t i = 0; i < lattice_; ++i) {
      if (next[i] < 0) continue;
      const auto other = static_cast<std::size_t>(next[i]);
      blurred[i] += 0.5F * held[other];
      blurred[other] += 0.5F * held[i];
    }
    held.swap(blurred);
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    float sum = 0.0F;
    for (std::size_t c = i * each; c < (i + 1) * each; ++c) {
      sum += weights_[c] * held[static_cast<std::size_t>(places_[c])];
    }
    sums[i] = sum;
  }
}

}  // namespace latent::mask
