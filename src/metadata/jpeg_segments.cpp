// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/jpeg_segments.h"

#include <algorithm>
#include <optional>

namespace latent::metadata {

namespace {

/// The next marker from `at` on: libjpeg skips what stands before it, and so does this, for a bit.
std::uint64_t next_marker(const ReadAt& read_at, std::uint64_t at) {
  constexpr std::size_t kMostStray = std::size_t{1} << 16U;
  const auto is_marker = [](std::uint8_t first, std::uint8_t second) {
    return first == 0xFF && second != 0;
  };
  const std::vector<std::uint8_t> head = read_at(at, 2);
  if (head.size() < 2 || is_marker(head[0], head[1])) return at;
  const std::vector<std::uint8_t> stray = read_at(at, kMostStray);
  const auto found = std::adjacent_find(stray.begin(), stray.end(), is_marker);
  return found == stray.end() ? at : at + static_cast<std::uint64_t>(found - stray.begin());
}

/// The segment whose marker stands at `at`; nothing where the picture begins, and where the file is
/// damaged. Fill bytes are skipped.
std::optional<JpegSegment> segment_at(const ReadAt& read_at, std::uint64_t at) {
  constexpr std::uint8_t kStartOfScan = 0xDA;
  constexpr std::uint8_t kFirstWithoutLength = 0xD0;  // restarts, begin and end of a picture
  constexpr std::uint8_t kTemporary = 0x01;
  constexpr std::size_t kMostFill = 16;
  const std::vector<std::uint8_t> head = read_at(at, 4 + kMostFill);
  if (head.size() < 4 || head[0] != 0xFF) return std::nullopt;
  std::size_t fill = 0;
  while (fill + 4 < head.size() && head[fill + 1] == 0xFF) ++fill;
  const std::uint8_t marker = head[fill + 1];
  const bool bare = marker >= kFirstWithoutLength && marker <= kStartOfScan;
  if (bare || marker <= kTemporary || marker == 0xFF) return std::nullopt;
  const auto length = static_cast<std::size_t>(big_endian(std::span(head).subspan(fill + 2, 2)));
  if (length < 2) return std::nullopt;
  return JpegSegment{marker, at + fill + 4, length - 2};
}

}  // namespace

std::vector<JpegSegment> jpeg_segments(const ReadAt& read_at) {
  constexpr std::size_t kMostSegments = 10'000;  // more are no picture's
  std::vector<JpegSegment> segments;
  if (!begins_with(read_at(0, 2), "\xff\xd8")) return segments;
  std::uint64_t at = 2;
  while (segments.size() < kMostSegments) {
    const auto segment = segment_at(read_at, next_marker(read_at, at));
    if (!segment) break;
    segments.push_back(*segment);
    at = segment->content + segment->size;
  }
  return segments;
}

}  // namespace latent::metadata
