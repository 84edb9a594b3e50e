// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "read/picture_file.h"

namespace latent::read {

/// Any bytes through the reader of one format: header, small pictures' samples, mending. An error
/// is good, a crash is bad, in the library behind it too.
template <class Open>
int fuzz_picture(const std::uint8_t* data, std::size_t size, Open open) {
  Limits limits;
  limits.max_pixels = 1'000'000;
  limits.max_metadata_bytes = std::size_t{1} << 20U;
  const MemoryBytes source({data, size});
  const auto file = open(source, limits);
  if (!file) return 0;
  auto picture = (*file)->read({});
  if (picture) mend_floats(*picture);
  return 0;
}

}  // namespace latent::read
