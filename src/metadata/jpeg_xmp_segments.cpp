// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/jpeg_xmp_segments.h"

#include <algorithm>
#include <vector>

#include "base/md5.h"
#include "metadata/jpeg_segments.h"

namespace latent::metadata {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kNameDigits = 32;

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

void add_piece(const ReadAt& read_at, const JpegSegment& segment, std::string_view name,
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
  for (const JpegSegment& segment : jpeg_segments(read_at)) {
    add_piece(read_at, segment, name, pieces);
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
  if (name.size() != kNameDigits) return missing();
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
