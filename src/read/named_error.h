// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <new>
#include <utility>

#include "base/path.h"
#include "base/result.h"

namespace latent::read {

/// Runs `work` and puts the quoted path before the message of its error, which inside this room is
/// a predicate ("is cut short ..."). Memory that runs out on the way becomes an error too.
template <class Work>
[[nodiscard]] auto named(const std::filesystem::path& path, Work work) -> decltype(work()) {
  try {
    auto result = work();
    if (!result && result.error().code != ErrorCode::Cancelled) {
      Error error = std::move(result).error();
      error.sentence = quoted(path) + " " + error.sentence;
      error.subject = path;
      return tl::make_unexpected(std::move(error));
    }
    return result;
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::TooLarge, path, quoted(path) + " cannot be read: not enough memory");
  }
}

}  // namespace latent::read
