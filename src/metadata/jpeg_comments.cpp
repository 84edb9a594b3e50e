// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/jpeg_comments.h"

#include <optional>

#include "metadata/encoding.h"
#include "metadata/jpeg_segments.h"

namespace latent::metadata {

namespace {

/// Without the zeros behind it, with which some writers end it; nothing where it is no text of at
/// most `most` bytes.
std::optional<std::string> text_of(const ReadAt& read_at, const JpegSegment& segment,
                                   std::size_t most) {
  const auto bytes = read_at(segment.content, segment.size);
  if (bytes.size() < segment.size) return std::nullopt;
  std::string text(bytes.begin(), bytes.end());
  text.erase(text.find_last_not_of('\0') + 1);
  if (text.find('\0') != std::string::npos) return std::nullopt;
  text = utf8_of_unstated(text);
  if (text.size() > most) return std::nullopt;
  return text;
}

}  // namespace

std::vector<TextEntry> jpeg_comments(const ReadAt& read_at, const Limits& limits,
                                     std::vector<std::string>& warnings) {
  constexpr std::uint8_t kCom = 0xFE;
  std::vector<TextEntry> entries;
  std::size_t room = limits.max_metadata_bytes;
  bool dropped = false;
  for (const JpegSegment& segment : jpeg_segments(read_at)) {
    if (segment.marker != kCom) continue;
    const auto text = text_of(read_at, segment, room);
    dropped = dropped || !text;
    if (!text || text->empty()) continue;
    room -= text->size();
    entries.push_back({std::string(kCommentKeyword), *text, {}, {}, false});
  }
  if (dropped) {
    warnings.emplace_back(
        "a comment of the source that is no text, damaged or too large was left out");
  }
  return entries;
}

}  // namespace latent::metadata
