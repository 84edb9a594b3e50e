// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/frames.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace latent {

namespace {

constexpr std::size_t kHeaderBytes = 9;  // the kind, and the number of bytes of this machine
constexpr std::chrono::milliseconds kGlance{20};  // how often a stop is looked for

tl::unexpected<Error> gone() { return fail(ErrorCode::Io, "the other process is gone"); }

/// Waits until there is something to read.
Status wait_for(int socket, const FrameWait& wait) {
  using Clock = std::chrono::steady_clock;
  for (;;) {
    if (wait.stop.stop_requested()) return fail(ErrorCode::Cancelled, "cancelled");
    auto patience = kGlance;
    if (wait.until) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(*wait.until - Clock::now());
      if (left.count() <= 0) return fail(ErrorCode::Device, "the other process takes too long");
      patience = std::min(patience, left + std::chrono::milliseconds(1));
    }
    const bool watched = wait.until.has_value() || wait.stop.stop_possible();
    pollfd ready{socket, POLLIN, 0};
    const int count = ::poll(&ready, 1, watched ? static_cast<int>(patience.count()) : -1);
    if (count > 0) return {};
    if (count < 0 && errno != EINTR) return gone();
  }
}

Status read_all(int socket, std::span<std::uint8_t> out, const FrameWait& wait) {
  while (!out.empty()) {
    LATENT_CHECK(wait_for(socket, wait));
    const ssize_t count = ::recv(socket, out.data(), out.size(), 0);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return gone();
    out = out.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status write_all(int socket, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return gone();
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

Status send_frame(int socket, std::uint8_t kind, std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, kHeaderBytes> header{kind};
  const std::uint64_t count = bytes.size();
  std::memcpy(header.data() + 1, &count, sizeof count);
  LATENT_CHECK(write_all(socket, header));
  return write_all(socket, bytes);
}

Result<Frame> receive_frame(int socket, std::size_t most_bytes, const FrameWait& wait) {
  constexpr std::size_t kPiece = std::size_t{1} << 20U;
  std::array<std::uint8_t, kHeaderBytes> header{};
  LATENT_CHECK(read_all(socket, header, wait));
  std::uint64_t count = 0;
  std::memcpy(&count, header.data() + 1, sizeof count);
  if (count > most_bytes) return fail(ErrorCode::TooLarge, "the message is too large");
  Frame frame{header[0], {}};
  while (frame.bytes.size() < count) {
    const std::size_t had = frame.bytes.size();
    frame.bytes.resize(had +
                       static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, count - had)));
    LATENT_CHECK(read_all(socket, std::span(frame.bytes).subspan(had), wait));
  }
  return frame;
}

}  // namespace latent
