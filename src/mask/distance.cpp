// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/distance.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace latent::mask {

namespace {

constexpr float kAcross = 1.4F;

/// Whether a neighbour of the pixel has the other label.
bool at_outline(ImageView<const std::uint8_t> labels, int x, int y) {
  const bool here = labels.at(x, y) != 0;
  if (x > 0 && (labels.at(x - 1, y) != 0) != here) return true;
  if (y > 0 && (labels.at(x, y - 1) != 0) != here) return true;
  if (x + 1 < labels.width() && (labels.at(x + 1, y) != 0) != here) return true;
  return y + 1 < labels.height() && (labels.at(x, y + 1) != 0) != here;
}

/// The lower envelope of parabolas over a line: out[i] = min over j of (i - j)^2 + line[j].
class Envelope {
 public:
  explicit Envelope(std::size_t length) : roots_(length), begins_(length + 1) {}

  void of(const std::vector<double>& line, std::vector<double>& out) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      double begin = 0;
      while (count > 0) {
        begin = crossing(line, roots_[count - 1], i);
        if (begin > begins_[count - 1]) break;
        --count;
      }
      roots_[count] = i;
      begins_[count] = count == 0 ? -1.0 : begin;
      ++count;
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      while (at + 1 < count && begins_[at + 1] < static_cast<double>(i)) ++at;
      const double apart = static_cast<double>(i) - static_cast<double>(roots_[at]);
      out[i] = apart * apart + line[roots_[at]];
    }
  }

 private:
  /// Where the parabola of the later root comes below that of the earlier.
  static double crossing(const std::vector<double>& line, std::size_t one, std::size_t two) {
    const auto a = static_cast<double>(one);
    const auto b = static_cast<double>(two);
    return ((line[two] + b * b) - (line[one] + a * a)) / (2 * (b - a));
  }

  std::vector<std::size_t> roots_;
  std::vector<double> begins_;
};

}  // namespace

Result<Image<float>> distance_to_outline(ImageView<const std::uint8_t> labels, float most) {
  LATENT_TRY(Image<float> distance, Image<float>::create(labels.size()));
  const auto d = distance.view();
  const int width = labels.width();
  const int height = labels.height();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      float least = at_outline(labels, x, y) ? 0.5F : most;
      if (x > 0) least = std::min(least, d.at(x - 1, y) + 1.0F);
      if (y > 0) {
        least = std::min(least, d.at(x, y - 1) + 1.0F);
        if (x > 0) least = std::min(least, d.at(x - 1, y - 1) + kAcross);
        if (x + 1 < width) least = std::min(least, d.at(x + 1, y - 1) + kAcross);
      }
      d.at(x, y) = std::min(most, least);
    }
  }
  for (int y = height - 1; y >= 0; --y) {
    for (int x = width - 1; x >= 0; --x) {
      float least = d.at(x, y);
      if (x + 1 < width) least = std::min(least, d.at(x + 1, y) + 1.0F);
      if (y + 1 < height) {
        least = std::min(least, d.at(x, y + 1) + 1.0F);
        if (x > 0) least = std::min(least, d.at(x - 1, y + 1) + kAcross);
        if (x + 1 < width) least = std::min(least, d.at(x + 1, y + 1) + kAcross);
      }
      d.at(x, y) = least;
    }
  }
  return distance;
}

Result<Image<float>> exact_distance(ImageView<const std::uint8_t> labels) {
  LATENT_TRY(Image<float> distance, Image<float>::create(labels.size()));
  const auto width = static_cast<std::size_t>(labels.width());
  const auto height = static_cast<std::size_t>(labels.height());
  const double far = static_cast<double>(width) * static_cast<double>(width) +
                     static_cast<double>(height) * static_cast<double>(height);
  std::vector<double> squared(width * height);
  Envelope down(height);
  std::vector<double> line(height);
  std::vector<double> out(height);
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t y = 0; y < height; ++y) {
      line[y] = labels.at(static_cast<int>(x), static_cast<int>(y)) != 0 ? far : 0.0;
    }
    down.of(line, out);
    for (std::size_t y = 0; y < height; ++y) squared[y * width + x] = out[y];
  }
  Envelope across(width);
  line.resize(width);
  out.resize(width);
  for (std::size_t y = 0; y < height; ++y) {
    std::copy_n(squared.begin() + static_cast<std::ptrdiff_t>(y * width), width, line.begin());
    across.of(line, out);
    const auto row = distance.view().row(static_cast<int>(y));
    std::ranges::transform(out, row.begin(),
                           [](double value) { return static_cast<float>(std::sqrt(value)); });
  }
  return distance;
}

}  // namespace latent::mask
