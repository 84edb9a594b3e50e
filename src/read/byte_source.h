// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"

namespace latent::read {

/// Bytes that can be read at any place: a file, or memory (the fuzzers).
///
/// Threads  read_at() may be called from several at once.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  [[nodiscard]] virtual std::uint64_t size() const = 0;

  /// Fills `out` with the bytes from `offset` on.
  ///
  /// Errors   Corrupt  the end lies before; Io  the disk fails.
  [[nodiscard]] virtual Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const = 0;

 protected:
  /// The error for a piece that is not wholly there.
  [[nodiscard]] Status check_extent(std::uint64_t offset, std::uint64_t count) const;
};

class MemoryBytes final : public ByteSource {
 public:
  /// The bytes stay the caller's and must outlive this.
  explicit MemoryBytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override;

 private:
  std::span<const std::uint8_t> bytes_;
};

/// Opens a file for reading only.
///
/// Errors   Io  it cannot be opened.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path);

}  // namespace latent::read
