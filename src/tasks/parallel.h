// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <thread>

#include "base/threads.h"

namespace latent::tasks {

/// As many as the processor has where `wanted` is 0.
[[nodiscard]] inline int threads_or_all(int wanted) {
  if (wanted > 0) return wanted;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// Calls work(first, last) for parts of [0, rows) that together are all of it, on `threads` threads
/// at once, and returns when all are done. `work` gives a Status or nothing.
///
/// Errors   as run_on_threads().
template <class Work>
[[nodiscard]] Status for_row_parts(int rows, int threads, const Work& work) {
  const int parts = std::clamp(std::min(threads, rows / 8), 1, 64);
  return run_on_threads(parts, [&](int part) {
    return run_safely([&] { return work(rows * part / parts, rows * (part + 1) / parts); });
  });
}

}  // namespace latent::tasks
