// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace latent::cli {

enum ExitCode : int { kAllDone = 0, kSomeFailed = 1, kUsage = 2, kCancelled = 130 };

[[nodiscard]] constexpr int exit_code_of(ErrorCode code) {
  return code == ErrorCode::Cancelled ? kCancelled : kSomeFailed;
}

}  // namespace latent::cli
