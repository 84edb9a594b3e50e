// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/memory.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace latent::infer {

bool tells_of_memory(std::string_view words) {
  constexpr std::array<std::string_view, 12> kSigns{
      "bad_alloc",
      "bad alloc",
      "out of memory",
      "not enough memory",
      "can't alloc",
      "cannot allocate memory",
      "could not allocate",
      "failed to allocate",
      "failed to map segment",
      "cannot create shared object descriptor",
      "cannot apply additional memory protection",
      "resource temporarily unavailable",
  };
  const std::string lower = lower_case(std::string(words));
  return std::ranges::any_of(
      kSigns, [&](std::string_view sign) { return lower.find(sign) != std::string::npos; });
}

tl::unexpected<Error> out_of_memory(const std::string& what) {
  return fail(ErrorCode::TooLarge,
              what +
                  ": there is not enough memory; close other programs or raise the memory limit "
                  "of this one, give fewer --threads, or choose a smaller model (latent models)");
}

}  // namespace latent::infer
