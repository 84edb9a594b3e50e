// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/carried.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "metadata/dng_opcodes.h"
#include "metadata/move_opcodes.h"
#include "metadata/tiff_fields.h"

namespace latent::tasks {

namespace tag = metadata::tag;
namespace opcode = metadata::opcode;

namespace {

/// A tag that counts pixels, or parts, of the whole picture.
struct FrameTag {
  std::uint16_t tag;
  const char* name;  ///< null where nobody misses it
};
constexpr std::array kTagsOfTheWholeFrame{
    FrameTag{50830, "MaskedAreas"},
    FrameTag{51089, nullptr},  // sizes of the picture before it was made smaller
    FrameTag{51090, nullptr},
    FrameTag{51091, nullptr},
    FrameTag{51125, nullptr},  // the crop a user drew
    FrameTag{52525, "ProfileGainTableMap"},
    FrameTag{52544, "ProfileGainTableMap2"},
};

/// The number of an opcode list, 0 of other tags.
int list_of(std::uint16_t tag) {
  return tag == tag::kOpcodeList1   ? 1
         : tag == tag::kOpcodeList2 ? 2
         : tag == tag::kOpcodeList3 ? 3
                                    : 0;
}

metadata::OpcodeMove opcode_move(const CarriedMove& move, int list) {
  metadata::OpcodeMove result;
  if (list > 1) {
    const Size frame = move.frame.size();
    result.from = frame;
    result.to = move.whole ? Rect{0, 0, frame.width, frame.height} : move.area;
    return result;
  }
  result.from = move.buffer;
  result.to = move.whole ? Rect{0, 0, move.buffer.width, move.buffer.height}
                         : Rect{move.frame.x + move.area.x, move.frame.y + move.area.y,
                                move.area.width, move.area.height};
  result.scale = move.scale;
  result.offset = move.offset;
  result.values_hold = move.values_hold;
  return result;
}

bool names_sites(const metadata::DngOpcode& each) {
  return each.id == opcode::kFixBadPixelsConstant || each.id == opcode::kFixBadPixelsList;
}

/// Carries a list, or what is left of it; names what is lost.
void carry_list(const CarriedTag& carried, int list, const CarriedMove& move, CarriedTags& result,
                std::vector<std::string>& lost) {
  auto opcodes = metadata::parse_opcodes(carried.bytes);
  if (!opcodes) {
    lost.push_back(fmt::format("OpcodeList{} (which is cut short)", list));
    return;
  }
  const bool was_empty = opcodes->empty();
  if (move.mended && list < 3) std::erase_if(*opcodes, names_sites);
  auto moved = metadata::move_opcodes(*opcodes, opcode_move(move, list));
  for (const std::string& name : moved.lost) {
    lost.push_back(fmt::format("{} of OpcodeList{}", name, list));
  }
  if (moved.kept.empty() && !was_empty) return;
  CarriedTag kept = carried;
  kept.bytes = metadata::opcode_list(moved.kept);
  kept.count = static_cast<std::uint32_t>(kept.bytes.size());
  result.tags.push_back(std::move(kept));
}

}  // namespace

CarriedTags carried_tags(const std::vector<CarriedTag>& tags, const CarriedMove& move) {
  CarriedTags result;
  std::vector<std::string> lost;
  for (const CarriedTag& carried : tags) {
    const int list = list_of(carried.tag);
    if (list > 0) {
      carry_list(carried, list, move, result, lost);
      continue;
    }
    const auto* of_frame = std::ranges::find(kTagsOfTheWholeFrame, carried.tag, &FrameTag::tag);
    if (move.whole || of_frame == kTagsOfTheWholeFrame.end()) {
      result.tags.push_back(carried);
    } else if (of_frame->name != nullptr) {
      lost.emplace_back(of_frame->name);
    }
  }
  if (lost.empty()) return result;
  result.notice = fmt::format(
      "the result goes without {} of the source, which {}", fmt::join(lost, ", "),
      move.whole ? "would mean something else for its samples"
                 : "count from the whole picture or would mean something else for a part of it");
  return result;
}

}  // namespace latent::tasks
