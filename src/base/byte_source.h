// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"

namespace latent {

/// All bytes of a source, as long as this lives.
class WholeBytes {
 public:
  explicit WholeBytes(std::span<const std::uint8_t> borrowed) : bytes_(borrowed) {}
  WholeBytes(std::shared_ptr<const void> owner, std::span<const std::uint8_t> bytes)
      : owner_(std::move(owner)), bytes_(bytes) {}

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::uint8_t> bytes_;
};

/// Bytes that can be read at any place: a file that was opened once, or memory.
///
/// Threads  const functions may be called from several at once.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  [[nodiscard]] virtual std::uint64_t size() const = 0;

  /// Fills `out` with the bytes from `offset` on.
  ///
  /// Errors   Corrupt  the end lies before; Io  the disk fails, or somebody has cut the file short.
  ///          Messages are predicates.
  [[nodiscard]] virtual Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const = 0;

  /// Whether the bytes are still those that were there at the beginning: nobody has written to the
  /// file, and no other one has taken its place.
  ///
  /// Errors   Io  they are not; the message is a predicate.
  [[nodiscard]] virtual Status unchanged() const { return {}; }

  /// All of it, where it is in memory anyway; else empty.
  [[nodiscard]] virtual std::span<const std::uint8_t> in_memory() const { return {}; }

  /// All of it, for a library that wants nothing less: a copy, or, where that would be large, a
  /// mapping, which ends the program if the file is cut short meanwhile.
  ///
  /// Errors   as read_at(); TooLarge where memory is refused.
  [[nodiscard]] Result<WholeBytes> whole() const;

 protected:
  /// A mapping of a large file; the copy of a smaller one is not its business.
  [[nodiscard]] virtual Result<WholeBytes> mapped() const;

  /// The error for a piece that is not wholly there.
  [[nodiscard]] Status check_extent(std::uint64_t offset, std::uint64_t count) const;
};

class MemoryBytes final : public ByteSource {
 public:
  /// The bytes stay the caller's and must outlive this.
  explicit MemoryBytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override;
  [[nodiscard]] std::span<const std::uint8_t> in_memory() const override { return bytes_; }

 private:
  std::span<const std::uint8_t> bytes_;
};

/// Opens a file for reading only, and never waits on a pipe or a device. Its bytes are read from
/// the one descriptor, not mapped: a file that is cut short meanwhile is an error, not a crash.
///
/// Errors   NotFound  nothing there.
///          Usage     a folder, a device, a pipe.
///          Io        no permission, or the disk fails.
///          Every message begins with the quoted path.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path);

}  // namespace latent
