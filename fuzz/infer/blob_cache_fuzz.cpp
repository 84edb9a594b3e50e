// SPDX-License-Identifier: GPL-3.0-or-later
// A compiled network of any bytes in the cache: what comes out is what stands in the file, or
// nothing.
#include "infer/blob_cache.h"

#include <array>
#include <cstdlib>

#include "scratch.h"

namespace {

/// The file in which the cache keeps the key.
const std::filesystem::path& file_of_key(const latent::infer::BlobCache& cache) {
  static const std::filesystem::path kFile = [&] {
    constexpr std::array<char, 3> kBytes{'o', 'n', 'e'};
    cache.store("key", kBytes);
    for (const auto& entry :
         std::filesystem::directory_iterator(latent::fuzz::scratch().folder())) {
      if (entry.path().extension() == ".blob") return entry.path();
    }
    std::abort();
  }();
  return kFile;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const infer::BlobCache cache(fuzz::scratch().folder());
  const auto& path = file_of_key(cache);
  (void)fuzz::scratch().file(path.filename().c_str(), {data, size});
  if (cache.load("key").size() > size) std::abort();
  return 0;
}
