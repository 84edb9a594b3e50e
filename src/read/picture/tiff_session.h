// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"

struct tiff;  // libtiff's own, at global scope

namespace latent::read {

/// One libtiff handle on a source, silent: what libtiff says is kept here. While samples are
/// decoded a warning is a fault too, because libtiff warns where it makes up what is missing.
///
/// Threads  one at a time; several sessions may read one source side by side.
class TiffSession {
 public:
  /// libtiff allocates nothing of more than `most_bytes` at once for the tables of the file.
  ///
  /// Errors   Corrupt  libtiff refuses the header; the message is a predicate.
  [[nodiscard]] static Result<std::unique_ptr<TiffSession>> open(const ByteSource& source,
                                                                 std::size_t most_bytes);
  TiffSession(const TiffSession&) = delete;
  TiffSession& operator=(const TiffSession&) = delete;
  ~TiffSession();

  [[nodiscard]] tiff* handle() const { return handle_; }

  /// From now on warnings are faults; of the old JPEG only those of the JPEG decoder itself,
  /// because libtiff always complains of its header.
  void begin_decoding(bool old_jpeg);
  void forget_messages();
  /// Names of the tags that libtiff left out since then, because they make no sense or lie outside
  /// the file.
  [[nodiscard]] const std::vector<std::string>& lost_tags() const { return lost_tags_; }

  [[nodiscard]] bool complained() const { return !message_.empty(); }
  /// What libtiff said first, printable; "no reason given" where it said nothing.
  [[nodiscard]] std::string message() const;

  struct Callbacks;

 private:
  explicit TiffSession(const ByteSource& source) : source_(source) {}

  const ByteSource& source_;
  tiff* handle_ = nullptr;
  std::uint64_t position_ = 0;
  bool decoding_ = false;
  bool old_jpeg_ = false;
  std::string message_;
  std::vector<std::string> lost_tags_;
};

}  // namespace latent::read
