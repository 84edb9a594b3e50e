// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "metadata/tiff_fields.h"
#include "read/dng/dng_directories.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

using Planes = std::array<std::size_t, 3>;

constexpr Planes kInOrder{0, 1, 2};

/// Profiles and matrices of the file's own planes, which nobody can put in another order.
constexpr std::array kOfPlanes{
    std::pair{std::uint16_t{50831}, "AsShotICCProfile"},
    std::pair{std::uint16_t{50832}, "AsShotPreProfileMatrix"},
    std::pair{std::uint16_t{50833}, "CurrentICCProfile"},
    std::pair{std::uint16_t{50834}, "CurrentPreProfileMatrix"},
};

/// Three records of equal size change places.
void reorder(std::span<std::uint8_t> records, const Planes& planes) {
  const std::size_t size = records.size() / 3;
  const std::vector<std::uint8_t> before(records.begin(), records.end());
  for (std::size_t colour = 0; colour < 3; ++colour) {
    std::copy_n(before.begin() + static_cast<std::ptrdiff_t>(planes[colour] * size), size,
                records.begin() + static_cast<std::ptrdiff_t>(colour * size));
  }
}

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8U | bytes[at + i];
  return word;
}

/// Warps have a set of coefficients for each plane; other opcodes may name one plane.
void reorder_opcode(std::uint32_t id, std::span<std::uint8_t> data, const Planes& planes) {
  constexpr std::uint32_t kWarpRectilinear = 1;
  constexpr std::uint32_t kWarpFisheye = 2;
  constexpr std::uint32_t kMapTable = 7;
  constexpr std::uint32_t kScalePerColumn = 13;
  constexpr std::size_t kPlane = 16;  // behind top, left, bottom, right
  const bool warp = id == kWarpRectilinear || id == kWarpFisheye;
  if (warp && data.size() >= 4 && word_at(data, 0) == 3) {
    const std::size_t each = (id == kWarpRectilinear ? 6 : 4) * sizeof(double);
    if (data.size() >= 4 + 3 * each) reorder(data.subspan(4, 3 * each), planes);
  }
  const bool of_area = id >= kMapTable && id <= kScalePerColumn && data.size() >= kPlane + 8;
  if (!of_area || word_at(data, kPlane + 4) != 1 || word_at(data, kPlane) > 2) return;
  const auto colour = std::ranges::find(planes, std::size_t{word_at(data, kPlane)});
  data[kPlane + 3] = static_cast<std::uint8_t>(colour - planes.begin());
}

/// OpcodeList3 works on the planes after interpolation; lists are big-endian in every file.
void reorder_opcodes(std::span<std::uint8_t> list, const Planes& planes) {
  constexpr std::size_t kOpcodeHeader = 16;
  if (list.size() < 4) return;
  std::uint32_t left = word_at(list, 0);
  for (std::size_t at = 4; left > 0 && list.size() - at >= kOpcodeHeader; --left) {
    const std::uint32_t id = word_at(list, at);
    const std::size_t size = word_at(list, at + 12);
    at += kOpcodeHeader;
    if (size > list.size() - at) return;
    reorder_opcode(id, list.subspan(at, size), planes);
    at += size;
  }
}

}  // namespace

std::vector<std::string> order_by_colour(const DngDirectories& directories,
                                         std::vector<CarriedTag>& tags) {
  const Planes planes = planes_of_colours(directories);
  std::vector<std::string> notices;
  if (planes == kInOrder) return notices;
  for (CarriedTag& carried : tags) {
    if (carried.tag == tag::kAnalogBalance && carried.count == 3) reorder(carried.bytes, planes);
    if (carried.tag == tag::kOpcodeList3) reorder_opcodes(carried.bytes, planes);
  }
  for (const auto& [number, name] : kOfPlanes) {
    const std::uint16_t left_out = number;
    const auto same = [&](const CarriedTag& carried) { return carried.tag == left_out; };
    if (std::erase_if(tags, same) == 0) continue;
    notices.push_back(fmt::format(
        "{} of the source was left out: it is made for its order of colours, which is written as "
        "red, green, blue",
        name));
  }
  return notices;
}

}  // namespace latent::read
