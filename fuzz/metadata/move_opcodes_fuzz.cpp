// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as an opcode list: read, written again, moved, and asked for the sites that it names.
#include "metadata/move_opcodes.h"

#include <cstdlib>

#include "metadata/dng_opcodes.h"
#include "metadata/listed_sites.h"

namespace {

using namespace latent;

Mosaic small_mosaic(std::uint16_t tag, std::span<const std::uint8_t> list) {
  Mosaic mosaic;
  mosaic.samples = *Image<std::uint16_t>::create({24, 18});
  for (int y = 0; y < 18; ++y) {
    for (int x = 0; x < 24; ++x) mosaic.samples.view().at(x, y) = static_cast<std::uint16_t>(x * y);
  }
  mosaic.active = {2, 1, 20, 16};
  mosaic.levels.white = {400, 400, 400, 400};
  mosaic.carried_tags = {
      {tag, 7, static_cast<std::uint32_t>(list.size()), true, {list.begin(), list.end()}}};
  return mosaic;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  const auto opcodes = metadata::parse_opcodes(bytes);
  if (!opcodes) return 0;
  const auto again = metadata::opcode_list(*opcodes);
  if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
  for (const bool cut : {false, true}) {
    metadata::OpcodeMove move;
    move.from = {24, 18};
    move.to = cut ? Rect{3, 2, 17, 13} : Rect{0, 0, 24, 18};
    for (const double scale : {1.0, 4.0}) {
      move.scale = scale;
      move.offset = scale > 1 ? 64 : 0;
      const auto moved = metadata::move_opcodes(*opcodes, move);
      if (moved.kept.size() > opcodes->size()) std::abort();
      if (!metadata::parse_opcodes(metadata::opcode_list(moved.kept))) std::abort();
    }
  }
  for (const std::uint16_t tag : {std::uint16_t{51008}, std::uint16_t{51009}}) {
    const Mosaic mosaic = small_mosaic(tag, bytes);
    for (const Point& site : metadata::listed_sites(mosaic).sites) {
      if (site.x < 0 || site.y < 0 || site.x >= 20 || site.y >= 16) std::abort();
    }
  }
  return 0;
}
