// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/photoshop.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "metadata/jpeg_segments.h"

namespace latent::metadata {

namespace {

enum Resource : std::uint16_t {
  WorkPath = 1025,
  Guides = 1032,
  CopyrightFlag = 1034,
  Address = 1035,
  Slices = 1050,
  FirstPath = 2000,
  LastPath = 2997,
  ClippingPath = 2999
};

struct Block {
  std::uint16_t id = 0;
  std::size_t begin = 0;    ///< of all of it
  std::size_t content = 0;  ///< of what it holds
  std::size_t size = 0;
  std::size_t end = 0;
};

std::optional<Block> block_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  constexpr std::size_t kHead = 6;
  if (at + kHead + 2 > bytes.size() || !begins_with(bytes.subspan(at), "8BIM")) return std::nullopt;
  Block block;
  block.begin = at;
  block.id = static_cast<std::uint16_t>(big_endian(bytes.subspan(at + 4, 2)));
  std::size_t cursor = at + kHead + 1 + bytes[at + kHead];
  cursor += cursor % 2 == at % 2 ? 0 : 1;
  if (cursor + 4 > bytes.size()) return std::nullopt;
  block.size = static_cast<std::size_t>(big_endian(bytes.subspan(cursor, 4)));
  block.content = cursor + 4;
  if (block.size > bytes.size() - block.content) return std::nullopt;
  block.end = std::min(bytes.size(), block.content + block.size + block.size % 2);
  return block;
}

std::vector<Block> blocks_in(std::span<const std::uint8_t> bytes) {
  std::vector<Block> blocks;
  for (auto block = block_at(bytes, 0); block; block = block_at(bytes, block->end)) {
    blocks.push_back(*block);
  }
  return blocks;
}

bool is_path(std::uint16_t id) {
  return id == Resource::WorkPath || (id >= Resource::FirstPath && id <= Resource::LastPath);
}

bool is_kept(std::uint16_t id) {
  return is_path(id) || id == Resource::ClippingPath || id == Resource::CopyrightFlag ||
         id == Resource::Address;
}

/// A number of 8 bits before the point and 24 behind it.
void place_number(std::uint8_t* bytes, double along, double origin, double side) {
  constexpr double kOne = 1 << 24;
  const auto stored = static_cast<std::int32_t>(big_endian({bytes, 4}));
  const double placed = (stored / kOne * along - origin) / side * kOne;
  const auto value = static_cast<std::uint32_t>(static_cast<std::int32_t>(
      std::clamp(std::round(placed), double{std::numeric_limits<std::int32_t>::min()},
                 double{std::numeric_limits<std::int32_t>::max()})));
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

void place_path(std::span<std::uint8_t> records, const Placing& placing) {
  constexpr std::size_t kRecord = 26;
  constexpr std::size_t kPoint = 8;
  for (std::size_t at = 0; at + kRecord <= records.size(); at += kRecord) {
    const auto kind = big_endian(records.subspan(at, 2));
    const bool knot = kind == 1 || kind == 2 || kind == 4 || kind == 5;
    for (std::size_t point = at + 2; knot && point + kPoint <= at + kRecord; point += kPoint) {
      place_number(&records[point], placing.source.height, placing.region.y, placing.region.height);
      place_number(&records[point + 4], placing.source.width, placing.region.x,
                   placing.region.width);
    }
  }
}

}  // namespace

std::vector<std::uint8_t> photoshop_resources(std::span<const std::uint8_t> blocks,
                                              std::vector<std::string>& warnings) {
  std::vector<std::uint8_t> kept;
  std::string dropped;
  for (const Block& block : blocks_in(blocks)) {
    if (is_kept(block.id)) {
      kept.insert(kept.end(), blocks.begin() + static_cast<std::ptrdiff_t>(block.begin),
                  blocks.begin() + static_cast<std::ptrdiff_t>(block.end));
      if (kept.size() % 2 != 0) kept.push_back(0);
    }
    if (block.id == Resource::Guides && block.size > 16) dropped += "guides, ";
    if (block.id == Resource::Slices) dropped += "slices, ";
  }
  if (!dropped.empty()) {
    dropped.resize(dropped.size() - 2);
    warnings.push_back("what Photoshop keeps of its document was left out: " + dropped);
  }
  return kept;
}

std::vector<std::uint8_t> jpeg_photoshop(const ReadAt& read_at, const Limits& limits) {
  using namespace std::string_view_literals;
  constexpr std::uint8_t kApp13 = 0xED;
  constexpr auto kName = "Photoshop 3.0\0"sv;
  std::vector<std::uint8_t> blocks;
  for (const JpegSegment& segment : jpeg_segments(read_at)) {
    if (segment.marker != kApp13) continue;
    const auto bytes = read_at(segment.content, segment.size);
    if (!begins_with(bytes, kName)) continue;
    if (blocks.size() + bytes.size() > limits.max_metadata_bytes) break;
    blocks.insert(blocks.end(), bytes.begin() + kName.size(), bytes.end());
  }
  return blocks;
}

void place_paths(std::vector<std::uint8_t>& blocks, const Placing& placing) {
  if (placing.is_whole()) return;
  for (const Block& block : blocks_in(blocks)) {
    if (!is_path(block.id)) continue;
    place_path(std::span(blocks).subspan(block.content, block.size), placing);
  }
}

}  // namespace latent::metadata
