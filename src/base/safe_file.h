// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/file_access.h"
#include "base/result.h"

namespace latent {

enum class Overwrite : std::uint8_t { Refuse, Replace };

/// Where a file is while it is written.
enum class Beside : std::uint8_t {
  Unnamed,  ///< in the folder's file system without a name, if that can be (O_TMPFILE)
  Named     ///< under temporary_name() in the folder
};

struct SafeFileOptions {
  Overwrite overwrite = Overwrite::Refuse;
  FileAccess access = {};  ///< what is replaced restricts it further
  Beside beside = Beside::Unnamed;
};

/// The folder that a file of that name stands in; "." where the name has none.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& target);

/// A file that appears under its name only when it is whole: the only way in which Latent writes.
///
/// It is written without a name where the file system allows that, else under a hidden name beside
/// the target; brought to the disk (fsync); then named; then the folder is brought to the disk. It
/// leaves nothing when it is destroyed without commit(), and nothing for ever when the process is
/// killed: whoever writes into a folder next removes what killed runs left there
/// (sweep_stale_files()). Of an unnamed file a kill leaves something only if it comes between the
/// two system calls that replace an old file.
///
/// What it never does, allowed to overwrite or not: replace a folder, device, pipe or socket, or a
/// file that appeared meanwhile where it was not allowed to. Both are judged at commit() anew.
///
/// A link as target, with overwriting allowed, is written through, as cp and the shell do: the
/// file that it names is replaced in its own folder, and the link stays. Under Refuse a link is a
/// name that is taken. A second name of a replaced file (hard link) keeps the old content.
///
/// Every error is one sentence that names the target.
///
/// Threads  one at a time.
class SafeFile {
 public:
  /// Errors   Usage     target exists and overwrite is Refuse; target is a folder, device, pipe or
  ///                    socket.
  ///          NotFound  its folder does not exist.
  ///          Io        the folder is not writable, the disk is full.
  [[nodiscard]] static Result<SafeFile> create(const std::filesystem::path& target,
                                               const SafeFileOptions& options);
  ~SafeFile();
  SafeFile(SafeFile&& other) noexcept;
  SafeFile& operator=(SafeFile&& other) noexcept;
  SafeFile(const SafeFile&) = delete;
  SafeFile& operator=(const SafeFile&) = delete;

  /// Appends. Errors   Io; on a full disk the sentence says how much room is needed at least.
  [[nodiscard]] Status write(std::span<const std::uint8_t> bytes);
  [[nodiscard]] Status write(std::string_view bytes);
  /// Writes over what was written before, or beyond it; size() grows to the end of what was
  /// written. Errors   as write().
  [[nodiscard]] Status write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  /// Bytes written; where the next write() goes.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::filesystem::path& target() const { return target_; }

  /// A path under which this process can read what was written before it has its name.
  [[nodiscard]] std::filesystem::path readable_path() const;

  /// Brings the file to the disk and gives it its name. A target that came into being meanwhile is
  /// never clobbered under Refuse; rename_new() says what that means on file systems that know no
  /// such rename. A folder that cannot be brought to the disk itself is passed over.
  ///
  /// Errors   Usage  as create(): the caller chooses another name and may call again.
  ///          Io     nothing is left behind.
  [[nodiscard]] Status commit();
  /// The same to another name in the same folder: for a caller that was refused.
  [[nodiscard]] Status commit_as(const std::filesystem::path& target);

 private:
  SafeFile() = default;
  [[nodiscard]] Status open(const std::filesystem::path& place, mode_t mode, Beside beside);
  [[nodiscard]] Status sync_and_name(const std::filesystem::path& place);
  [[nodiscard]] int give_name(const std::filesystem::path& place);
  [[nodiscard]] int give_new_name(const std::filesystem::path& place);
  [[nodiscard]] int link_temporary();
  [[nodiscard]] Status fault(int error, std::uint64_t needed) const;
  void discard();

  Descriptor folder_;
  Descriptor file_;
  std::uint64_t size_ = 0;
  Overwrite overwrite_ = Overwrite::Refuse;
  std::filesystem::path target_;
  std::string temporary_;  ///< its name in folder_; empty while it has none
};

/// Writes a whole file of our own, part after part, over what is there: open to its owner alone
/// unless `access` says otherwise.
///
/// Errors   as SafeFile; the old file is what it was.
[[nodiscard]] Status replace_file(const std::filesystem::path& path,
                                  std::initializer_list<std::string_view> parts,
                                  const FileAccess& access = FileAccess::only_owner());

}  // namespace latent
