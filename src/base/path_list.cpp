// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/path_list.h"

#include <algorithm>

namespace latent {

std::vector<std::filesystem::path> path_list(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  std::vector<std::filesystem::path> paths;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view entry = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = entry.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) continue;
    paths.emplace_back(entry.substr(first, entry.find_last_not_of(kSpaces) - first + 1));
  }
  return paths;
}

}  // namespace latent
