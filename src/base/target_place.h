// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "base/safe_file.h"

namespace latent {

/// Where a file must be put so that it is found under the name of the target: the target itself, or
/// with overwriting allowed the file that it links to.
///
/// Errors   as SafeFile::create().
[[nodiscard]] Result<std::filesystem::path> place_for(const std::filesystem::path& target,
                                                      Overwrite overwrite);

[[nodiscard]] tl::unexpected<Error> exists_already(const std::filesystem::path& target);

/// The sentence for what the system said. `needed`: bytes that the file has at least, 0 if unknown.
[[nodiscard]] tl::unexpected<Error> cannot_write(const std::filesystem::path& target, int error,
                                                 std::uint64_t needed);

}  // namespace latent
