// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/jpeg_segments.h"

#include <optional>

namespace latent::metadata {

namespace {

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
    const auto segment = segment_at(read_at, at);
    if (!segment) break;
    segments.push_back(*segment);
    at = segment->content + segment->size;
  }
  return segments;
}

}  // namespace latent::metadata
