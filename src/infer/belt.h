// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"
#include "image/tensor.h"

namespace latent::infer {

/// One tile under way.
struct Tile {
  int row = 0;
  int column = 0;
  Tensor input;
  Tensor output;
};

/// Hands tiles from one stage to the next. Bounded by the number of tiles there are.
class Belt {
 public:
  void put(Tile* tile) {
    {
      const std::scoped_lock lock(mutex_);
      tiles_.push_back(tile);
    }
    changed_.notify_all();
  }

  /// The next tile; nullptr when the belt was closed and is empty, or was stopped.
  Tile* take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || closed_ || !tiles_.empty(); });
    return pop();
  }

  /// The next tile if there is one now.
  Tile* take_now() {
    const std::scoped_lock lock(mutex_);
    return pop();
  }

  void close() { set(closed_); }
  void stop() { set(stopped_); }

 private:
  Tile* pop() {
    if (stopped_ || tiles_.empty()) return nullptr;
    Tile* tile = tiles_.front();
    tiles_.pop_front();
    return tile;
  }
  void set(bool& flag) {
    {
      const std::scoped_lock lock(mutex_);
      flag = true;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Tile*> tiles_;
  bool closed_ = false;
  bool stopped_ = false;
};

/// The three belts and the first error, seen by all stages.
class Line {
 public:
  Belt free;
  Belt packed;
  Belt inferred;

  void stop(Error error) {
    {
      const std::scoped_lock lock(mutex_);
      if (!error_) error_ = std::move(error);
    }
    free.stop();
    packed.stop();
    inferred.stop();
  }
  [[nodiscard]] std::optional<Error> error() const {
    const std::scoped_lock lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace latent::infer
