// SPDX-License-Identifier: GPL-3.0-or-later
// The metadata of a file of any bytes, made true of a part of the picture, enlarged: fields stay
// sound, and twice the same gives the same.
#include "metadata/placing.h"

#include <cstdlib>

#include "metadata/attached.h"
#include "metadata/tiff_fields.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  if (size < 4) return 0;
  const latent::MemoryBytes source({data + 4, size - 4});
  latent::Limits limits;
  limits.max_metadata_bytes = 100'000;
  const Metadata found = Metadata::read(source, limits);
  const int x = data[0] % 64;
  const int y = data[1] % 48;
  const Placing placing{{64, 48},
                        {x, y, 64 - x, 48 - y},
                        data[2] % 2 == 0 ? 2 : 4,
                        static_cast<latent::Orientation>(data[3] % 8 + 1)};
  Metadata placed = found;
  place(placed, placing);
  forget_colours(placed);
  forget_attached(placed.xmp);
  for (const auto* fields : {&placed.image, &placed.photo, &placed.interop}) {
    for (const Field& field : *fields) {
      if (field.bytes.size() != field.count * tiff_type_size(field.type)) std::abort();
    }
  }
  if (found.attached) {
    const auto index = placed_index(*found.attached, 100, 10'000);
    if (index.size() != found.attached->index.size()) std::abort();
  }
  Metadata again = found;
  place(again, placing);
  if (again.image != placed.image || again.exr != placed.exr) std::abort();
  return 0;
}
