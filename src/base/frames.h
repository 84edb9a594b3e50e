// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"

namespace latent {

/// A message between two processes: what kind it is, and bytes.
struct Frame {
  std::uint8_t kind = 0;
  std::vector<std::uint8_t> bytes;
};

/// How long one end waits for the other.
struct FrameWait {
  std::stop_token stop;
  std::optional<std::chrono::steady_clock::time_point> until;
};

/// Writes a message to a stream socket.
///
/// Errors   Io  the other end is gone.
[[nodiscard]] Status send_frame(int socket, std::uint8_t kind, std::span<const std::uint8_t> bytes);

/// Reads the next message. What the other end says of its size reserves no memory: that grows with
/// what arrives.
///
/// Errors   Cancelled  a stop was asked for.
///          Device     the time is over.
///          Io         the other end is gone, in the middle of a message or before it.
///          TooLarge   more than `most_bytes`.
[[nodiscard]] Result<Frame> receive_frame(int socket, std::size_t most_bytes,
                                          const FrameWait& wait = {});

}  // namespace latent
