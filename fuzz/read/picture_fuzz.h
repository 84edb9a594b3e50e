// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "fuzz_limits.h"
#include "read/picture/picture_file.h"

namespace latent::read {

/// Any bytes through the reader of one format: header, small pictures' samples, mending. An error
/// is good, a crash is bad, in the library behind it too.
template <class Open>
int fuzz_picture(const std::uint8_t* data, std::size_t size, Open open) {
  const MemoryBytes source({data, size});
  const auto file = open(source, fuzz::small_limits());
  if (!file) {
    if (file.error().sentence.empty()) std::abort();
    return 0;
  }
  auto picture = (*file)->read({});
  if (!picture) return 0;
  if (picture->size() != (*file)->facts().size) std::abort();
  mend_floats(*picture);
  return 0;
}

}  // namespace latent::read
