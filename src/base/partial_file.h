// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/descriptor.h"
#include "base/file_access.h"
#include "base/result.h"

namespace latent {

/// A file that may be gathered over several runs, under a name of its own in a folder of our own:
/// the part of a download that has come. Unlike a SafeFile it stays when the process ends; whoever
/// owns the folder holds its lock and removes what nobody has gone on with.
///
/// Threads  one at a time.
class PartialFile {
 public:
  enum class Begin : std::uint8_t { Anew, AtItsEnd };

  /// Links are not followed, and nothing but a file is opened.
  ///
  /// Errors   Unsupported  something that is no file has the name.
  ///          NotFound, Io  as SafeFile.
  [[nodiscard]] static Result<PartialFile> open(const std::filesystem::path& path, Begin begin,
                                                const FileAccess& access);

  /// Errors   Io.
  [[nodiscard]] Status append(std::span<const char> bytes);

  /// Brings it to the disk and closes it. Errors   Io.
  [[nodiscard]] Status close();

 private:
  PartialFile(std::filesystem::path path, Descriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;
  Descriptor file_;
};

}  // namespace latent
