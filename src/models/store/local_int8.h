// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/manifest/manifest.h"

namespace latent::models {

/// One network in 8-bit integers, made on this computer from a file of a package.
struct LocalInt8Network {
  std::string file;        ///< of the package, in float32: what it was made from
  std::string f32_sha256;  ///< of that file: it fits no other
  Int8Variant facts;       ///< `facts.file` and `facts.golden_output` are empty
  std::vector<std::byte> onnx;
  std::string sha256;  ///< of `onnx`
};

/// What `latent models quantise` made of a package. It lies beside the packages of the store, never
/// in one: who passes a package on passes the original on (decision 80).
struct LocalInt8 {
  std::string id;             ///< of the package
  std::string when;           ///< UTC, "2026-05-01T12:00:00Z"
  std::string program;        ///< that made it, with its version
  std::int64_t pictures = 0;  ///< that it was calibrated on
  std::vector<LocalInt8Network> networks;
};

/// The bytes of such a file: a line "latent_local_int8 1 <bytes of JSON>", the JSON, and the
/// networks one after the other.
[[nodiscard]] std::string dump_local_int8(const LocalInt8& made);

/// Reads and judges them: every key, every size, every SHA-256.
///
/// Errors   Corrupt      the sentence names the key.
///          Unsupported  of a later version of Latent.
[[nodiscard]] Result<LocalInt8> parse_local_int8(std::string_view bytes);

/// Where the store `store` keeps that of a package.
[[nodiscard]] std::filesystem::path local_int8_path(const std::filesystem::path& store,
                                                    const std::string& id);

/// Errors   NotFound  none was made; others as read_small_file() and parse_local_int8(), the
///          sentence says what helps.
[[nodiscard]] Result<LocalInt8> read_local_int8(const std::filesystem::path& store,
                                                const std::string& id);

/// Puts it in the place of an earlier one; by who holds the store's lock.
///
/// Errors   as replace_file().
[[nodiscard]] Status write_local_int8(const std::filesystem::path& store, const LocalInt8& made);

/// Errors   NotFound  none was made; Io.
[[nodiscard]] Status remove_local_int8(const std::filesystem::path& store, const std::string& id);

}  // namespace latent::models
