// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <utility>

#include "image/geometry.h"

namespace latent::tasks {

/// For how large an area the tile that shows it is compiled. That size is kept as long as areas fit
/// into it and fill a third of it, so that looking around compiles nothing.
///
/// Threads  one call at a time.
class ShownSize {
 public:
  [[nodiscard]] const Size& now() const { return size_; }

  /// Makes it serve an area of that size.
  void serve(const Size& area) {
    const bool fits = area.width <= size_.width && area.height <= size_.height;
    if (fits && kMostWaste * area.area() >= size_.area()) return;
    if (fits && size_ == Size{kLeast, kLeast}) return;
    size_ = {std::max(kLeast, round_up(area.width, kStep)),
             std::max(kLeast, round_up(area.height, kStep))};
  }

 private:
  static constexpr int kLeast = 512;  // px a side
  static constexpr int kStep = 128;
  static constexpr int kMostWaste = 3;

  Size size_{kLeast, kLeast};
};

/// What was shown last, by what it was shown for: the latest first, as many as their bytes allow.
///
/// Threads  one call at a time.
template <class Key, class Value>
class Kept {
 public:
  /// What is not younger goes when all together take more than this.
  static constexpr std::size_t kMostBytes = std::size_t{128} << 20U;

  /// Nullptr where there is none; it stays where it is until the next keep().
  [[nodiscard]] Value* find(const Key& key) {
    return find_if([&](const Key& kept) { return kept == key; });
  }

  /// That of the latest key which serves.
  template <class Serves>
  [[nodiscard]] Value* find_if(const Serves& serves) {
    const auto found =
        std::ranges::find_if(entries_, [&](const Entry& entry) { return serves(entry.key); });
    if (found == entries_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found);
    return &entries_.front().value;
  }

  /// The value as it is kept: alone, where it takes all there is.
  Value& keep(Key key, Value value, std::size_t bytes) {
    entries_.push_front({std::move(key), std::move(value), bytes});
    std::size_t sum = 0;
    const auto old = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      sum += entry.bytes;
      return sum > kMostBytes;
    });
    entries_.erase(old == entries_.begin() ? std::next(old) : old, entries_.end());
    return entries_.front().value;
  }

  void clear() { entries_.clear(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Key key;
    Value value;
    std::size_t bytes;
  };
  std::list<Entry> entries_;
};

}  // namespace latent::tasks
