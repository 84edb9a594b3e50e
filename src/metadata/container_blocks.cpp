// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/container_blocks.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/path.h"
#include "metadata/bigtiff.h"
#include "metadata/exr_attributes.h"

namespace latent::metadata {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kMostBlocks = 10'000;  ///< more are no picture's

/// Exif of a box: behind the offset at which it begins.
Bytes exif_of_box(const Bytes& content) {
  if (content.size() < 4) return {};
  const std::uint64_t skipped = 4 + big_endian(std::span(content).first(4));
  if (skipped >= content.size()) return {};
  return {content.begin() + static_cast<std::ptrdiff_t>(skipped), content.end()};
}

/// A box: where its content stands. Size 0 means to the end of the file.
struct Box {
  Bytes name;
  std::uint64_t content = 0;
  std::uint64_t size = 0;
  std::uint64_t next = 0;  ///< 0 for the last one
};

std::optional<Box> box_at(const ReadAt& read_at, std::uint64_t at) {
  constexpr std::size_t kShort = 8;
  constexpr std::size_t kLong = 16;
  const Bytes head = read_at(at, kLong);
  if (head.size() < kShort) return std::nullopt;
  std::uint64_t size = big_endian(std::span(head).first(4));
  std::size_t header = kShort;
  if (size == 1) {
    if (head.size() < kLong) return std::nullopt;
    size = big_endian(std::span(head).subspan(8, 8));
    header = kLong;
  }
  Box box;
  box.name.assign(head.begin() + 4, head.begin() + 8);
  box.content = at + header;
  if (size == 0) {
    box.size = ~std::uint64_t{0};
    return box;
  }
  if (size < header || size > (std::uint64_t{1} << 62U) || at > (std::uint64_t{1} << 62U)) {
    return std::nullopt;
  }
  box.size = size - header;
  box.next = at + size;
  return box;
}

/// Boxes that say how this file stores its picture, or that are read.
bool is_of_the_file(const Bytes& name) {
  constexpr std::array<std::string_view, 9> kKnown{"JXL ", "ftyp", "jxll", "jxlc", "jxlp",
                                                   "jxli", "jbrd", "Exif", "xml "};
  return name.size() != 4 || std::ranges::any_of(kKnown, [&](std::string_view known) {
           return begins_with(name, known);
         });
}

std::string in_words(const std::string& name) {
  if (name == "jhgm") return "a gain map (jhgm)";
  if (name == "jumb") return "content credentials or other JUMBF (jumb)";
  return printable(name);
}

ContainerBlocks blocks_of_jxl(const ReadAt& read_at, const Limits& limits) {
  ContainerBlocks blocks;
  const auto content = [&](const Box& box) {
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>(box.size, std::uint64_t{limits.max_metadata_bytes} + 1));
    Bytes bytes = read_at(box.content, size);
    if (bytes.size() <= limits.max_metadata_bytes) return bytes;
    blocks.warnings.emplace_back("a metadata box that is too large was left out");
    return Bytes{};
  };
  std::uint64_t at = 0;
  std::string left_out;
  for (int i = 0; i < kMostBlocks; ++i) {
    const auto box = box_at(read_at, at);
    if (!box) break;
    if (begins_with(box->name, "Exif") && blocks.exif.empty()) {
      blocks.exif = exif_of_box(content(*box));
    }
    if (begins_with(box->name, "xml ") && blocks.xmp.empty()) {
      const Bytes bytes = content(*box);
      blocks.xmp.assign(bytes.begin(), bytes.end());
    }
    Bytes name = box->name;
    if (begins_with(name, "brob")) {
      name = read_at(box->content, 4);
      if (begins_with(name, "Exif") || begins_with(name, "xml ")) {
        blocks.warnings.emplace_back("metadata in a compressed box of the source was left out");
      }
    }
    if (!is_of_the_file(name)) {
      left_out += (left_out.empty() ? "" : ", ") + in_words({name.begin(), name.end()});
    }
    if (box->next == 0) break;
    at = box->next;
  }
  if (!left_out.empty()) {
    blocks.warnings.push_back("boxes of the source were left out: " + left_out);
  }
  return blocks;
}

}  // namespace

std::optional<ContainerBlocks> container_blocks(const ReadAt& read_at, const Limits& limits) {
  constexpr std::array<std::uint8_t, 12> kJxlContainer{0,   0,   0,    0x0c, 'J',  'X',
                                                       'L', ' ', 0x0d, 0x0a, 0x87, 0x0a};
  const Bytes head = read_at(0, kJxlContainer.size());
  if (std::equal(head.begin(), head.end(), kJxlContainer.begin(), kJxlContainer.end())) {
    return blocks_of_jxl(read_at, limits);
  }
  if (begins_with(head, "\x76\x2f\x31\x01")) return exr_attributes(read_at, limits);
  if (begins_with(head, "\xff\x0a")) return ContainerBlocks{};  // JPEG XL without boxes
  return bigtiff_blocks(read_at, limits);
}

}  // namespace latent::metadata
