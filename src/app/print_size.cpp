// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/print_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/path.h"

namespace latent::app {

namespace {

constexpr double kMillimetresOfAnInch = 25.4;
constexpr double kMostInches = 1000;  // 25 m: beyond it somebody mistyped
constexpr double kMostDpi = 4800;

const char* name_of(PrintUnit unit) {
  switch (unit) {
    case PrintUnit::Centimetre:
      return "cm";
    case PrintUnit::Millimetre:
      return "mm";
    case PrintUnit::Inch:
      return "in";
  }
  return "";
}

double inches_of(double length, PrintUnit unit) {
  switch (unit) {
    case PrintUnit::Centimetre:
      return length * 10 / kMillimetresOfAnInch;
    case PrintUnit::Millimetre:
      return length / kMillimetresOfAnInch;
    case PrintUnit::Inch:
      break;
  }
  return length;
}

/// Reads from the front of a text; what was read is gone from it.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<double> number() {
    double value = 0;
    const auto [next, failed] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failed != std::errc{} || !std::isfinite(value) || value <= 0) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(next - rest_.data()));
    return value;
  }
  bool word(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<PrintUnit> unit_from(Reader& reader) {
  for (const auto unit : {PrintUnit::Centimetre, PrintUnit::Millimetre, PrintUnit::Inch}) {
    if (reader.word(name_of(unit))) return unit;
  }
  return std::nullopt;
}

std::optional<PrintSize> parsed(std::string_view text) {
  Reader reader(text);
  PrintSize print;
  const auto width = reader.number();
  if (!width || !reader.word("x")) return std::nullopt;
  const auto height = reader.number();
  if (!height) return std::nullopt;
  const auto unit = unit_from(reader);
  if (!unit) return std::nullopt;
  if (reader.word("@")) {
    const auto dpi = reader.number();
    if (!dpi) return std::nullopt;
    print.dpi = *dpi;
    reader.word("dpi");
  }
  if (!reader.at_end()) return std::nullopt;
  print.width = *width;
  print.height = *height;
  print.unit = *unit;
  const double longer = inches_of(std::max(print.width, print.height), print.unit);
  if (longer > kMostInches || print.dpi < 1 || print.dpi > kMostDpi) return std::nullopt;
  return print;
}

}  // namespace

double PrintSize::dpi_of(Size size) const {
  const double longer = inches_of(std::max(width, height), unit);
  const double shorter = inches_of(std::min(width, height), unit);
  return std::max(std::max(size.width, size.height) / longer,
                  std::min(size.width, size.height) / shorter);
}

Result<PrintSize> parse_print_size(std::string_view text) {
  if (const auto print = parsed(text)) return *print;
  return fail(ErrorCode::Usage,
              fmt::format("'{}' is no print size; write width, height, unit and resolution, for "
                          "example 40x60cm@300, 300x200mm@240 or 8x10in@300",
                          printable(text.substr(0, 60))));
}

std::string text_of(const PrintSize& print) {
  return fmt::format("{}x{}{}@{}", print.width, print.height, name_of(print.unit), print.dpi);
}

std::string paper_words(const PrintSize& print) {
  return fmt::format("{} x {} {}", print.width, print.height, name_of(print.unit));
}

Result<int> scale_for(const PrintSize& print, Size size) {
  constexpr double kSame = 1.005;  // half a percent is not worth an enlargement
  const double now = print.dpi_of(size);
  if (print.dpi <= now * kSame) {
    return fail(ErrorCode::Usage,
                fmt::format("has enough pixels for {}: {} x {} give {:.0f} dpi there, and {} are "
                            "asked for; print it as it is, or enlarge it with --scale 2",
                            paper_words(print), size.width, size.height, now, print.dpi));
  }
  return print.dpi > 2 * now * kSame ? 4 : 2;
}

}  // namespace latent::app
