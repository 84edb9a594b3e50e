// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace latent::cli {

/// "3 s", "2 min 05 s", "1 h 10 min".
[[nodiscard]] std::string readable_duration(double seconds);

/// "512 kB", "31.4 MB" (powers of ten, as disks are sold).
[[nodiscard]] std::string readable_bytes(double bytes);

/// A line that fills while a work goes on, with the time that is left; drawn on stderr only where
/// that is a terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Draws at most ten times a second.
  void update(double fraction_done);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_;
  bool terminal_ = false;
  bool drawn_ = false;
  Clock::time_point started_ = Clock::now();
  Clock::time_point last_drawn_;
};

/// Seconds left by what was done so far; negative while nothing can be said yet (below 2 % or a
/// quarter of a second).
[[nodiscard]] double seconds_left(double elapsed, double fraction_done);

}  // namespace latent::cli
