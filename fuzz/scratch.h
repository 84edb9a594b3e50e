// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

namespace latent::fuzz {

/// A folder for the whole run, in memory where the system has that, gone at its end: for what reads
/// or writes files and nothing else.
class Scratch {
 public:
  Scratch() {
    const bool memory = std::filesystem::is_directory("/dev/shm");
    std::string name = memory ? "/dev/shm/latent_fuzz_XXXXXX" : "/tmp/latent_fuzz_XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// The path of a file of that name with these bytes.
  [[nodiscard]] std::filesystem::path file(const char* name,
                                           std::span<const std::uint8_t> bytes) const {
    std::filesystem::path path = folder_ / name;
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) std::abort();
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
    return path;
  }

 private:
  std::filesystem::path folder_;
};

/// The one of this process.
inline const Scratch& scratch() {
  static const Scratch kScratch;
  return kScratch;
}

}  // namespace latent::fuzz
