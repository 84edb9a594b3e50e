// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <thread>
#include <vector>

namespace latent::tasks {

/// As many as the processor has where `wanted` is 0.
[[nodiscard]] inline int threads_or_all(int wanted) {
  if (wanted > 0) return wanted;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// Calls work(first, last) for parts of [0, rows) that together are all of it, on `threads` threads
/// at once, and returns when all are done. `work` must not throw.
template <class Work>
void for_row_parts(int rows, int threads, const Work& work) {
  const int parts = std::clamp(std::min(threads, rows / 8), 1, 64);
  std::vector<std::jthread> others;
  for (int part = 1; part < parts; ++part) {
    others.emplace_back([=, &work] { work(rows * part / parts, rows * (part + 1) / parts); });
  }
  work(0, rows / parts);
}

}  // namespace latent::tasks
