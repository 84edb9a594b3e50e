// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "image/picture.h"

namespace latent::read::test {

inline std::vector<std::uint8_t> file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// One line of pictures.txt, as make_pictures.py writes them.
class ListedPicture {
 public:
  explicit ListedPicture(const std::string& line) {
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      const auto split = word.find('=');
      facts_[word.substr(0, split)] = word.substr(split + 1);
    }
  }

  [[nodiscard]] std::string text(const std::string& key) const {
    const auto found = facts_.find(key);
    return found == facts_.end() ? "" : found->second;
  }
  [[nodiscard]] double number(const std::string& key, double otherwise = 0) const {
    const std::string value = text(key);
    return value.empty() ? otherwise : std::stod(value);
  }
  [[nodiscard]] int whole(const std::string& key, int otherwise = 0) const {
    return static_cast<int>(number(key, otherwise));
  }
  [[nodiscard]] std::string file() const { return text("file"); }
  [[nodiscard]] Size size() const { return {whole("width"), whole("height")}; }

 private:
  std::map<std::string, std::string> facts_;
};

/// The largest difference between a picture and true samples of its own depth; negative where their
/// numbers differ.
inline double largest_difference(const Picture& picture, const std::vector<std::uint8_t>& truth) {
  return std::visit(
      [&](const auto& image) -> double {
        using T = std::remove_cvref_t<decltype(image.view().row(0)[0])>;
        const auto view = image.view();
        const std::size_t row = view.row(0).size();
        if (truth.size() != row * static_cast<std::size_t>(view.height()) * sizeof(T)) return -1;
        double largest = 0;
        for (int y = 0; y < view.height(); ++y) {
          for (std::size_t i = 0; i < row; ++i) {
            T expected;
            const std::size_t at = (static_cast<std::size_t>(y) * row + i) * sizeof(T);
            std::copy_n(&truth[at], sizeof(T), reinterpret_cast<std::uint8_t*>(&expected));
            const double difference =
                static_cast<double>(view.row(y)[i]) - static_cast<double>(expected);
            // written so that NaN is a difference
            if (!(difference <= largest && -difference <= largest)) {
              largest = difference > 0 ? difference : -difference;
            }
          }
        }
        return largest;
      },
      picture.samples);
}

/// Whether two profiles say the same: all but the time at which they were made, and their checksum.
inline bool same_profile(std::vector<std::uint8_t> a, std::vector<std::uint8_t> b) {
  for (auto* icc : {&a, &b}) {
    if (icc->size() < 128) return false;
    std::fill_n(icc->begin() + 24, 12, std::uint8_t{0});
    std::fill_n(icc->begin() + 84, 16, std::uint8_t{0});
  }
  return a == b;
}

}  // namespace latent::read::test
