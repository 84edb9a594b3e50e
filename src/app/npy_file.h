// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "infer/tensor_session.h"

namespace latent::app {

/// Reads an array as numpy.save writes it, of any rank up to 32: float32, float64, float16 or
/// integers of 8 to 64 bits or bool, little-endian, C order. What float32 does not hold exactly is
/// refused for integers and rounded for float64.
///
/// Errors   NotFound, Io  the file cannot be read.
///          Corrupt       not that format, or bytes missing or left over.
///          Unsupported   another type or order, or an integer beyond 2^24.
///          TooLarge      more than 4 GiB.
///          Every message begins with the quoted path.
[[nodiscard]] Result<infer::NamedTensor> read_npy_file(const std::filesystem::path& path,
                                                       std::string name);

/// Writes float32, version 1.0. Replaces a file that is there.
///
/// Errors   as SafeFile.
[[nodiscard]] Status write_npy_file(const std::filesystem::path& path,
                                    const infer::NamedTensor& tensor);

}  // namespace latent::app
