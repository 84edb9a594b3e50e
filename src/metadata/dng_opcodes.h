// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "image/geometry.h"

// The opcode lists of a DNG (OpcodeList1, 2, 3), opcode by opcode.
// Source: Adobe DNG Specification 1.7.1.0, chapter "Opcode List Processing".
namespace latent::metadata {

namespace opcode {
inline constexpr std::uint32_t kWarpRectilinear = 1;
inline constexpr std::uint32_t kWarpFisheye = 2;
inline constexpr std::uint32_t kFixVignetteRadial = 3;
inline constexpr std::uint32_t kFixBadPixelsConstant = 4;
inline constexpr std::uint32_t kFixBadPixelsList = 5;
inline constexpr std::uint32_t kTrimBounds = 6;
inline constexpr std::uint32_t kMapTable = 7;
inline constexpr std::uint32_t kMapPolynomial = 8;
inline constexpr std::uint32_t kGainMap = 9;
inline constexpr std::uint32_t kDeltaPerRow = 10;
inline constexpr std::uint32_t kDeltaPerColumn = 11;
inline constexpr std::uint32_t kScalePerRow = 12;
inline constexpr std::uint32_t kScalePerColumn = 13;
inline constexpr std::uint32_t kWarpRectilinear2 = 14;
}  // namespace opcode

/// One step of a list. All numbers inside `parameters` have the greatest byte first, whatever the
/// file.
struct DngOpcode {
  std::uint32_t id = 0;
  std::uint32_t version = 0;  ///< of the specification that knows it, a byte a part
  std::uint32_t flags = 0;    ///< 1: may be skipped; 2: may be skipped for previews
  std::vector<std::uint8_t> parameters;
  friend bool operator==(const DngOpcode&, const DngOpcode&) = default;
};

/// The steps of a list in their order; nothing where it is cut short, or bytes stand behind it.
[[nodiscard]] std::optional<std::vector<DngOpcode>> parse_opcodes(
    std::span<const std::uint8_t> list);

/// The list as it stands in a file.
[[nodiscard]] std::vector<std::uint8_t> opcode_list(const std::vector<DngOpcode>& opcodes);

/// "GainMap"; "opcode 77" where the specification has no name for it.
[[nodiscard]] std::string opcode_name(std::uint32_t id);

/// Reads numbers one after the other; after the end all are 0 and `whole()` is false.
class OpcodeReader {
 public:
  explicit OpcodeReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint32_t number();
  [[nodiscard]] std::uint16_t half();
  [[nodiscard]] float real();
  [[nodiscard]] double real8();
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::uint64_t take(std::size_t count);

  std::span<const std::uint8_t> bytes_;
  bool whole_ = true;
};

/// Appends numbers, the greatest byte first.
class OpcodeBytes {
 public:
  void number(std::uint32_t value) { put(value, 4); }
  void half(std::uint16_t value) { put(value, 2); }
  void real(float value);
  void real8(double value);
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  void put(std::uint64_t value, unsigned count);

  std::vector<std::uint8_t> bytes_;
};

/// The sites that an opcode on values works on: every `column_pitch`th of every `row_pitch`th row.
struct OpcodeArea {
  Rect rect;
  std::uint32_t plane = 0;
  std::uint32_t planes = 1;
  int row_pitch = 1;
  int column_pitch = 1;
};

/// The eight numbers that such an opcode begins with; nothing where they make no sense.
[[nodiscard]] std::optional<OpcodeArea> read_area(OpcodeReader& reader);
void put_area(const OpcodeArea& area, OpcodeBytes& bytes);

/// What FixBadPixelsList names, cut to a picture of that size: single sites, and rectangles.
struct BadPixelList {
  std::uint32_t bayer_phase = 0;
  std::vector<Point> points;
  std::vector<Rect> rects;
};
[[nodiscard]] std::optional<BadPixelList> read_bad_pixels(const DngOpcode& opcode, Size picture);
/// `like`: whose version and flags it takes.
[[nodiscard]] DngOpcode bad_pixels_opcode(const BadPixelList& list, const DngOpcode& like);

/// The value that FixBadPixelsConstant marks defective sites with.
[[nodiscard]] std::optional<std::uint32_t> bad_pixel_constant(const DngOpcode& opcode);

}  // namespace latent::metadata
