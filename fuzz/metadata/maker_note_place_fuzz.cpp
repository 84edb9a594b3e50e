// SPDX-License-Identifier: GPL-3.0-or-later
// The first bytes are the note to look for, the rest is the file.
#include "metadata/maker_note_place.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> all(data, size);
  const std::size_t note = std::min<std::size_t>(size, 3);
  const auto place = latent::metadata::find_maker_note(all.subspan(note), all.first(note));
  if (place && place->offset > size) std::abort();
  return 0;
}
