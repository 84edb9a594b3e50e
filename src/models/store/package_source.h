// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/limits.h"
#include "base/result.h"

namespace latent::models {

/// Takes the files of a package, one after the other, in pieces: nothing is in memory that it does
/// not keep. An error it returns ends the walk and is handed up.
class EntrySink {
 public:
  EntrySink() = default;
  EntrySink(const EntrySink&) = delete;
  EntrySink& operator=(const EntrySink&) = delete;
  virtual ~EntrySink() = default;
  /// `name` is relative to the package's top folder and safe (is_safe_entry_name()).
  virtual Status begin(const std::string& name) = 0;
  virtual Status piece(std::span<const std::byte> bytes) = 0;
  virtual Status end() = 0;
};

/// "4096 MiB, the most that a package may have", for the end of a sentence.
[[nodiscard]] std::string most_of_a_package(const Limits& limits);

/// Walks a zip archive or an unpacked folder, refusing what no package may hold: names that leave
/// the folder, links and devices, encryption, an entry twice, a second top folder, more entries or
/// bytes than `limits`, an archive that unpacks to more than 200 times its size.
///
/// Returns  the name of the top folder.
/// Errors   NotFound, Io, Corrupt, TooLarge, and what the sink returned; Unsupported where the file is
///          no zip at all but an ONNX network, weights, another archive: the sentence says which.
[[nodiscard]] Result<std::string> walk_package(const std::filesystem::path& path,
                                               const Limits& limits, EntrySink& sink);

}  // namespace latent::models
