// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

namespace latent {

/// A program of our own that works for this one, and ends with it: it sees its end of a socket close.
///
/// Threads  one caller at a time.
class ChildProcess {
 public:
  /// Its end of the socket, and where what it is given begins.
  static constexpr int kSocket = 3;
  static constexpr int kFirstGiven = 4;

  /// Starts `program` with its standard streams on /dev/null, one end of a socket, and `given`
  /// open from kFirstGiven on; nothing else of ours is open there. Large memory of it comes in
  /// large pages, where glibc can.
  ///
  /// Errors   Io  the program cannot be started.
  [[nodiscard]] static Result<ChildProcess> start(const std::filesystem::path& program,
                                                  const std::vector<std::string>& arguments,
                                                  std::span<const int> given);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Ends it, and waits until it is gone.
  ~ChildProcess();

  [[nodiscard]] int socket() const { return socket_.number(); }

  /// Copies bytes out of its memory, which goes on meanwhile.
  ///
  /// Errors   Unsupported  this system does not allow that; Io  it is gone, or has no such memory.
  [[nodiscard]] Status read_memory(std::uint64_t address, std::span<std::byte> out) const;

  /// Ends it where it has not ended, and says how it ended, half a sentence: "was ended by signal
  /// 11 (Segmentation fault)", "ended with code 3".
  std::string end();

 private:
  ChildProcess(pid_t id, Descriptor socket) : id_(id), socket_(std::move(socket)) {}

  pid_t id_ = -1;
  Descriptor socket_;
};

}  // namespace latent
