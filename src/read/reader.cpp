// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/reader.h"

#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <utility>

#include "base/program_place.h"

namespace latent::read {

namespace {

struct Chosen {
  std::mutex mutex;
  std::optional<Reader> reader;
};

Chosen& chosen() {
  static Chosen one;
  return one;
}

}  // namespace

void read_with(std::optional<Reader> reader) {
  const std::scoped_lock lock(chosen().mutex);
  chosen().reader = std::move(reader);
}

std::optional<Reader> current_reader() {
  const std::scoped_lock lock(chosen().mutex);
  return chosen().reader;
}

std::filesystem::path find_reader() {
  if (const char* named = std::getenv("LATENT_READER"); named != nullptr && *named != '\0') {
    return named;
  }
  const std::filesystem::path folder = private_folder();
  if (folder.empty()) return {};
  std::filesystem::path program = folder / "latent-reader";
  return ::access(program.c_str(), X_OK) == 0 ? program : std::filesystem::path{};
}

}  // namespace latent::read
