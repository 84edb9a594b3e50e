// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as TIFF or BigTIFF: every field of every directory is read in every way, within its
// bounds.
#include "read/tiff_directory.h"

#include <cstdlib>

#include "fuzz_limits.h"
#include "tiff_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const MemoryBytes source({data, size});
  const auto file = read::TiffFile::open(source, fuzz::small_limits());
  if (!file) return 0;
  for (const auto& directory : file->directories()) {
    for (const auto& field : directory.fields) {
      if (field.bytes() > size) std::abort();
      const auto numbers = file->numbers(field);
      const auto integers = file->integers(field);
      if (integers && integers->size() > size) std::abort();
      const auto bytes = file->native_bytes(field);
      if (bytes && bytes->size() != field.bytes()) std::abort();
      if (file->text(&field).size() > 4 * std::size_t{255}) std::abort();
    }
  }
  return 0;
}
