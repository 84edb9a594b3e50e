// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/job.h"
#include "base/limits.h"
#include "latent/latent.h"

namespace latent::app {

/// The limits of a request to the library as the rooms know them.
///
/// Errors   Usage  as check_limits(); a number below 0.
[[nodiscard]] inline Result<Limits> limits_of(const v1::Limits& asked) {
  Limits limits;
  if (asked.memory_megabytes < 0 || asked.metadata_megabytes < 0) {
    return fail(ErrorCode::Usage, "a limit cannot be below 0");
  }
  limits.max_pixels = std::int64_t{asked.megapixels} * static_cast<std::int64_t>(kMegabyte);
  limits.max_side_px = asked.side;
  limits.max_memory_bytes = static_cast<std::size_t>(asked.memory_megabytes) * kMegabyte;
  limits.max_metadata_bytes = static_cast<std::size_t>(asked.metadata_megabytes) * kMegabyte;
  LATENT_CHECK(check_limits(limits));
  return limits;
}

/// Those limits put into a job, and how long it waits for a network.
///
/// Errors   Usage  as limits_of(); a time below 0 or beyond four months.
[[nodiscard]] inline Status put_limits(Job& job, const v1::Limits& asked) {
  constexpr double kMostSeconds = 1e7;
  LATENT_TRY(job.limits, limits_of(asked));
  if (!(asked.start_seconds >= 0 && asked.start_seconds <= kMostSeconds)) {
    return fail(ErrorCode::Usage, "start_seconds must be from 0 (no limit) to 10000000");
  }
  job.engine.start_seconds = asked.start_seconds;
  return {};
}

}  // namespace latent::app
