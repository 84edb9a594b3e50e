// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/move_opcodes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace latent::metadata {

namespace {

constexpr double kFull = 65535.0;

/// What became of one opcode: it is true in another form, it has nothing left to do, or it is lost.
enum class Fate : std::uint8_t { Kept, Done, Lost };
struct Moved {
  Fate fate = Fate::Lost;
  DngOpcode opcode;
};

Moved kept(const DngOpcode& like, std::vector<std::uint8_t> parameters) {
  return {Fate::Kept, {like.id, like.version, like.flags, std::move(parameters)}};
}

/// The part of an area that is left; where it began among the rows and columns it works on.
struct CutArea {
  OpcodeArea area;
  int first_row = 0;
  int first_column = 0;
  [[nodiscard]] int rows() const { return (area.rect.height - 1) / area.row_pitch + 1; }
  [[nodiscard]] int columns() const { return (area.rect.width - 1) / area.column_pitch + 1; }
};

std::optional<CutArea> cut(const OpcodeArea& area, const OpcodeMove& move) {
  const auto first = [](int from, int inside, int pitch) {
    return inside <= from ? 0 : (inside - from + pitch - 1) / pitch;
  };
  CutArea result{area, first(area.rect.y, move.to.y, area.row_pitch),
                 first(area.rect.x, move.to.x, area.column_pitch)};
  const int top = area.rect.y + result.first_row * area.row_pitch;
  const int left = area.rect.x + result.first_column * area.column_pitch;
  const int bottom = std::min(area.rect.bottom(), move.to.bottom());
  const int right = std::min(area.rect.right(), move.to.right());
  if (bottom <= top || right <= left) return {};
  result.area.rect = {left - move.to.x, top - move.to.y, right - left, bottom - top};
  result.area.row_pitch = std::min(area.row_pitch, bottom - top);
  result.area.column_pitch = std::min(area.column_pitch, right - left);
  return result;
}

Moved move_table(const DngOpcode& opcode, const OpcodeMove& move) {
  OpcodeReader reader(opcode.parameters);
  const auto area = read_area(reader);
  const std::size_t count = reader.number();
  if (!area || count == 0 || reader.left() != 2 * count) return {};
  std::vector<double> table;
  for (std::size_t i = 0; i < count; ++i) table.push_back(reader.half());
  const auto left = cut(*area, move);
  if (!left) return {Fate::Done, {}};
  OpcodeBytes bytes;
  put_area(left->area, bytes);
  if (!move.is_scaled()) {
    bytes.number(static_cast<std::uint32_t>(count));
    for (const double entry : table) bytes.half(static_cast<std::uint16_t>(entry));
    return kept(opcode, bytes.take());
  }
  constexpr int kEntries = 65536;
  bytes.number(kEntries);
  for (int i = 0; i < kEntries; ++i) {
    const double at =
        std::clamp((i - move.offset) / move.scale, 0.0, static_cast<double>(count - 1));
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, count - 1);
    const double value = std::lerp(table[below], table[above], at - static_cast<double>(below));
    bytes.half(static_cast<std::uint16_t>(
        std::lround(std::clamp(move.scale * value + move.offset, 0.0, kFull))));
  }
  return kept(opcode, bytes.take());
}

/// scale * P((x - offset) / scale) + offset, coefficient by coefficient (Horner).
std::vector<double> scaled_polynomial(const std::vector<double>& coefficients, double scale,
                                      double offset) {
  std::vector<double> result(coefficients.size());
  for (std::size_t i = coefficients.size(); i-- > 0;) {
    for (std::size_t k = result.size(); k-- > 0;) {
      const double shifted = k > 0 ? result[k - 1] : 0.0;
      result[k] = (shifted - offset * result[k]) / scale;
    }
    result[0] += coefficients[i];
  }
  for (double& coefficient : result) coefficient *= scale;
  result[0] += offset;
  return result;
}

Moved move_polynomial(const DngOpcode& opcode, const OpcodeMove& move) {
  constexpr std::uint32_t kMostDegree = 8;
  OpcodeReader reader(opcode.parameters);
  const auto area = read_area(reader);
  const std::uint32_t degree = reader.number();
  if (!area || degree > kMostDegree || reader.left() != 8 * (degree + 1)) return {};
  std::vector<double> coefficients;
  for (std::uint32_t i = 0; i <= degree; ++i) coefficients.push_back(reader.real8());
  const auto left = cut(*area, move);
  if (!left) return {Fate::Done, {}};
  if (move.is_scaled()) {
    coefficients = scaled_polynomial(coefficients, move.scale, move.offset / kFull);
  }
  OpcodeBytes bytes;
  put_area(left->area, bytes);
  bytes.number(degree);
  for (const double coefficient : coefficients) bytes.real8(coefficient);
  return kept(opcode, bytes.take());
}

/// DeltaPerRow and its like: one number for each row or column.
Moved move_lines(const DngOpcode& opcode, const OpcodeMove& move) {
  const bool rows = opcode.id == opcode::kDeltaPerRow || opcode.id == opcode::kScalePerRow;
  const bool adds = opcode.id == opcode::kDeltaPerRow || opcode.id == opcode::kDeltaPerColumn;
  if (!adds && move.offset != 0) return {};
  OpcodeReader reader(opcode.parameters);
  const auto area = read_area(reader);
  const std::size_t count = reader.number();
  if (!area || reader.left() != 4 * count) return {};
  std::vector<float> lines;
  for (std::size_t i = 0; i < count; ++i) lines.push_back(reader.real());
  const auto left = cut(*area, move);
  if (!left) return {Fate::Done, {}};
  const auto first = static_cast<std::size_t>(rows ? left->first_row : left->first_column);
  const auto used = static_cast<std::size_t>(rows ? left->rows() : left->columns());
  if (first + used > count) return {};
  OpcodeBytes bytes;
  put_area(left->area, bytes);
  bytes.number(static_cast<std::uint32_t>(used));
  for (std::size_t i = first; i < first + used; ++i) {
    bytes.real(adds ? static_cast<float>(lines[i] * move.scale) : lines[i]);
  }
  return kept(opcode, bytes.take());
}

Moved move_gain_map(const DngOpcode& opcode, const OpcodeMove& move) {
  if (move.offset != 0) return {};
  OpcodeReader reader(opcode.parameters);
  const auto area = read_area(reader);
  const std::uint32_t points_v = reader.number();
  const std::uint32_t points_h = reader.number();
  std::array<double, 4> numbers{};  // spacing v, h, origin v, h
  for (double& number : numbers) number = reader.real8();
  if (!area || !reader.whole()) return {};
  const auto left = cut(*area, move);
  if (!left) return {Fate::Done, {}};
  const double tall = static_cast<double>(move.from.height) / move.to.height;
  const double wide = static_cast<double>(move.from.width) / move.to.width;
  OpcodeBytes bytes;
  put_area(left->area, bytes);
  bytes.number(points_v);
  bytes.number(points_h);
  bytes.real8(numbers[0] * tall);
  bytes.real8(numbers[1] * wide);
  bytes.real8(numbers[2] * tall - static_cast<double>(move.to.y) / move.to.height);
  bytes.real8(numbers[3] * wide - static_cast<double>(move.to.x) / move.to.width);
  auto parameters = bytes.take();
  const auto gains = std::span(opcode.parameters).last(reader.left());
  parameters.insert(parameters.end(), gains.begin(), gains.end());
  return kept(opcode, std::move(parameters));
}

/// From a point to the corner that is farthest from it.
double farthest(double x, double y, Size size) {
  return std::hypot(std::max(x, size.width - x), std::max(y, size.height - y));
}

/// Its radius counts in shares of the way to the farthest corner.
Moved move_vignette(const DngOpcode& opcode, const OpcodeMove& move) {
  constexpr int kTerms = 5;
  if (move.offset != 0) return {};
  if (!move.is_cut()) return {Fate::Kept, opcode};
  OpcodeReader reader(opcode.parameters);
  std::array<double, kTerms> terms{};
  for (double& term : terms) term = reader.real8();
  const double x = reader.real8() * move.from.width;
  const double y = reader.real8() * move.from.height;
  const double new_x = x - move.to.x;
  const double new_y = y - move.to.y;
  const bool inside = new_x >= 0 && new_y >= 0 && new_x <= move.to.width && new_y <= move.to.height;
  if (!reader.whole() || !inside) return {};
  const double share = farthest(new_x, new_y, move.to.size()) / farthest(x, y, move.from);
  OpcodeBytes bytes;
  double power = 1;
  for (const double term : terms) {
    power *= share * share;
    bytes.real8(term * power);
  }
  bytes.real8(new_x / move.to.width);
  bytes.real8(new_y / move.to.height);
  return kept(opcode, bytes.take());
}

Moved move_bad_pixels(const DngOpcode& opcode, const OpcodeMove& move) {
  const auto list = read_bad_pixels(opcode, move.from);
  if (!list) return {};
  if (!move.is_cut()) return {Fate::Kept, opcode};
  BadPixelList left;
  // The phase names the pattern: an odd step of rows turns its second bit, of columns its first.
  left.bayer_phase = list->bayer_phase ^ static_cast<std::uint32_t>((move.to.y & 1) * 2) ^
                     static_cast<std::uint32_t>(move.to.x & 1);
  for (const Point& point : list->points) {
    if (!move.to.contains({point.x, point.y, 1, 1})) continue;
    left.points.push_back({point.x - move.to.x, point.y - move.to.y});
  }
  for (const Rect& rect : list->rects) {
    const Rect inside = rect.intersection(move.to);
    if (inside.empty()) continue;
    left.rects.push_back({inside.x - move.to.x, inside.y - move.to.y, inside.width, inside.height});
  }
  if (left.points.empty() && left.rects.empty()) return {Fate::Done, {}};
  return {Fate::Kept, bad_pixels_opcode(left, opcode)};
}

Moved move_constant(const DngOpcode& opcode, const OpcodeMove& move) {
  const auto constant = bad_pixel_constant(opcode);
  if (!constant) return {};
  const double value = move.scale * *constant + move.offset;
  if (value < 0 || value > kFull || value != std::floor(value)) return {};
  OpcodeReader reader(std::span(opcode.parameters).subspan(4));
  const std::uint32_t phase = reader.number();
  OpcodeBytes bytes;
  bytes.number(static_cast<std::uint32_t>(value));
  bytes.number(phase ^ static_cast<std::uint32_t>((move.to.y & 1) * 2) ^
               static_cast<std::uint32_t>(move.to.x & 1));
  return kept(opcode, bytes.take());
}

Moved move_bounds(const DngOpcode& opcode, const OpcodeMove& move) {
  OpcodeReader reader(opcode.parameters);
  std::array<std::int64_t, 4> edges{};
  for (std::int64_t& edge : edges) edge = reader.number();
  if (opcode.parameters.size() != 16) return {};
  if (!move.is_cut()) return {Fate::Kept, opcode};
  const auto side = [](std::int64_t edge, int begin, int length) {
    return std::clamp<std::int64_t>(edge - begin, 0, length);
  };
  const auto top = side(edges[0], move.to.y, move.to.height);
  const auto left = side(edges[1], move.to.x, move.to.width);
  const auto bottom = side(edges[2], move.to.y, move.to.height);
  const auto right = side(edges[3], move.to.x, move.to.width);
  if (bottom <= top || right <= left) return {};
  if (bottom - top == move.to.height && right - left == move.to.width) return {Fate::Done, {}};
  OpcodeBytes bytes;
  for (const auto edge : {top, left, bottom, right}) bytes.number(static_cast<std::uint32_t>(edge));
  return kept(opcode, bytes.take());
}

bool is_of_places(std::uint32_t id) {
  constexpr std::array kOfPlaces{opcode::kWarpRectilinear, opcode::kWarpFisheye,
                                 opcode::kFixBadPixelsList, opcode::kTrimBounds,
                                 opcode::kWarpRectilinear2};
  return std::ranges::find(kOfPlaces, id) != kOfPlaces.end();
}

Moved move_one(const DngOpcode& opcode, const OpcodeMove& move) {
  if (!move.values_hold && !is_of_places(opcode.id)) return {};
  switch (opcode.id) {
    case opcode::kFixVignetteRadial:
      return move_vignette(opcode, move);
    case opcode::kFixBadPixelsConstant:
      return move_constant(opcode, move);
    case opcode::kFixBadPixelsList:
      return move_bad_pixels(opcode, move);
    case opcode::kTrimBounds:
      return move_bounds(opcode, move);
    case opcode::kMapTable:
      return move_table(opcode, move);
    case opcode::kMapPolynomial:
      return move_polynomial(opcode, move);
    case opcode::kGainMap:
      return move_gain_map(opcode, move);
    case opcode::kDeltaPerRow:
    case opcode::kDeltaPerColumn:
    case opcode::kScalePerRow:
    case opcode::kScalePerColumn:
      return move_lines(opcode, move);
    default:
      break;
  }
  const bool holds = !move.is_cut() && (is_of_places(opcode.id) || !move.is_scaled());
  return holds ? Moved{Fate::Kept, opcode} : Moved{};
}

}  // namespace

MovedOpcodes move_opcodes(const std::vector<DngOpcode>& opcodes, const OpcodeMove& move) {
  MovedOpcodes result;
  // Nothing has moved: what is not understood stays as it stands, too.
  if (!move.is_cut() && !move.is_scaled() && move.values_hold) return {opcodes, {}};
  for (const DngOpcode& opcode : opcodes) {
    Moved moved = move_one(opcode, move);
    if (moved.fate == Fate::Kept) result.kept.push_back(std::move(moved.opcode));
    if (moved.fate != Fate::Lost) continue;
    std::string name = opcode_name(opcode.id);
    if (std::ranges::find(result.lost, name) == result.lost.end()) {
      result.lost.push_back(std::move(name));
    }
  }
  return result;
}

}  // namespace latent::metadata
