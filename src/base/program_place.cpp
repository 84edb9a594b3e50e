// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/program_place.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>

namespace latent {

namespace fs = std::filesystem;

fs::path own_library() {
  static const char inside = 0;
  Dl_info facts{};
  link_map* loaded = nullptr;
  if (::dladdr1(&inside, &facts, reinterpret_cast<void**>(&loaded), RTLD_DL_LINKMAP) == 0 ||
      loaded == nullptr || loaded->l_name == nullptr || *loaded->l_name == '\0') {
    return {};
  }
  std::error_code failed;
  fs::path library = fs::canonical(loaded->l_name, failed);
  return failed ? fs::path{} : library;
}

fs::path program_folder() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::path{} : program.parent_path();
}

fs::path private_folder() {
  if (const fs::path library = own_library(); !library.empty()) {
    return library.parent_path() / "latent";
  }
  const fs::path program = program_folder();
  if (program.empty()) return {};
  return (program / LATENT_PRIVATE_FROM_PROGRAM).lexically_normal();
}

fs::path private_program(const char* name, const char* variable) {
  const char* named = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
  if (named != nullptr && *named != '\0') return named;
  const fs::path folder = private_folder();
  if (folder.empty()) return {};
  fs::path program = folder / name;
  return ::access(program.c_str(), X_OK) == 0 ? program : fs::path{};
}

}  // namespace latent
