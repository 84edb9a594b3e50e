// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/delivered_opcodes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "metadata/dng_opcodes.h"
#include "metadata/move_opcodes.h"
#include "metadata/tiff_fields.h"
#include "read/dng/dng_samples.h"

namespace latent::read {

namespace tag = metadata::tag;
namespace opcode = metadata::opcode;

namespace {

using Opcodes = std::vector<metadata::DngOpcode>;
constexpr std::uint16_t kMaskedAreas = 50830;

CarriedTag* find(std::vector<CarriedTag>& tags, std::uint16_t wanted) {
  const auto found = std::ranges::find(tags, wanted, &CarriedTag::tag);
  return found == tags.end() ? nullptr : &*found;
}

void replace(std::vector<CarriedTag>& tags, std::uint16_t which, const Opcodes& opcodes) {
  CarriedTag* carried = find(tags, which);
  if (opcodes.empty()) {
    std::erase_if(tags, [&](const CarriedTag& each) { return each.tag == which; });
    return;
  }
  carried->bytes = metadata::opcode_list(opcodes);
  carried->count = static_cast<std::uint32_t>(carried->bytes.size());
}

bool changes_values(const DngLayout& layout) {
  return !layout.linearisation.empty() || !layout.black_deltas.empty();
}

/// The list without what works on stored values; that by name.
metadata::MovedOpcodes of_places(const Opcodes& opcodes, Size picture) {
  metadata::OpcodeMove move;
  move.from = picture;
  move.to = {0, 0, picture.width, picture.height};
  move.values_hold = false;
  return metadata::move_opcodes(opcodes, move);
}

bool is_constant(const metadata::DngOpcode& each) {
  return each.id == opcode::kFixBadPixelsConstant;
}

/// The sites that hold a value; none where they are so many that it can be no mark of defects.
metadata::BadPixelList sites_of(const Image<std::uint16_t>& stored, std::uint32_t value) {
  metadata::BadPixelList list;
  const auto most = static_cast<std::size_t>(stored.size().area() / 25);
  for (int y = 0; y < stored.height(); ++y) {
    const auto row = stored.view().row(y);
    for (int x = 0; x < stored.width(); ++x) {
      if (row[static_cast<std::size_t>(x)] != value) continue;
      if (list.points.size() == most) return {};
      list.points.push_back({x, y});
    }
  }
  return list;
}

std::string sentence(const std::vector<std::string>& lost, const char* why) {
  if (lost.empty()) return {};
  return fmt::format("the result goes without {} of the source, {}", fmt::join(lost, ", "), why);
}

/// Colour, where LibRaw takes the opcode for a polynomial of one.
std::optional<std::uint32_t> polynomial_colour(const metadata::DngOpcode& each) {
  constexpr std::uint32_t kMostDegree = 8;
  if (each.id != opcode::kMapPolynomial) return {};
  metadata::OpcodeReader reader(each.parameters);
  const auto area = metadata::read_area(reader);
  const std::uint32_t degree = reader.number();
  if (!area || degree > kMostDegree || area->plane > 2) return {};
  return area->plane;
}

}  // namespace

std::string lost_by_linearisation(const DngFile& dng) {
  if (!changes_values(dng.layout)) return {};
  const auto carried = std::ranges::find(dng.carried_tags, tag::kOpcodeList1, &CarriedTag::tag);
  if (carried == dng.carried_tags.end()) return {};
  auto opcodes = metadata::parse_opcodes(carried->bytes);
  if (!opcodes) return {};
  std::erase_if(*opcodes, is_constant);
  std::vector<std::string> lost;
  for (const std::string& name : of_places(*opcodes, dng.layout.image).lost) {
    lost.push_back(name + " of OpcodeList1");
  }
  return sentence(lost, "which works on samples before they are linearised");
}

Status deliver_first_list(const ByteSource& source, const DngFile& dng, const Limits& limits,
                          const RunControl& control, std::vector<CarriedTag>& tags) {
  const CarriedTag* carried = find(tags, tag::kOpcodeList1);
  if (carried == nullptr || !changes_values(dng.layout)) return {};
  auto opcodes = metadata::parse_opcodes(carried->bytes);
  if (!opcodes) return {};
  if (std::ranges::any_of(*opcodes, is_constant) && dng.layout.samples_per_pixel == 1) {
    DngLayout plain = dng.layout;
    plain.linearisation.clear();
    plain.black_deltas = {};
    LATENT_TRY(const auto stored, read_dng_samples(source, plain, limits, control));
    for (metadata::DngOpcode& each : *opcodes) {
      const auto value = is_constant(each) ? metadata::bad_pixel_constant(each) : std::nullopt;
      if (value) each = metadata::bad_pixels_opcode(sites_of(stored, *value), each);
    }
  }
  replace(tags, tag::kOpcodeList1, of_places(*opcodes, dng.layout.image).kept);
  return {};
}

std::string cut_tags(Size picture, const Rect& left, std::vector<CarriedTag>& tags) {
  if (left.size() == picture) return {};
  std::vector<std::string> lost;
  const auto masked =
      std::erase_if(tags, [](const CarriedTag& carried) { return carried.tag == kMaskedAreas; });
  if (masked > 0) lost.emplace_back("MaskedAreas");
  if (const CarriedTag* carried = find(tags, tag::kOpcodeList1)) {
    Opcodes kept;
    if (const auto opcodes = metadata::parse_opcodes(carried->bytes)) {
      metadata::OpcodeMove move;
      move.from = picture;
      move.to = left;
      auto moved = metadata::move_opcodes(*opcodes, move);
      kept = std::move(moved.kept);
      for (const std::string& name : moved.lost) lost.push_back(name + " of OpcodeList1");
    } else {
      lost.emplace_back("OpcodeList1 (which is cut short)");
    }
    replace(tags, tag::kOpcodeList1, kept);
  }
  return sentence(lost, "which counts from the margins that were cut off");
}

bool libraw_applies(std::span<const std::uint8_t> list, Size frame) {
  const auto opcodes = metadata::parse_opcodes(list);
  if (!opcodes) return false;
  std::array<int, 3> seen{};
  for (const metadata::DngOpcode& each : *opcodes) {
    if (each.id != opcode::kMapPolynomial) continue;
    const auto colour = polynomial_colour(each);
    if (!colour) return false;
    metadata::OpcodeReader reader(each.parameters);
    const auto area = metadata::read_area(reader);
    const bool all = area->rect.contains({0, 0, frame.width, frame.height}) &&
                     area->row_pitch == 1 && area->column_pitch == 1 && area->planes == 1;
    if (!all) return false;
    ++seen[*colour];
  }
  return seen == std::array{1, 1, 1};
}

std::string take_out_applied(std::vector<CarriedTag>& tags) {
  const CarriedTag* carried = find(tags, tag::kOpcodeList2);
  const auto opcodes = carried == nullptr ? std::nullopt : metadata::parse_opcodes(carried->bytes);
  if (!opcodes) return {};
  const auto applied = [](const metadata::DngOpcode& each) {
    return each.id == opcode::kMapPolynomial;
  };
  const auto last = std::find_if(opcodes->rbegin(), opcodes->rend(), applied).base();
  Opcodes kept;
  Opcodes before;
  for (auto each = opcodes->begin(); each != opcodes->end(); ++each) {
    if (applied(*each)) continue;
    (each < last ? before : kept).push_back(*each);
  }
  // What came before the polynomials, and works on values, would come after them now.
  constexpr int kAny = 1 << 20;
  auto first = of_places(before, {kAny, kAny});
  kept.insert(kept.begin(), first.kept.begin(), first.kept.end());
  replace(tags, tag::kOpcodeList2, kept);
  std::vector<std::string> lost;
  for (const std::string& name : first.lost) lost.push_back(name + " of OpcodeList2");
  return sentence(lost, "which came before the MapPolynomial that was applied");
}

}  // namespace latent::read
