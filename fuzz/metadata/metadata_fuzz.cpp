// SPDX-License-Identifier: GPL-3.0-or-later
// Metadata of any bytes: fields that hold together, or warnings. Crashes are bad, Exiv2's too.
#include "metadata/metadata.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "metadata/earlier_work.h"
#include "metadata/marks.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto metadata = latent::metadata::Metadata::read(latent::MemoryBytes({data, size}));
  for (const auto* fields : {&metadata.image, &metadata.photo, &metadata.gps, &metadata.interop}) {
    for (const auto& field : *fields) {
      if (field.count == 0 || field.bytes.size() % field.count != 0) std::abort();
    }
  }
  (void)latent::metadata::earlier_work(metadata.xmp);
  (void)latent::metadata::marks_of(metadata.xmp);
  return 0;
}
