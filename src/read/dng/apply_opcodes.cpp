// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/apply_opcodes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "image/mend_sites.h"
#include "metadata/dng_opcodes.h"
#include "metadata/listed_sites.h"
#include "metadata/tiff_fields.h"

namespace latent::read {

namespace tag = metadata::tag;
namespace opcode = metadata::opcode;

namespace {

constexpr double kFull = 65535.0;
constexpr std::array kLists{tag::kOpcodeList1, tag::kOpcodeList2, tag::kOpcodeList3};
using Opcode = metadata::DngOpcode;

/// The samples that a list works on. Its opcodes count from the corner of `frame`.
struct Canvas {
  ImageView<std::uint16_t> frame;
  /// Where a value of 0 and of 1 lies, of a sample.
  struct Range {
    double zero = 0;
    double one = kFull;
  };
  std::function<Range(int x, int y, int channel)> range;
  std::function<int(int x, int y, int channel)> plane;
};

/// What becomes of a value at a place: x, y, plane counted from that of the area.
using Change = std::function<double(double value, int x, int y, int plane)>;

void change(const Canvas& canvas, const metadata::OpcodeArea& area, const Change& change) {
  const Rect whole{0, 0, canvas.frame.width(), canvas.frame.height()};
  const int bottom = std::min(area.rect.bottom(), whole.height);
  const int right = std::min(area.rect.right(), whole.width);
  const int channels = canvas.frame.channels();
  for (int y = area.rect.y; y < bottom; y += area.row_pitch) {
    for (int x = area.rect.x; x < right; x += area.column_pitch) {
      for (int channel = 0; channel < channels; ++channel) {
        const auto plane = static_cast<std::int64_t>(canvas.plane(x, y, channel)) - area.plane;
        if (plane < 0 || plane >= area.planes) continue;
        const Canvas::Range range = canvas.range(x, y, channel);
        const double reach = range.one - range.zero;
        std::uint16_t& sample = canvas.frame.at(x, y, channel);
        const double value = change((sample - range.zero) / reach, x, y, static_cast<int>(plane));
        const double count = range.zero + reach * value;
        if (!std::isfinite(count)) continue;
        sample = static_cast<std::uint16_t>(std::lround(std::clamp(count, 0.0, kFull)));
      }
    }
  }
}

bool apply_table(const Opcode& each, const Canvas& canvas) {
  metadata::OpcodeReader reader(each.parameters);
  const auto area = metadata::read_area(reader);
  const std::size_t count = reader.number();
  if (!area || count == 0 || reader.left() != 2 * count) return false;
  std::vector<double> table;
  for (std::size_t i = 0; i < count; ++i) table.push_back(reader.half());
  change(canvas, *area, [&](double value, int, int, int) {
    const double at = std::clamp(value * kFull, 0.0, static_cast<double>(count - 1));
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, count - 1);
    return std::lerp(table[below], table[above], at - static_cast<double>(below)) / kFull;
  });
  return true;
}

bool apply_polynomial(const Opcode& each, const Canvas& canvas) {
  constexpr std::uint32_t kMostDegree = 8;
  metadata::OpcodeReader reader(each.parameters);
  const auto area = metadata::read_area(reader);
  const std::uint32_t degree = reader.number();
  if (!area || degree > kMostDegree || reader.left() != 8 * (degree + 1)) return false;
  std::vector<double> coefficients;
  for (std::uint32_t i = 0; i <= degree; ++i) coefficients.push_back(reader.real8());
  change(canvas, *area, [&](double value, int, int, int) {
    double sum = 0;
    for (std::size_t i = coefficients.size(); i-- > 0;) sum = sum * value + coefficients[i];
    return std::min(sum, 1.0);
  });
  return true;
}

bool apply_lines(const Opcode& each, const Canvas& canvas) {
  const bool rows = each.id == opcode::kDeltaPerRow || each.id == opcode::kScalePerRow;
  const bool adds = each.id == opcode::kDeltaPerRow || each.id == opcode::kDeltaPerColumn;
  metadata::OpcodeReader reader(each.parameters);
  const auto area = metadata::read_area(reader);
  const std::size_t count = reader.number();
  if (!area || reader.left() != 4 * count) return false;
  const int lines = rows ? (area->rect.height - 1) / area->row_pitch + 1
                         : (area->rect.width - 1) / area->column_pitch + 1;
  if (count < static_cast<std::size_t>(lines)) return false;
  std::vector<double> numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(static_cast<double>(reader.real()));
  change(canvas, *area, [&](double value, int x, int y, int) {
    const int line =
        rows ? (y - area->rect.y) / area->row_pitch : (x - area->rect.x) / area->column_pitch;
    const double number = numbers[static_cast<std::size_t>(line)];
    return adds ? value + number : value * number;
  });
  return true;
}

/// A map of gains over the picture, between whose points they change evenly.
class GainMap {
 public:
  static std::optional<GainMap> read(metadata::OpcodeReader& reader, Size picture) {
    GainMap map;
    map.rows_ = reader.number();
    map.columns_ = reader.number();
    const std::array<double, 2> spacing{reader.real8(), reader.real8()};
    const std::array<double, 2> origin{reader.real8(), reader.real8()};
    map.planes_ = reader.number();
    constexpr std::uint32_t kMostSide = 1U << 16U;
    const bool sized = map.rows_ > 0 && map.columns_ > 0 && map.planes_ > 0 &&
                       map.rows_ < kMostSide && map.columns_ < kMostSide && map.planes_ < 256;
    const auto points = std::uint64_t{map.rows_} * map.columns_ * map.planes_;
    if (!reader.whole() || !sized || reader.left() / 4 < points) return {};
    // Of one row or column the spacing means nothing.
    map.vertical_ = {map.rows_ > 1 ? spacing[0] : 1.0, origin[0], picture.height};
    map.horizontal_ = {map.columns_ > 1 ? spacing[1] : 1.0, origin[1], picture.width};
    if (!(map.vertical_.spacing > 0) || !(map.horizontal_.spacing > 0)) return {};
    for (std::uint64_t i = 0; i < points; ++i) map.gains_.push_back(reader.real());
    return map;
  }

  [[nodiscard]] double at(int x, int y, int plane) const {
    const auto p = std::min(static_cast<std::uint32_t>(plane), planes_ - 1);
    const auto [row, down] = vertical_.place(y, rows_);
    const auto [column, across] = horizontal_.place(x, columns_);
    const std::uint32_t next_row = std::min(row + 1, rows_ - 1);
    const std::uint32_t next_column = std::min(column + 1, columns_ - 1);
    const double upper = std::lerp(gain(row, column, p), gain(row, next_column, p), across);
    const double lower =
        std::lerp(gain(next_row, column, p), gain(next_row, next_column, p), across);
    return std::lerp(upper, lower, down);
  }

 private:
  struct Axis {
    double spacing = 1;
    double origin = 0;
    int pixels = 1;
    /// The point before a pixel, and how far on to the next one.
    [[nodiscard]] std::pair<std::uint32_t, double> place(int pixel, std::uint32_t points) const {
      const double at = ((pixel + 0.5) / pixels - origin) / spacing;
      const double inside = std::isfinite(at) ? std::clamp(at, 0.0, points - 1.0) : 0.0;
      const auto before = static_cast<std::uint32_t>(inside);
      return {before, inside - before};
    }
  };
  [[nodiscard]] double gain(std::uint32_t row, std::uint32_t column, std::uint32_t plane) const {
    const std::size_t point = std::size_t{row} * columns_ + column;
    return static_cast<double>(gains_[point * planes_ + plane]);
  }

  std::uint32_t rows_ = 0;
  std::uint32_t columns_ = 0;
  std::uint32_t planes_ = 0;
  Axis vertical_;
  Axis horizontal_;
  std::vector<float> gains_;
};

bool apply_gain_map(const Opcode& each, const Canvas& canvas) {
  metadata::OpcodeReader reader(each.parameters);
  const auto area = metadata::read_area(reader);
  if (!area) return false;
  const auto map = GainMap::read(reader, canvas.frame.size());
  if (!map) return false;
  change(canvas, *area,
         [&](double value, int x, int y, int plane) { return value * map->at(x, y, plane); });
  return true;
}

bool apply_vignette(const Opcode& each, const Canvas& canvas) {
  metadata::OpcodeReader reader(each.parameters);
  std::array<double, 5> terms{};
  for (double& term : terms) term = reader.real8();
  const Size size = canvas.frame.size();
  const double x_middle = reader.real8() * size.width;
  const double y_middle = reader.real8() * size.height;
  if (!reader.whole()) return false;
  const double farthest = std::hypot(std::max(x_middle, size.width - x_middle),
                                     std::max(y_middle, size.height - y_middle));
  metadata::OpcodeArea all;
  all.rect = {0, 0, size.width, size.height};
  all.planes = 3;
  change(canvas, all, [&](double value, int x, int y, int) {
    const double dx = (x + 0.5 - x_middle) / farthest;
    const double dy = (y + 0.5 - y_middle) / farthest;
    const double square = dx * dx + dy * dy;
    double gain = 0;
    for (std::size_t i = terms.size(); i-- > 0;) gain = (gain + terms[i]) * square;
    return value * (1 + gain);
  });
  return true;
}

bool is_gain(std::uint32_t id) {
  return id == opcode::kGainMap || id == opcode::kFixVignetteRadial || id == opcode::kScalePerRow ||
         id == opcode::kScalePerColumn;
}

bool apply(const Opcode& each, const Canvas& canvas) {
  switch (each.id) {
    case opcode::kMapTable:
      return apply_table(each, canvas);
    case opcode::kMapPolynomial:
      return apply_polynomial(each, canvas);
    case opcode::kDeltaPerRow:
    case opcode::kDeltaPerColumn:
    case opcode::kScalePerRow:
    case opcode::kScalePerColumn:
      return apply_lines(each, canvas);
    case opcode::kGainMap:
      return apply_gain_map(each, canvas);
    case opcode::kFixVignetteRadial:
      return apply_vignette(each, canvas);
    default:
      return false;
  }
}

/// What is left of the three lists.
struct Left {
  std::vector<std::string> names;  ///< "WarpRectilinear of OpcodeList3", each once
  std::array<std::vector<Opcode>, 3> opcodes;
};

/// One canvas for each list.
Left apply_lists(const std::vector<CarriedTag>& tags, const std::array<Canvas, 3>& canvases) {
  Left left;
  for (std::size_t list = 0; list < kLists.size(); ++list) {
    const auto carried = std::ranges::find(tags, kLists[list], &CarriedTag::tag);
    if (carried == tags.end()) continue;
    const auto opcodes = metadata::parse_opcodes(carried->bytes);
    if (!opcodes) {
      left.names.push_back(fmt::format("OpcodeList{} (which is cut short)", list + 1));
      continue;
    }
    bool warped = false;
    for (const Opcode& each : *opcodes) {
      const bool mended = list < 2 && (each.id == opcode::kFixBadPixelsConstant ||
                                       each.id == opcode::kFixBadPixelsList);
      const bool may = list < 2 || (!warped && is_gain(each.id));
      if (mended || (may && apply(each, canvases[list]))) continue;
      warped = true;
      left.opcodes[list].push_back(each);
      std::string name =
          fmt::format("{} of OpcodeList{}", metadata::opcode_name(each.id), list + 1);
      if (std::ranges::find(left.names, name) == left.names.end()) {
        left.names.push_back(std::move(name));
      }
    }
  }
  return left;
}

std::string told(const Left& left) {
  if (left.names.empty()) return {};
  return fmt::format("{} of the source was not applied: correct the lens in a raw developer",
                     fmt::join(left.names, ", "));
}

bool has_lists(const std::vector<CarriedTag>& tags) {
  return std::ranges::any_of(tags, [](const CarriedTag& carried) {
    return carried.tag == tag::kOpcodeList1 || carried.tag == tag::kOpcodeList2 ||
           carried.tag == tag::kOpcodeList3;
  });
}

Left applied_to(Mosaic& mosaic) {
  const auto listed = metadata::listed_sites(mosaic);
  const auto counts = mended_counts(mosaic, listed.sites);
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    frame.at(listed.sites[i].x, listed.sites[i].y) = counts[i];
  }
  const Rect active = mosaic.active;
  const auto levels = [&](int x, int y, int) -> Canvas::Range {
    const auto colour = static_cast<std::size_t>(mosaic.cfa.at(x + active.x, y + active.y));
    return {static_cast<double>(mosaic.levels.black.at(x + active.x, y + active.y)),
            static_cast<double>(mosaic.levels.white[colour])};
  };
  const auto one_plane = [](int, int, int) { return 0; };
  const auto stored = [](int, int, int) { return Canvas::Range{}; };
  const auto colour = [&](int x, int y, int) {
    return mosaic.sensor == SensorClass::Mono
               ? 0
               : rgb_index(mosaic.cfa.at(x + active.x, y + active.y));
  };
  return apply_lists(mosaic.carried_tags,
                     {Canvas{mosaic.samples.view(), stored, one_plane},
                      Canvas{frame, levels, one_plane}, Canvas{frame, levels, colour}});
}

}  // namespace

std::string apply_opcodes(Mosaic& mosaic) {
  if (!has_lists(mosaic.carried_tags)) return {};
  return told(applied_to(mosaic));
}

std::vector<std::string> apply_mosaic_opcodes(Mosaic& mosaic) {
  if (!has_lists(mosaic.carried_tags)) return {};
  Left left = applied_to(mosaic);
  std::vector<CarriedTag>& tags = mosaic.carried_tags;
  std::erase_if(tags, [&](CarriedTag& carried) {
    if (carried.tag == tag::kOpcodeList1 || carried.tag == tag::kOpcodeList2) return true;
    if (carried.tag != tag::kOpcodeList3 || !metadata::parse_opcodes(carried.bytes)) return false;
    carried.bytes = metadata::opcode_list(left.opcodes[2]);
    carried.count = static_cast<std::uint32_t>(carried.bytes.size());
    return left.opcodes[2].empty();
  });
  std::erase_if(left.names, [](const std::string& name) {
    return name.find("OpcodeList3") != std::string::npos;
  });
  return left.names;
}

std::string apply_opcodes(LinearRaw& linear) {
  if (!has_lists(linear.carried_tags)) return {};
  const auto levels = [&](int, int, int channel) -> Canvas::Range {
    const auto c = static_cast<std::size_t>(channel);
    return {static_cast<double>(linear.black[c]), static_cast<double>(linear.white[c])};
  };
  const auto stored = [](int, int, int) { return Canvas::Range{}; };
  const auto plane = [](int, int, int channel) { return channel; };
  const auto view = linear.samples.view();
  return told(apply_lists(
      linear.carried_tags,
      {Canvas{view, stored, plane}, Canvas{view, levels, plane}, Canvas{view, levels, plane}}));
}

}  // namespace latent::read
