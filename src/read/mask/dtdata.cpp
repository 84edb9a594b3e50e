// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/mask/dtdata.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/path.h"
#include "read/mask/coverage.h"
#include "read/mask/sha1.h"
#include "read/picture/picture_file.h"

namespace latent::read {

namespace {

constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kLocalBytes = 30;
constexpr std::uint32_t kEndMark = 0x06054B50;
constexpr std::uint32_t kCentralMark = 0x02014B50;
constexpr std::uint32_t kLocalMark = 0x04034B50;
constexpr std::uint32_t kMostEntries = 10'000;
constexpr std::uint32_t kMostBytes = 512U << 20U;  // of one picture, packed or not
constexpr std::uint32_t kZip64 = 0xFFFFFFFF;

using Bytes = std::vector<std::uint8_t>;

std::uint16_t two(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8U);
}
std::uint32_t four(std::span<const std::uint8_t> bytes, std::size_t at) {
  return two(bytes, at) | static_cast<std::uint32_t>(two(bytes, at + 2)) << 16U;
}

tl::unexpected<Error> damaged(const char* what) {
  return fail(ErrorCode::Corrupt, std::string("is a damaged .dtdata: ") + what);
}

Result<Bytes> piece(const ByteSource& source, std::uint64_t offset, std::uint64_t count) {
  if (offset > source.size() || count > source.size() - offset) {
    return damaged("its directory points behind its end");
  }
  Bytes bytes(static_cast<std::size_t>(count));
  LATENT_CHECK(source.read_at(offset, bytes));
  return bytes;
}

/// The end of the directory: the last such mark whose comment reaches the end of the file.
Result<Bytes> end_of_directory(const ByteSource& source) {
  constexpr std::uint64_t kLongest = kEndBytes + 65535;
  if (source.size() < kEndBytes) return damaged("it is no zip");
  const std::uint64_t count = std::min(source.size(), kLongest);
  LATENT_TRY(Bytes tail, piece(source, source.size() - count, count));
  for (std::size_t at = tail.size() - kEndBytes + 1; at-- > 0;) {
    if (four(tail, at) != kEndMark) continue;
    if (at + kEndBytes + two(tail, at + 20) != tail.size()) continue;
    return Bytes(tail.begin() + static_cast<std::ptrdiff_t>(at),
                 tail.begin() + static_cast<std::ptrdiff_t>(at + kEndBytes));
  }
  return damaged("it is no zip, or cut short");
}

/// 0 for masks, 1 for depth maps, 2 for brushes; nothing for other entries.
std::optional<int> kind_of(const std::string& name) {
  constexpr std::array<std::string_view, 3> kKinds{"mask-", "depth-", "brush-"};
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    if (name.starts_with(kKinds[kind]) && name.ends_with(".png")) return static_cast<int>(kind);
  }
  return std::nullopt;
}

Result<Bytes> inflated(const Bytes& packed, std::uint32_t bytes) {
  Bytes out(bytes);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
    return fail(ErrorCode::TooLarge, "needs more memory than there is");
  }
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int state = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (state != Z_STREAM_END || stream.avail_out != 0) return damaged("an entry does not unpack");
  return out;
}

}  // namespace

Result<Dtdata> Dtdata::open(const ByteSource& source, const Limits& limits) {
  Dtdata data(source, limits);
  LATENT_TRY(const Bytes end, end_of_directory(source));
  const std::uint32_t count = two(end, 10);
  const std::uint32_t size = four(end, 12);
  const std::uint32_t offset = four(end, 16);
  if (count == 0xFFFF || size == kZip64 || offset == kZip64) {
    return fail(ErrorCode::Unsupported, "is a zip64, which no .dtdata is");
  }
  if (count > kMostEntries) return fail(ErrorCode::TooLarge, "has more than 10,000 entries");
  LATENT_TRY(const Bytes directory, piece(source, offset, size));
  std::optional<DtdataEntry> version;
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (directory.size() - at < kCentralBytes || four(directory, at) != kCentralMark) {
      return damaged("its directory ends early");
    }
    const std::size_t name = two(directory, at + 28);
    const std::size_t whole =
        kCentralBytes + name + two(directory, at + 30) + two(directory, at + 32);
    if (directory.size() - at < whole) return damaged("its directory ends early");
    DtdataEntry entry;
    const auto begin = directory.begin() + static_cast<std::ptrdiff_t>(at + kCentralBytes);
    entry.name.assign(begin, begin + static_cast<std::ptrdiff_t>(name));
    if ((two(directory, at + 8) & 1U) != 0) {
      return fail(ErrorCode::Unsupported, "has encrypted entries, as no .dtdata has");
    }
    entry.method = two(directory, at + 10);
    entry.crc32 = four(directory, at + 16);
    entry.packed_bytes = four(directory, at + 20);
    entry.bytes = four(directory, at + 24);
    entry.offset = four(directory, at + 42);
    at += whole;
    if (entry.name == "version") version = entry;
    if (kind_of(entry.name)) data.entries_.push_back(std::move(entry));
  }
  if (!version) return damaged("it has no entry \"version\"");
  LATENT_TRY(const Bytes said, data.content(*version));
  const std::string words(said.begin(), said.end());
  if (words != "1" && words != "1\n") {
    return fail(ErrorCode::Unsupported, "is of version " + printable(words.substr(0, 20)) +
                                            " of .dtdata; version 1 is read");
  }
  std::ranges::stable_sort(data.entries_, {},
                           [](const DtdataEntry& entry) { return *kind_of(entry.name); });
  return data;
}

Result<std::vector<std::uint8_t>> Dtdata::content(const DtdataEntry& entry) const {
  if (entry.bytes > kMostBytes || entry.packed_bytes > kMostBytes) {
    return fail(ErrorCode::TooLarge, "has an entry of more than 512 MiB");
  }
  // Deflate packs 1032 to 1 at best: what claims more is refused before memory is asked for.
  if (entry.bytes / 1032 > entry.packed_bytes) return damaged("an entry is larger than it can be");
  LATENT_TRY(const Bytes head, piece(*source_, entry.offset, kLocalBytes));
  if (four(head, 0) != kLocalMark) return damaged("an entry has no header");
  const std::uint64_t begin =
      std::uint64_t{entry.offset} + kLocalBytes + two(head, 26) + two(head, 28);
  LATENT_TRY(Bytes bytes, piece(*source_, begin, entry.packed_bytes));
  if (entry.method == 8) {
    LATENT_TRY(bytes, inflated(bytes, entry.bytes));
  } else if (entry.method != 0 || entry.bytes != entry.packed_bytes) {
    return damaged("an entry is packed in a way that none is");
  }
  const auto crc = ::crc32(0, bytes.data(), static_cast<uInt>(bytes.size()));
  if (crc != entry.crc32) return damaged("the checksum of an entry does not agree");
  return bytes;
}

Result<Image<float>> Dtdata::coverage(const DtdataEntry& entry) const {
  LATENT_TRY(const Bytes bytes, content(entry));
  const auto dash = entry.name.find('-');
  if (entry.name.substr(dash + 1) != sha1_hex(bytes) + ".png") {
    return damaged("an entry is not what its name says");
  }
  const MemoryBytes png(bytes);
  LATENT_TRY(const auto file, open_png_picture(png, limits_));
  LATENT_TRY(const auto picture, file->read({}));
  return coverage_of(picture);
}

}  // namespace latent::read
