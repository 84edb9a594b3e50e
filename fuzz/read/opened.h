// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <vector>

#include "fuzz_limits.h"
#include "read/photograph.h"

namespace latent::fuzz {

/// The bytes as every verb opens them; none where they are refused, with a sentence.
inline std::optional<read::Photograph> opened(std::span<const std::uint8_t> bytes) {
  auto photograph =
      read::Photograph::of(std::vector(bytes.begin(), bytes.end()), "it.dng", small_limits());
  if (photograph) return *std::move(photograph);
  if (photograph.error().sentence.empty()) std::abort();
  return std::nullopt;
}

/// Ends the program where an error has no sentence.
template <class T>
void must_speak(const Result<T>& result) {
  if (!result && result.error().sentence.empty()) std::abort();
}

}  // namespace latent::fuzz
