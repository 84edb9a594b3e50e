// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "models/package.h"

namespace {

/// One file for the whole run, in memory where the system has that.
const std::filesystem::path& scratch() {
  static const std::filesystem::path path = [] {
    const bool shm = std::filesystem::is_directory("/dev/shm");
    std::string name = shm ? "/dev/shm/latent_fuzz_XXXXXX" : "/tmp/latent_fuzz_XXXXXX";
    const int file = mkstemp(name.data());
    if (file >= 0) close(file);
    return std::filesystem::path(name);
  }();
  return path;
}

}  // namespace

/// An archive from anywhere: an error is good, a crash is bad, and so is more memory than asked
/// for.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  FILE* file = std::fopen(scratch().c_str(), "wb");
  if (file == nullptr) return 0;
  std::fwrite(data, 1, size, file);
  std::fclose(file);
  latent::Limits limits;
  limits.max_package_bytes = std::size_t{16} << 20U;
  limits.max_package_entries = 64;
  const auto package = latent::models::Package::open(scratch(), limits);
  if (!package || !package->manifest().latent) return 0;
  for (const auto& network : package->manifest().latent->networks) {
    (void)load_network(*package, network.kind, network.scale);
  }
  return 0;
}
