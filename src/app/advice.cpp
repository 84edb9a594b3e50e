// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/advice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace latent::app {

namespace {

/// How many letters have to change (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string advice(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kLongestWord = 64;
  const auto far = [&](const std::string& other) { return distance(word, other); };
  if (word.size() <= kLongestWord && !known.empty()) {
    const auto nearest = std::ranges::min_element(known, {}, far);
    if (far(*nearest) <= nearest->size() / 3 + 1) {
      return fmt::format("; did you mean {}?", *nearest);
    }
  }
  return fmt::format("; there are {}", fmt::join(known, ", "));
}

}  // namespace latent::app
