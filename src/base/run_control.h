// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>

#include "base/result.h"

namespace latent {

/// How a long work is watched and stopped from outside: a stop token, and a sink for the fraction
/// done.
///
/// Threads  the sink is called from one thread at a time, not always the same one, with a value
///          that never falls; it must return soon.
struct RunControl {
  std::stop_token stop;
  std::function<void(double fraction_done)> on_progress;

  [[nodiscard]] bool stop_requested() const { return stop.stop_requested(); }

  /// Cancelled as soon as a stop was asked for; LATENT_CHECK(control.check()); in every loop.
  [[nodiscard]] Status check() const {
    if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "cancelled");
    return {};
  }

  void report(double fraction_done) const {
    if (on_progress) on_progress(fraction_done);
  }
};

}  // namespace latent
