// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/exr_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "base/path.h"
#include "read/picture/picture_file.h"

namespace latent::read {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kOffsetBytes = 8;  // of one block in the table
constexpr int kMostAttributes = 10'000;    // of all parts; more are no picture's

enum Compression : std::uint8_t { None, Rle, Zips, Zip, Piz, Pxr24, B44, B44a, Dwaa, Dwab };

tl::unexpected<Error> breaks_off() {
  return fail(ErrorCode::Corrupt, "is cut short or damaged: its header breaks off; copy it again");
}

std::uint64_t number(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (std::size_t k = bytes.size(); k-- > 0;) value = value << 8U | bytes[k];
  return value;
}

std::int32_t number32(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(number(bytes.subspan(at, 4))));
}

/// An attribute before its value is read.
struct Attribute {
  std::string name;
  std::string type;
  std::uint64_t at = 0;  ///< of the value
  std::uint32_t size = 0;
};

/// Walks along the headers.
class HeaderReader {
 public:
  HeaderReader(const ByteSource& source, const Limits& limits) : source_(source), limits_(limits) {}

  [[nodiscard]] std::uint64_t at() const { return at_; }

  /// Whether the zero stands here that ends a header, or all of them; takes it.
  Result<bool> take_end() {
    std::array<std::uint8_t, 1> byte{};
    if (!source_.read_at(at_, byte)) return breaks_off();
    if (byte[0] != 0) return false;
    ++at_;
    return true;
  }

  /// The attribute that stands here, and on to the next.
  Result<Attribute> take() {
    Attribute attribute;
    LATENT_TRY(attribute.name, take_word());
    LATENT_TRY(attribute.type, take_word());
    std::array<std::uint8_t, 4> size{};
    if (!source_.read_at(at_, size)) return breaks_off();
    attribute.at = at_ + size.size();
    attribute.size = static_cast<std::uint32_t>(number(size));
    if (attribute.size > source_.size() - attribute.at) {
      return fail(ErrorCode::Corrupt,
                  fmt::format("is cut short or damaged: its attribute {} should have {} bytes, "
                              "more than the file holds; copy it again",
                              printable(attribute.name), attribute.size));
    }
    at_ = attribute.at + attribute.size;
    if (++count_ > kMostAttributes) {
      return fail(ErrorCode::TooLarge,
                  fmt::format("cannot be read: its header has more than {} attributes, the most "
                              "that is read; save it again without those of other programs",
                              kMostAttributes));
    }
    if (at_ > limits_.max_metadata_bytes) {
      return fail(ErrorCode::TooLarge,
                  fmt::format("cannot be read: its header is larger than {} bytes, the limit of "
                              "metadata; a larger --limit-metadata reads on",
                              limits_.max_metadata_bytes));
    }
    return attribute;
  }

  /// The value, of which `least` bytes must be there and no more than `most` are read.
  Result<Bytes> value(const Attribute& attribute, std::size_t least, std::size_t most) const {
    if (attribute.size < least) {
      return fail(ErrorCode::Corrupt, "is damaged: its attribute " + printable(attribute.name) +
                                          " is too short; copy it again");
    }
    Bytes bytes(std::min<std::size_t>(attribute.size, most));
    LATENT_CHECK(source_.read_at(attribute.at, bytes));
    return bytes;
  }

 private:
  Result<std::string> take_word() {
    constexpr std::uint64_t kLongest = 255;
    const std::uint64_t left = source_.size() - std::min(at_, source_.size());
    std::array<std::uint8_t, kLongest + 1> buffer{};
    const auto bytes = std::span(buffer).first(std::min<std::uint64_t>(left, buffer.size()));
    LATENT_CHECK(source_.read_at(at_, bytes));
    const auto end = std::ranges::find(bytes, 0);
    if (end == bytes.end()) return breaks_off();
    std::string word(bytes.begin(), end);
    at_ += word.size() + 1;
    return word;
  }

  const ByteSource& source_;
  const Limits& limits_;
  std::uint64_t at_ = 8;  // behind the magic number and the version
  int count_ = 0;
};

Status take_window(const Bytes& value, const Limits& limits, ExrPart& part) {
  const std::int64_t width = std::int64_t{number32(value, 8)} - number32(value, 0) + 1;
  const std::int64_t height = std::int64_t{number32(value, 12)} - number32(value, 4) + 1;
  LATENT_CHECK(check_picture_size(width, height, limits));
  part.size = {static_cast<int>(width), static_cast<int>(height)};
  return {};
}

/// OpenEXR makes buffers of the size of a tile.
Status take_tile(const Bytes& value, ExrPart& part) {
  const std::int64_t width = number32(value, 0);
  const std::int64_t height = number32(value, 4);
  constexpr std::int64_t kMostArea = std::int64_t{1} << 26U;
  if (width <= 0 || height <= 0) {
    return fail(ErrorCode::Corrupt,
                fmt::format("is damaged: its header promises tiles of {} x {} pixels; copy it "
                            "again",
                            width, height));
  }
  if (width * height > kMostArea) {
    return fail(ErrorCode::TooLarge,
                fmt::format("cannot be read: its tiles have {} x {} pixels, and 64 megapixels are "
                            "the most; save it again with smaller ones",
                            width, height));
  }
  part.tile = {static_cast<int>(width), static_cast<int>(height)};
  return {};
}

/// How many bytes OpenEXR reads for a value of one of its own types, whatever the attribute says:
/// an attribute of another size would make it go on in the middle of a value. Nothing for types of
/// no fixed size.
std::optional<std::uint32_t> bytes_of_type(std::string_view type) {
  struct Fixed {
    std::string_view type;
    std::uint32_t bytes;
  };
  static constexpr std::array kTypes{Fixed{"box2i", 16},
                                     Fixed{"box2f", 16},
                                     Fixed{"chromaticities", 32},
                                     Fixed{"compression", 1},
                                     Fixed{"deepImageState", 1},
                                     Fixed{"double", 8},
                                     Fixed{"envmap", 1},
                                     Fixed{"float", 4},
                                     Fixed{"int", 4},
                                     Fixed{"keycode", 28},
                                     Fixed{"lineOrder", 1},
                                     Fixed{"m33d", 72},
                                     Fixed{"m33f", 36},
                                     Fixed{"m44d", 128},
                                     Fixed{"m44f", 64},
                                     Fixed{"rational", 8},
                                     Fixed{"tiledesc", 9},
                                     Fixed{"timecode", 8},
                                     Fixed{"v2d", 16},
                                     Fixed{"v2f", 8},
                                     Fixed{"v2i", 8},
                                     Fixed{"v3d", 24},
                                     Fixed{"v3f", 12},
                                     Fixed{"v3i", 12}};
  const auto* found = std::ranges::find(kTypes, type, &Fixed::type);
  if (found == kTypes.end()) return std::nullopt;
  return found->bytes;
}

Status check_size_of_type(const Attribute& attribute) {
  const auto bytes = bytes_of_type(attribute.type);
  if (!bytes || *bytes == attribute.size) return {};
  return fail(ErrorCode::Corrupt,
              fmt::format("is damaged: its attribute {} has {} bytes, and values of its type {} "
                          "have {}; copy it again",
                          printable(attribute.name), attribute.size, attribute.type, *bytes));
}

/// Names ended by zeros, each with type, flags and sampling behind it; a zero ends them all, where
/// the attribute ends.
Status take_channels(const Bytes& value, ExrPart& part) {
  constexpr std::size_t kBehindName = 16;
  constexpr std::int32_t kHalf = 1;
  std::size_t at = 0;
  while (at < value.size() && value[at] != 0) {
    const auto end = std::find(value.begin() + static_cast<std::ptrdiff_t>(at), value.end(), 0);
    at = static_cast<std::size_t>(end - value.begin()) + 1;
    if (at + kBehindName > value.size()) return breaks_off();
    part.channels.push_back({number32(value, at) == kHalf ? 2 : 4,
                             std::max(1, number32(value, at + 8)),
                             std::max(1, number32(value, at + 12))});
    at += kBehindName;
  }
  if (at + 1 == value.size()) return {};
  return fail(ErrorCode::Corrupt,
              "is damaged: its list of channels does not end where its size says; copy it again");
}

/// OpenEXR believes the sides of the small picture before it reads it.
Status check_preview(const Bytes& value, const Attribute& attribute) {
  const std::uint64_t pixels = number(std::span(value).first(4)) * number(std::span(value).last(4));
  constexpr std::uint64_t kPixelBytes = 4;
  if (pixels <= attribute.size && pixels * kPixelBytes + 8 == attribute.size) return {};
  return fail(ErrorCode::Corrupt,
              "is damaged: the sides of its small preview contradict its bytes; copy it again");
}

Status take_attribute(const HeaderReader& reader, const Attribute& attribute, const Limits& limits,
                      ExrPart& part) {
  LATENT_CHECK(check_size_of_type(attribute));
  if (attribute.type == "preview") {
    LATENT_TRY(const Bytes value, reader.value(attribute, 8, 8));
    return check_preview(value, attribute);
  }
  if (attribute.name == "dataWindow") {
    LATENT_TRY(const Bytes value, reader.value(attribute, 16, 16));
    return take_window(value, limits, part);
  }
  if (attribute.name == "tiles") {
    LATENT_TRY(const Bytes value, reader.value(attribute, 9, 9));
    return take_tile(value, part);
  }
  if (attribute.name == "compression") {
    LATENT_TRY(const Bytes value, reader.value(attribute, 1, 1));
    part.compression = value[0];
  }
  if (attribute.name == "channels" || attribute.type == "chlist") {
    if (attribute.name != "channels" || attribute.type != "chlist") {
      return fail(ErrorCode::Corrupt,
                  "is damaged: its list of channels has another name or type; copy it again");
    }
    LATENT_TRY(const Bytes value, reader.value(attribute, 1, attribute.size));
    return take_channels(value, part);
  }
  if (attribute.name == "chunkCount") {
    LATENT_TRY(const Bytes value, reader.value(attribute, 4, 4));
    part.stated_blocks = number(value);
  }
  if (attribute.name == "type") {
    constexpr std::size_t kLongest = 16;
    LATENT_TRY(const Bytes value, reader.value(attribute, 0, kLongest));
    const std::string_view type(reinterpret_cast<const char*>(value.data()), value.size());
    part.tiled = type.starts_with("tiledimage") || type.starts_with("deeptile");
  }
  return {};
}

Result<ExrPart> take_part(HeaderReader& reader, bool tiled, const Limits& limits) {
  ExrPart part;
  part.tiled = tiled;
  for (;;) {
    LATENT_TRY(const bool ended, reader.take_end());
    if (ended) break;
    LATENT_TRY(const Attribute attribute, reader.take());
    LATENT_CHECK(take_attribute(reader, attribute, limits, part));
  }
  if (part.size.area() == 0 || (part.tiled && part.tile.area() == 0)) {
    return fail(ErrorCode::Corrupt,
                "is damaged: its header does not say how large it is or how "
                "large its tiles are; copy it again");
  }
  return part;
}

/// Rows that are compressed together.
int rows_of_block(int compression) {
  switch (compression) {
    case None:
    case Rle:
    case Zips:
      return 1;
    case Zip:
    case Pxr24:
      return 16;
    case Piz:
    case B44:
    case B44a:
    case Dwaa:
      return 32;
    default:
      return 256;
  }
}

/// The most bytes of samples that one byte of a file can become.
///
/// None, B44   What they take off is fixed: B44A stores 16 samples of one value as 3 bytes.
/// RLE         128 bytes as 2.
/// ZIP         Deflate: a match of 258 bytes in two bits. PXR24 leaves a byte of four out before.
/// PIZ         Huffman codes of 16 bits; a run of 255 takes a code of one bit and 8 bits.
/// DWA         Deflate of at least two coefficients of 2 bytes for 64 samples, or of runs.
std::uint64_t largest_expansion(int compression, const ExrChannel& channel) {
  constexpr std::uint64_t kDeflate = 1032;
  switch (compression) {
    case None:
      return 1;
    case Rle:
      return 64;
    case Zips:
    case Zip:
      return kDeflate;
    case Piz:
      return 512;
    case Pxr24:
      return kDeflate * 4 / 3;
    case B44:
    case B44a:
      return channel.bytes == 2 ? 11 : 1;
    default:
      return 64 * kDeflate;
  }
}

std::uint64_t least_bytes(const ExrPart& part) {
  std::uint64_t least = 0;
  for (const ExrChannel& channel : part.channels) {
    const auto samples = static_cast<std::uint64_t>(part.size.width / channel.x_sampling) *
                         static_cast<std::uint64_t>(part.size.height / channel.y_sampling);
    least += samples * static_cast<std::uint64_t>(channel.bytes) /
             largest_expansion(part.compression, channel);
  }
  return least;
}

/// Whether every block of the first part begins inside the file; 0 stands where one was never
/// written.
Status check_table(const ByteSource& source, const ExrLayout& layout) {
  constexpr std::uint64_t kAtOnce = 4096;
  const std::uint64_t count = layout.parts.front().blocks();
  std::uint64_t missing = 0;
  for (std::uint64_t first = 0; first < count; first += kAtOnce) {
    Bytes table(kOffsetBytes * std::min(kAtOnce, count - first));
    LATENT_CHECK(source.read_at(layout.end + first * kOffsetBytes, table));
    for (std::size_t i = 0; i < table.size(); i += kOffsetBytes) {
      const std::uint64_t offset = number(std::span(table).subspan(i, kOffsetBytes));
      missing += offset < layout.end || offset >= source.size() ? 1 : 0;
    }
  }
  if (missing == 0) return {};
  return fail(
      ErrorCode::Corrupt,
      fmt::format("is cut short: {} of its {} blocks are missing; copy it again", missing, count));
}

}  // namespace

std::uint64_t ExrPart::blocks() const {
  const auto parts_of = [](int side, int part) {
    return (static_cast<std::uint64_t>(side) + static_cast<std::uint64_t>(part) - 1) /
           static_cast<std::uint64_t>(part);
  };
  if (tiled) return parts_of(size.width, tile.width) * parts_of(size.height, tile.height);
  return parts_of(size.height, rows_of_block(compression));
}

Result<ExrLayout> read_exr_layout(const ByteSource& source, const Limits& limits) {
  constexpr std::uint8_t kTiled = 0x02;      // of the second byte of the version
  constexpr std::uint8_t kManyParts = 0x10;  // of the same
  std::array<std::uint8_t, 8> head{};
  if (!source.read_at(0, head)) return breaks_off();
  const bool many = (head[5] & kManyParts) != 0;
  HeaderReader reader(source, limits);
  ExrLayout layout;
  do {
    LATENT_TRY(ExrPart part, take_part(reader, (head[5] & kTiled) != 0, limits));
    layout.parts.push_back(std::move(part));
    if (!many) break;
    LATENT_TRY(const bool ended, reader.take_end());
    if (ended) break;
  } while (true);
  layout.end = reader.at();
  return layout;
}

Status check_exr_blocks(const ByteSource& source, const ExrLayout& layout) {
  std::uint64_t blocks = 0;
  for (const ExrPart& part : layout.parts) blocks += std::max(part.blocks(), part.stated_blocks);
  const std::uint64_t least = least_bytes(layout.parts.front());
  const std::uint64_t held = source.size() - layout.end;
  if (blocks > held / kOffsetBytes || least > held - blocks * kOffsetBytes) {
    const Size size = layout.parts.front().size;
    return fail(ErrorCode::Corrupt,
                fmt::format("is cut short or damaged: {} bytes cannot hold its {} x {} pixels; "
                            "copy it again",
                            source.size(), size.width, size.height));
  }
  return check_table(source, layout);
}

}  // namespace latent::read
