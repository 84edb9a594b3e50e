// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <vector>

#include "base/path.h"

namespace latent::cli {

namespace {

/// Numbers between commas, or nothing where one of the pieces is none.
template <class T>
std::optional<std::vector<T>> parse_list(const std::string& text) {
  std::vector<T> values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    T value{};
    const auto [next, failed] = std::from_chars(at, end, value);
    if (failed != std::errc{}) return std::nullopt;
    values.push_back(value);
    if (next == end) return values;
    if (*next != ',') return std::nullopt;
    at = next + 1;
  }
}

}  // namespace

Result<Rect> parse_region(const std::string& text) {
  const auto sides = parse_list<int>(text);
  if (!sides || sides->size() != 4 || (*sides)[0] < 0 || (*sides)[1] < 0 || (*sides)[2] <= 0 ||
      (*sides)[3] <= 0) {
    return fail(ErrorCode::Usage, fmt::format("--region takes X,Y,WIDTH,HEIGHT in pixels, not '{}'",
                                              printable(text)));
  }
  return Rect{(*sides)[0], (*sides)[1], (*sides)[2], (*sides)[3]};
}

Result<std::optional<NoiseModel>> parse_noise(const std::string& text) {
  if (text == "auto") return std::optional<NoiseModel>{};
  const auto numbers = parse_list<double>(text);
  bool usable = numbers && (numbers->size() == 2 || numbers->size() == 6);
  for (std::size_t i = 0; usable && i < numbers->size(); ++i) {
    usable = std::isfinite((*numbers)[i]) && (*numbers)[i] >= 0.0;
  }
  if (!usable) {
    return fail(
        ErrorCode::Usage,
        fmt::format("--noise takes auto, or A,B (variance = A x + B, x from black 0 to white "
                    "1), or six such numbers for red, green and blue, not '{}'",
                    printable(text)));
  }
  NoiseModel model;
  model.origin = NoiseModel::Origin::Given;
  for (std::size_t colour = 0; colour < 3; ++colour) {
    const std::size_t at = numbers->size() == 6 ? 2 * colour : 0;
    model.a[colour] = (*numbers)[at];
    model.b[colour] = (*numbers)[at + 1];
  }
  return std::optional<NoiseModel>{model};
}

Result<std::optional<double>> parse_level(const std::string& text) {
  if (text == "auto") return std::optional<double>{};
  const auto numbers = parse_list<double>(text);
  if (!numbers || numbers->size() != 1 || !(numbers->front() >= 0.0 && numbers->front() <= 255.0)) {
    return fail(
        ErrorCode::Usage,
        fmt::format("--level takes auto, or the sigma of the noise in 8-bit steps from 0 to "
                    "255, not '{}'",
                    printable(text)));
  }
  return std::optional<double>{numbers->front()};
}

Result<models::Compat> parse_compat(const std::string& text) {
  if (text == "none") return models::Compat::None;
  if (text == "darktable-5.6") return models::Compat::Darktable56;
  return fail(ErrorCode::Usage,
              "--compat knows none and darktable-5.6, not '" + printable(text) + "'");
}

}  // namespace latent::cli
