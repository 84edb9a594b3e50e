// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/reader.h"

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

std::filesystem::path find_reader() { return private_program("latent-reader", "LATENT_READER"); }

}  // namespace latent::read
