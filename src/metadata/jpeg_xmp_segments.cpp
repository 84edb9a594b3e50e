// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/jpeg_xmp_segments.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/md5.h"

namespace latent::metadata {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kMostSegments = 10'000;  ///< more are no picture's
constexpr std::size_t kNameDigits = 32;

struct Segment {
  std::uint8_t marker = 0;
  std::uint64_t content = 0;
  std::size_t size = 0;  ///< of the content
};

/// The segment whose marker stands at `at`; nothing where the picture begins, and where the file is
/// damaged. Fill bytes are skipped.
std::optional<Segment> segment_at(const ReadAt& read_at, std::uint64_t at) {
  constexpr std::uint8_t kStartOfScan = 0xDA;
  constexpr std::uint8_t kFirstWithoutLength = 0xD0;  // restarts, begin and end of a picture
  constexpr std::uint8_t kTemporary = 0x01;
  constexpr std::size_t kMostFill = 16;
  const Bytes head = read_at(at, 4 + kMostFill);
  if (head.size() < 4 || head[0] != 0xFF) return std::nullopt;
  std::size_t fill = 0;
  while (fill + 4 < head.size() && head[fill + 1] == 0xFF) ++fill;
  const std::uint8_t marker = head[fill + 1];
  const bool bare = marker >= kFirstWithoutLength && marker <= kStartOfScan;
  if (bare || marker <= kTemporary || marker == 0xFF) return std::nullopt;
  const auto length = static_cast<std::size_t>(big_endian(std::span(head).subspan(fill + 2, 2)));
  if (length < 2) return std::nullopt;
  return Segment{marker, at + fill + 4, length - 2};
}

/// A part of the extension, and where it belongs.
struct Piece {
  std::uint64_t offset = 0;
  std::uint64_t content = 0;  ///< in the file
  std::size_t size = 0;
};

struct Pieces {
  std::vector<Piece> list;
  std::uint64_t whole = 0;  ///< bytes of the extension, as the first segment says
  bool agree = true;        ///< about that
};

bool same_digits(std::span<const std::uint8_t> bytes, std::string_view name) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; };
  return std::equal(bytes.begin(), bytes.end(), name.begin(), name.end(),
                    [&](std::uint8_t byte, char digit) {
                      return upper(static_cast<char>(byte)) == upper(digit);
                    });
}

void add_piece(const ReadAt& read_at, const Segment& segment, std::string_view name,
               Pieces& pieces) {
  constexpr std::uint8_t kApp1 = 0xE1;
  constexpr std::size_t kHead = kXmpExtensionName.size() + kXmpExtensionHead;
  if (segment.marker != kApp1 || segment.size <= kHead) return;
  const Bytes bytes = read_at(segment.content, kHead);
  if (bytes.size() < kHead || !begins_with(bytes, kXmpExtensionName)) return;
  const auto head = std::span(bytes).subspan(kXmpExtensionName.size());
  if (!same_digits(head.first(kNameDigits), name)) return;
  const std::uint64_t whole = big_endian(head.subspan(kNameDigits, 4));
  if (pieces.list.empty()) pieces.whole = whole;
  pieces.agree = pieces.agree && whole == pieces.whole;
  pieces.list.push_back({big_endian(head.subspan(kNameDigits + 4, 4)), segment.content + kHead,
                         segment.size - kHead});
}

Pieces find_pieces(const ReadAt& read_at, std::string_view name) {
  Pieces pieces;
  std::uint64_t at = 2;
  for (int i = 0; i < kMostSegments; ++i) {
    const auto segment = segment_at(read_at, at);
    if (!segment) break;
    add_piece(read_at, *segment, name, pieces);
    at = segment->content + segment->size;
  }
  return pieces;
}

/// Whether the pieces, which are in order, lie side by side from the first byte to the last.
bool are_whole(const Pieces& pieces) {
  std::uint64_t end = 0;
  for (const Piece& piece : pieces.list) {
    if (piece.offset != end) return false;
    end += piece.size;
  }
  return pieces.agree && end == pieces.whole;
}

}  // namespace

Result<XmpExtension> xmp_extension(const ReadAt& read_at, std::string_view name,
                                   const Limits& limits) {
  const auto missing = [] { return fail(ErrorCode::NotFound, "is missing"); };
  if (name.size() != kNameDigits || !begins_with(read_at(0, 2), "\xff\xd8")) return missing();
  Pieces pieces = find_pieces(read_at, name);
  if (pieces.list.empty()) return missing();
  if (pieces.whole > limits.max_metadata_bytes) {
    return fail(ErrorCode::TooLarge, "is larger than any that is read");
  }
  std::sort(pieces.list.begin(), pieces.list.end(),
            [](const Piece& a, const Piece& b) { return a.offset < b.offset; });
  if (!are_whole(pieces)) {
    return fail(ErrorCode::Corrupt, "is not whole: pieces of it are missing or contradict");
  }
  XmpExtension extension;
  for (const Piece& piece : pieces.list) {
    const Bytes bytes = read_at(piece.content, piece.size);
    if (bytes.size() < piece.size) return fail(ErrorCode::Corrupt, "is cut short");
    extension.packet.append(bytes.begin(), bytes.end());
  }
  const std::span all(reinterpret_cast<const std::uint8_t*>(extension.packet.data()),
                      extension.packet.size());
  const std::string digest = md5_hex(all);
  extension.is_as_named =
      same_digits({reinterpret_cast<const std::uint8_t*>(digest.data()), digest.size()}, name);
  return extension;
}

}  // namespace latent::metadata
