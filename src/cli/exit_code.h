// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace latent::cli {

inline constexpr int kAllDone = 0;
inline constexpr int kSomeFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kCancelled = 130;

[[nodiscard]] constexpr int exit_code_of(ErrorCode code) {
  return code == ErrorCode::Cancelled ? kCancelled : kSomeFailed;
}

}  // namespace latent::cli
