// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/result.h"
#include "base/threads.h"

namespace latent {

/// How long a work of another library is waited for that nobody can stop from outside, such as
/// compiling a network.
struct Patience {
  std::stop_token stop;  ///< Cancelled as soon as a stop is asked for
  double seconds = 0;    ///< 0: no limit
  Error too_late{ErrorCode::Device, "it took too long", __FILE__,
                 __LINE__};  ///< when they are over
};

/// Works that were left behind and have not ended yet.
[[nodiscard]] int abandoned_works();

/// The last call of main(), after everything of the program's own is destroyed: ends the process
/// with this code when a work was left behind, since the destructors of libraries would crash its
/// thread; else returns the code. A program that forgets it is ended by a handler of exit(), which
/// comes too late for libraries that the work itself has loaded since.
[[nodiscard]] int end_beside_abandoned_works(int code);

namespace detail {

enum class Outcome : std::uint8_t { Done, Stopped, Late };

/// What the waiting and the working thread share.
class Meeting {
 public:
  /// Hands over where somebody still waits; else false.
  [[nodiscard]] bool finish(const std::function<void()>& hand_over);
  [[nodiscard]] Outcome wait(const Patience& patience);

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool done_ = false;
  bool abandoned_ = false;
};

/// The last thing that the thread of an abandoned work does.
void count_off_abandoned();

/// Starts a thread that is not waited for; false where the system gives none.
[[nodiscard]] bool start_detached(std::function<void()> body);

}  // namespace detail

/// Runs `work`, which gives a Result<T>, on a thread of its own and waits for it with `patience`.
/// When that is over, the thread is left behind: it ends when the work does, and its result is
/// destroyed. So `work` must own all that it uses.
///
/// Errors   those of `work`; Cancelled; `patience.too_late`; TooLarge where memory ran out.
template <class T>
[[nodiscard]] Result<T> with_patience(std::function<Result<T>()> work, const Patience& patience) {
  struct Shared {
    detail::Meeting meeting;
    std::optional<Result<T>> result;
  };
  const auto safely = [](const std::function<Result<T>()>& body) -> Result<T> {
    try {
      return body();
    } catch (...) {
      return tl::make_unexpected(error_of_exception());
    }
  };
  if (patience.stop.stop_requested()) return fail(ErrorCode::Cancelled, "cancelled");
  if (!patience.stop.stop_possible() && patience.seconds <= 0) return safely(work);
  auto shared = std::make_shared<Shared>();
  auto body = std::make_shared<std::function<Result<T>()>>(std::move(work));
  const bool started = detail::start_detached([shared, body, safely] {
    std::optional<Result<T>> result(safely(*body));
    *body = nullptr;  // what it owns goes before anybody is told
    if (shared->meeting.finish([&] { shared->result = std::move(result); })) return;
    result.reset();
    detail::count_off_abandoned();
  });
  if (!started) return safely(*body);
  switch (shared->meeting.wait(patience)) {
    case detail::Outcome::Stopped:
      return fail(ErrorCode::Cancelled, "cancelled");
    case detail::Outcome::Late:
      return tl::make_unexpected(patience.too_late);
    case detail::Outcome::Done:
      break;
  }
  return *std::move(shared->result);
}

}  // namespace latent
