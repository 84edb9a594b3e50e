// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/threads.h"

#include <cstddef>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/processors.h"

namespace latent {

namespace {

Error in_words() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {ErrorCode::TooLarge, "it needs more memory than this machine gives", __FILE__,
            __LINE__};
  } catch (const std::system_error& thrown) {
    if (thrown.code() == std::errc::resource_unavailable_try_again ||
        thrown.code() == std::errc::not_enough_memory) {
      return {ErrorCode::TooLarge,
              "the system gives no more threads, which is so when memory or a limit runs out",
              __FILE__, __LINE__};
    }
    return {ErrorCode::Internal, std::string("internal fault: ") + thrown.what(), __FILE__,
            __LINE__};
  } catch (const std::exception& thrown) {
    return {ErrorCode::Internal, std::string("internal fault: ") + thrown.what(), __FILE__,
            __LINE__};
  } catch (...) {
    return {ErrorCode::Internal, "internal fault: something unknown was thrown", __FILE__,
            __LINE__};
  }
}

/// Starts run(1), run(2) and so on; gives the first number for which there is no thread.
template <class Run>
int start_threads(int count, const Run& run, std::vector<std::jthread>& threads) {
  int next = 1;
  try {
    for (; next < count; ++next) threads.emplace_back(run, next);
  } catch (const std::system_error&) {
    return next;
  }
  return count;
}

}  // namespace

Error error_of_exception() noexcept {
  try {
    return in_words();
  } catch (...) {
    // No memory for the sentence either; this one is short enough to need none.
    return {ErrorCode::TooLarge, "out of memory", __FILE__, __LINE__};
  }
}

Status run_on_threads(int count, const std::function<Status(int index)>& work) {
  if (count <= 0) return {};
  return run_safely([&]() -> Status {
    std::vector<Status> done(static_cast<std::size_t>(count));
    const auto run = [&](int index) {
      done[static_cast<std::size_t>(index)] = run_safely([&] { return work(index); });
    };
    {
      std::vector<std::jthread> threads;
      const int unserved = start_threads(count, run, threads);
      run(0);
      for (int index = unserved; index < count; ++index) run(index);
    }
    for (const Status& status : done) LATENT_CHECK(status);
    return {};
  });
}

int threads_or_all(int wanted) {
  static const int all = usable_processors();
  return wanted > 0 ? wanted : all;
}

}  // namespace latent
