// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string_view>

namespace latent {

/// What a cache of files may hold.
struct CacheRoom {
  std::size_t most_files = std::numeric_limits<std::size_t>::max();
  std::uint64_t most_bytes = std::numeric_limits<std::uint64_t>::max();
};

/// Removes the files of a folder with that ending (".blob") which were touched longest ago, until
/// the rest fits into `room`. Errors are passed over: a cache that cannot shrink is no fault.
///
/// Threads  any; another process may do the same.
void keep_newest_files(const std::filesystem::path& folder, std::string_view ending,
                       const CacheRoom& room);

}  // namespace latent
