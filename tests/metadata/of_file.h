// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>

#include "base/byte_source.h"
#include "metadata/metadata.h"

namespace latent::metadata::test {

/// What a file on disk says of itself, for tests that ask nothing else of it.
inline Result<Metadata> of_file(const std::filesystem::path& path, const Limits& limits = {}) {
  LATENT_TRY(const auto source, open_bytes(path));
  return Metadata::read(*source, limits);
}

inline Metadata of_bytes(std::span<const std::uint8_t> bytes, const Limits& limits = {}) {
  return Metadata::read(MemoryBytes(bytes), limits);
}

}  // namespace latent::metadata::test
