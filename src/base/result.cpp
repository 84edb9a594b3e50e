// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace latent {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::Cancelled:
      return "cancelled";
    case ErrorCode::Usage:
      return "usage";
    case ErrorCode::NotFound:
      return "not_found";
    case ErrorCode::Unsupported:
      return "unsupported";
    case ErrorCode::Corrupt:
      return "corrupt";
    case ErrorCode::TooLarge:
      return "too_large";
    case ErrorCode::ModelMismatch:
      return "model_mismatch";
    case ErrorCode::Device:
      return "device";
    case ErrorCode::Io:
      return "io";
    case ErrorCode::Internal:
      return "internal";
  }
  return "internal";
}

void abort_in_debug([[maybe_unused]] const char* condition, [[maybe_unused]] const char* file,
                    [[maybe_unused]] int line) {
#ifndef NDEBUG
  std::fprintf(stderr, "%s:%d: ensure failed: %s\n", file, line, condition);
  std::abort();
#endif
}

}  // namespace latent
