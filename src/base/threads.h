// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace latent {

/// What is being thrown, as an error. Inside a catch block only.
[[nodiscard]] Error error_of_exception() noexcept;

/// Runs `work`, which gives a Status or nothing, and turns what it throws into an error.
///
/// For the body of every thread, since an exception that leaves it ends the program and with it
/// the clearing away of temporary files; and for work that others wait for.
///
/// Errors   those of `work`; TooLarge where memory ran out; Internal for whatever else was thrown.
template <class Work>
[[nodiscard]] Status run_safely(const Work& work) {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<const Work&>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (...) {
    return tl::make_unexpected(error_of_exception());
  }
}

/// Calls work(0) on the caller's thread and work(1) to work(count - 1) on one of their own each;
/// returns when all are done. Where the system gives no more threads, the caller's does the rest.
///
/// Errors   of several the one with the lowest number: those of `work`, or as run_safely().
/// Threads  calls `work` from several at once.
[[nodiscard]] Status run_on_threads(int count, const std::function<Status(int index)>& work);

/// As many as this process may keep busy (usable_processors(), asked once) where `wanted` is 0.
[[nodiscard]] int threads_or_all(int wanted);

/// Calls work(first, last) for parts of [0, rows) of 8 rows or more that together are all of it, on
/// up to `threads` threads at once, 64 at most. `work` gives a Status or nothing.
///
/// Errors   as run_on_threads().
template <class Work>
[[nodiscard]] Status for_row_parts(int rows, int threads, const Work& work) {
  constexpr int kFewestRows = 8;  // for which a thread is worth starting
  constexpr int kMostParts = 64;
  if (rows <= 0) return {};
  const int parts = std::clamp(std::min(threads, rows / kFewestRows), 1, kMostParts);
  const auto edge = [&](int part) { return static_cast<int>(std::int64_t{rows} * part / parts); };
  return run_on_threads(parts, [&](int part) {
    return run_safely([&] { return work(edge(part), edge(part + 1)); });
  });
}

}  // namespace latent
