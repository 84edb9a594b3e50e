// SPDX-License-Identifier: GPL-3.0-or-later
// Long work beside Python: without its lock, and ended by Ctrl-C.
#pragma once

#include <latent/latent.h>
#include <nanobind/nanobind.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace latent_python {

namespace nb = nanobind;

/// A failure of the library on its way to Python, where it becomes latent.Error.
struct Raised {
  latent::Failure failure;
};

template <class T>
T value_of(latent::Outcome<T>&& outcome) {
  if (!outcome) throw Raised{outcome.failure()};
  return *std::move(outcome);
}

/// Tells a Python function how the work goes on. What that raises is kept, and ends the work.
class Teller {
 public:
  Teller(nb::object function, std::stop_source stop)
      : function_(std::move(function)), stop_(std::move(stop)) {}

  [[nodiscard]] latent::ProgressFunction function() {
    if (function_.is_none()) return {};
    return [this](const latent::Progress& progress) { tell(progress); };
  }

  /// Raises what the function raised.
  void raise() {
    if (raised_) std::rethrow_exception(std::exchange(raised_, nullptr));
  }

 private:
  void tell(const latent::Progress& progress) {
    if (stop_.stop_requested()) return;
    const nb::gil_scoped_acquire lock;
    try {
      const nb::object result =
          progress.result == nullptr ? nb::none() : nb::cast(*progress.result);
      function_(progress.source, progress.index, progress.count, progress.fraction, result);
    } catch (...) {
      raised_ = std::current_exception();
      stop_.request_stop();
    }
  }

  nb::object function_;
  std::stop_source stop_;
  std::exception_ptr raised_;
};

/// Runs `work(stop, progress)` on a thread of its own while this one waits without Python's lock and
/// looks for signals. Ctrl-C requests a stop, waits until the work has cleared up, and raises
/// KeyboardInterrupt.
template <class Work>
auto interruptible(nb::object progress, const Work& work) {
  using Result = decltype(work(std::stop_token{}, latent::ProgressFunction{}));
  std::stop_source stop;
  Teller teller(std::move(progress), stop);
  std::optional<Result> result;
  std::optional<nb::python_error> interrupted;
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  {
    const nb::gil_scoped_release unlocked;
    std::thread worker([&] {
      result.emplace(work(stop.get_token(), teller.function()));
      const std::scoped_lock lock(mutex);
      done = true;
      changed.notify_one();
    });
    for (;;) {
      {
        std::unique_lock lock(mutex);
        if (changed.wait_for(lock, std::chrono::milliseconds(50), [&] { return done; })) break;
      }
      const nb::gil_scoped_acquire lock;
      if (PyErr_CheckSignals() == 0) continue;
      interrupted.emplace();
      stop.request_stop();
    }
    worker.join();
  }
  if (interrupted) throw *std::move(interrupted);
  teller.raise();
  return value_of(*std::move(result));
}

}  // namespace latent_python
