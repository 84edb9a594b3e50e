// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/dng_opcodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "metadata/bytes.h"

namespace latent::metadata {

namespace {

constexpr std::size_t kHeaderBytes = 16;
constexpr std::int64_t kMostSide = std::numeric_limits<int>::max();

constexpr std::array<const char*, 15> kNames{nullptr,
                                             "WarpRectilinear",
                                             "WarpFisheye",
                                             "FixVignetteRadial",
                                             "FixBadPixelsConstant",
                                             "FixBadPixelsList",
                                             "TrimBounds",
                                             "MapTable",
                                             "MapPolynomial",
                                             "GainMap",
                                             "DeltaPerRow",
                                             "DeltaPerColumn",
                                             "ScalePerRow",
                                             "ScalePerColumn",
                                             "WarpRectilinear2"};

/// Top, left, bottom, right; nothing where it is empty or larger than any picture.
std::optional<Rect> read_rect(OpcodeReader& reader) {
  std::array<std::int64_t, 4> edges{};
  for (std::int64_t& edge : edges) edge = reader.number();
  const auto [top, left, bottom, right] = edges;
  if (bottom <= top || right <= left || bottom > kMostSide || right > kMostSide) return {};
  return Rect{static_cast<int>(left), static_cast<int>(top), static_cast<int>(right - left),
              static_cast<int>(bottom - top)};
}

void put_rect(const Rect& rect, OpcodeBytes& bytes) {
  for (const int edge : {rect.y, rect.x, rect.bottom(), rect.right()}) {
    bytes.number(static_cast<std::uint32_t>(edge));
  }
}

}  // namespace

std::uint64_t OpcodeReader::take(std::size_t count) {
  if (bytes_.size() < count) {
    whole_ = false;
    bytes_ = {};
    return 0;
  }
  const std::uint64_t value = big_endian(bytes_.first(count));
  bytes_ = bytes_.subspan(count);
  return value;
}

std::uint32_t OpcodeReader::number() { return static_cast<std::uint32_t>(take(4)); }
std::uint16_t OpcodeReader::half() { return static_cast<std::uint16_t>(take(2)); }
float OpcodeReader::real() { return std::bit_cast<float>(number()); }
double OpcodeReader::real8() { return std::bit_cast<double>(take(8)); }

void OpcodeBytes::put(std::uint64_t value, unsigned count) {
  for (unsigned left = count; left-- > 0;) {
    bytes_.push_back(static_cast<std::uint8_t>(value >> (8U * left)));
  }
}

void OpcodeBytes::real(float value) { put(std::bit_cast<std::uint32_t>(value), 4); }
void OpcodeBytes::real8(double value) { put(std::bit_cast<std::uint64_t>(value), 8); }

std::optional<std::vector<DngOpcode>> parse_opcodes(std::span<const std::uint8_t> list) {
  if (list.size() < 4) return {};
  std::uint64_t left = big_endian(list.first(4));
  list = list.subspan(4);
  if (left > list.size() / kHeaderBytes) return {};
  std::vector<DngOpcode> opcodes;
  for (; left > 0; --left) {
    if (list.size() < kHeaderBytes) return {};
    OpcodeReader reader(list);
    DngOpcode opcode;
    opcode.id = reader.number();
    opcode.version = reader.number();
    opcode.flags = reader.number();
    const std::size_t bytes = reader.number();
    list = list.subspan(kHeaderBytes);
    if (list.size() < bytes) return {};
    const auto parameters = list.first(bytes);
    opcode.parameters.assign(parameters.begin(), parameters.end());
    list = list.subspan(bytes);
    opcodes.push_back(std::move(opcode));
  }
  if (!list.empty()) return {};
  return opcodes;
}

std::vector<std::uint8_t> opcode_list(const std::vector<DngOpcode>& opcodes) {
  OpcodeBytes head;
  head.number(static_cast<std::uint32_t>(opcodes.size()));
  std::vector<std::uint8_t> list = head.take();
  for (const DngOpcode& opcode : opcodes) {
    OpcodeBytes bytes;
    bytes.number(opcode.id);
    bytes.number(opcode.version);
    bytes.number(opcode.flags);
    bytes.number(static_cast<std::uint32_t>(opcode.parameters.size()));
    const auto header = bytes.take();
    list.insert(list.end(), header.begin(), header.end());
    list.insert(list.end(), opcode.parameters.begin(), opcode.parameters.end());
  }
  return list;
}

std::string opcode_name(std::uint32_t id) {
  if (id > 0 && id < kNames.size()) return kNames[id];
  return fmt::format("opcode {}", id);
}

std::optional<OpcodeArea> read_area(OpcodeReader& reader) {
  const auto rect = read_rect(reader);
  OpcodeArea area;
  area.plane = reader.number();
  area.planes = reader.number();
  const std::int64_t row_pitch = reader.number();
  const std::int64_t column_pitch = reader.number();
  const bool sound = rect && reader.whole() && area.planes > 0 && row_pitch > 0 &&
                     column_pitch > 0 && row_pitch <= rect->height && column_pitch <= rect->width;
  if (!sound) return {};
  area.rect = *rect;
  area.row_pitch = static_cast<int>(row_pitch);
  area.column_pitch = static_cast<int>(column_pitch);
  return area;
}

void put_area(const OpcodeArea& area, OpcodeBytes& bytes) {
  put_rect(area.rect, bytes);
  bytes.number(area.plane);
  bytes.number(area.planes);
  bytes.number(static_cast<std::uint32_t>(area.row_pitch));
  bytes.number(static_cast<std::uint32_t>(area.column_pitch));
}

std::optional<BadPixelList> read_bad_pixels(const DngOpcode& opcode, Size picture) {
  OpcodeReader reader(opcode.parameters);
  BadPixelList list;
  list.bayer_phase = reader.number();
  const std::uint64_t points = reader.number();
  const std::uint64_t rects = reader.number();
  if (!reader.whole() || points * 8 + rects * 16 != reader.left()) return {};
  const Rect whole{0, 0, picture.width, picture.height};
  for (std::uint64_t i = 0; i < points; ++i) {
    const std::int64_t row = reader.number();
    const std::int64_t column = reader.number();
    if (row >= picture.height || column >= picture.width) continue;
    list.points.push_back({static_cast<int>(column), static_cast<int>(row)});
  }
  for (std::uint64_t i = 0; i < rects; ++i) {
    const auto rect = read_rect(reader);
    if (!rect) continue;
    const Rect inside = rect->intersection(whole);
    if (!inside.empty()) list.rects.push_back(inside);
  }
  return list;
}

DngOpcode bad_pixels_opcode(const BadPixelList& list, const DngOpcode& like) {
  OpcodeBytes bytes;
  bytes.number(list.bayer_phase);
  bytes.number(static_cast<std::uint32_t>(list.points.size()));
  bytes.number(static_cast<std::uint32_t>(list.rects.size()));
  for (const Point& point : list.points) {
    bytes.number(static_cast<std::uint32_t>(point.y));
    bytes.number(static_cast<std::uint32_t>(point.x));
  }
  for (const Rect& rect : list.rects) put_rect(rect, bytes);
  return {opcode::kFixBadPixelsList, like.version, like.flags, bytes.take()};
}

std::optional<std::uint32_t> bad_pixel_constant(const DngOpcode& opcode) {
  OpcodeReader reader(opcode.parameters);
  const std::uint32_t constant = reader.number();
  if (opcode.parameters.size() != 8) return {};
  return constant;
}

}  // namespace latent::metadata
