// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "mask/path.h"

// The smallest parts of an SVG: numbers between blanks and commas, and transforms.
namespace latent::mask {

/// Numbers out of a text, one after the other.
class SvgNumbers {
 public:
  explicit SvgNumbers(std::string_view text) : rest_(text) {}

  /// The next one; nothing where none begins here, or one that is too large.
  [[nodiscard]] std::optional<double> number() {
    skip();
    std::string_view text = rest_;
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    constexpr double kMost = 1e9;
    if (failed != std::errc{} || !(std::abs(value) <= kMost)) return std::nullopt;
    rest_ = text.substr(static_cast<std::size_t>(end - text.data()));
    return value;
  }

  /// Of an arc: flags need no blank behind them.
  [[nodiscard]] std::optional<bool> flag() {
    skip();
    if (rest_.empty() || (rest_.front() != '0' && rest_.front() != '1')) return std::nullopt;
    const bool set = rest_.front() == '1';
    rest_.remove_prefix(1);
    return set;
  }

  [[nodiscard]] std::optional<PathPoint> point() {
    const auto x = number();
    const auto y = x ? number() : std::nullopt;
    if (!y) return std::nullopt;
    return PathPoint{*x, *y};
  }

  /// Whether a number comes next.
  [[nodiscard]] bool at_number() {
    skip();
    return !rest_.empty() &&
           std::string_view("+-.0123456789").find(rest_.front()) != std::string_view::npos;
  }

  [[nodiscard]] bool at_end() {
    skip();
    return rest_.empty();
  }

  /// The next letter or bracket.
  [[nodiscard]] char letter() {
    skip();
    if (rest_.empty()) return '\0';
    const char next = rest_.front();
    rest_.remove_prefix(1);
    return next;
  }

  /// Up to a letter, without it.
  [[nodiscard]] std::string_view word_until(char end) {
    skip();
    const auto at = std::min(rest_.find(end), rest_.size());
    const std::string_view word = rest_.substr(0, at);
    rest_.remove_prefix(std::min(at + 1, rest_.size()));
    return word;
  }

 private:
  void skip() {
    while (!rest_.empty() &&
           std::string_view(" \t\r\n,").find(rest_.front()) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
};

/// x' = a x + c y + e, y' = b x + d y + f.
struct SvgMatrix {
  double a = 1;
  double b = 0;
  double c = 0;
  double d = 1;
  double e = 0;
  double f = 0;

  [[nodiscard]] PathPoint operator()(PathPoint at) const {
    return {a * at.x + c * at.y + e, b * at.x + d * at.y + f};
  }
  /// First `inner`, then this.
  [[nodiscard]] SvgMatrix after(const SvgMatrix& inner) const {
    return {a * inner.a + c * inner.b,     b * inner.a + d * inner.b,
            a * inner.c + c * inner.d,     b * inner.c + d * inner.d,
            a * inner.e + c * inner.f + e, b * inner.e + d * inner.f + f};
  }
};

/// "translate(3 4) rotate(10)", or nothing where it is none.
[[nodiscard]] std::optional<SvgMatrix> svg_matrix(std::string_view text);

/// Closed paths of the attribute "d"; nothing where it is none. An arc becomes curves.
///
/// `most_nodes`  more are none either
[[nodiscard]] std::optional<std::vector<std::vector<PathNode>>> svg_path(std::string_view text,
                                                                         std::size_t most_nodes);

/// An ellipse as four curves.
[[nodiscard]] std::vector<PathNode> svg_ellipse(PathPoint centre, double rx, double ry);

}  // namespace latent::mask
