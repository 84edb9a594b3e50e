// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.h"

namespace latent::write {

enum class Overwrite : std::uint8_t { Refuse, Replace };

/// The folder that a file of that name stands in; "." where the name has none.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& target);

/// A file that appears under its name only when it is whole: written to a hidden temporary beside
/// the target, flushed to the disk, then renamed. Destroyed without commit() it leaves nothing.
///
/// Every error is one sentence that names the target: full disk, unwritable or missing folder,
/// target is a folder, target exists.
///
/// Threads  one at a time.
class AtomicFile {
 public:
  /// Errors   Usage     target exists and overwrite is Refuse; target is a folder.
  ///          NotFound  its folder does not exist.
  ///          Io        the folder is not writable, the disk is full.
  [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& target,
                                                 Overwrite overwrite);
  ~AtomicFile();
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. Errors   Io.
  [[nodiscard]] Status write(std::span<const std::uint8_t> bytes);
  /// Writes over what was written before, or beyond it; size() grows to the end of what was
  /// written. Errors   Io.
  [[nodiscard]] Status write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  /// Bytes written; where the next write() goes.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::filesystem::path& target() const { return target_; }

  /// fsync, then rename. A target that came into being meanwhile is never clobbered under Refuse;
  /// rename_new() says what that means on file systems that know no such rename.
  ///
  /// Errors   Usage  as create(): the caller chooses another name and may call again.
  ///          Io     nothing is left behind.
  [[nodiscard]] Status commit();
  /// The same to another name in the same folder: for a caller that was refused.
  [[nodiscard]] Status commit_as(const std::filesystem::path& target);

 private:
  AtomicFile() = default;
  void discard();

  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  Overwrite overwrite_ = Overwrite::Refuse;
  std::filesystem::path target_;
  std::filesystem::path temporary_;
};

}  // namespace latent::write
