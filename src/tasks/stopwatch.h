// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <utility>

namespace latent::tasks {

/// Seconds between laps.
class Stopwatch {
 public:
  /// Seconds since it was made or since the last lap; a new lap begins.
  [[nodiscard]] double lap() {
    const auto now = Clock::now();
    return std::chrono::duration<double>(now - std::exchange(start_, now)).count();
  }
  /// Seconds so far; the lap goes on.
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace latent::tasks
