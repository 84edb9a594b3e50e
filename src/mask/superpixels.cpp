// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/superpixels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <queue>
#include <vector>

namespace latent::mask {

namespace {

/// How many Lab units weigh as much as one step of the grid ("m" in the paper).
constexpr float kCompactness = 12.0F;

struct Candidate {
  float distance;
  std::int32_t pixel;
  std::int32_t label;
  friend bool operator<(const Candidate& a, const Candidate& b) { return a.distance > b.distance; }
};

/// The running means of one piece.
struct Centre {
  std::array<float, 5> sums{};  // x, y, L, a, b
  float count = 0.0F;
};

class Growing {
 public:
  Growing(ImageView<const float> lab, ImageView<std::int32_t> labels, float step)
      : lab_(lab), labels_(labels), inverse_step_(1.0F / (step * step)) {}

  void seed(int x, int y) {
    const auto label = static_cast<std::int32_t>(centres_.size());
    centres_.emplace_back();
    queue_.push({0.0F, y * lab_.width() + x, label});
  }

  Status grow(const RunControl& control) {
    std::int64_t popped = 0;
    while (!queue_.empty()) {
      if ((++popped & 0xFFFF) == 0) LATENT_CHECK(control.check());
      const Candidate next = queue_.top();
      queue_.pop();
      const int x = next.pixel % lab_.width();
      const int y = next.pixel / lab_.width();
      if (labels_.at(x, y) >= 0) continue;
      labels_.at(x, y) = next.label;
      add(next.label, x, y);
      if (x > 0) offer(next.label, x - 1, y);
      if (x + 1 < lab_.width()) offer(next.label, x + 1, y);
      if (y > 0) offer(next.label, x, y - 1);
      if (y + 1 < lab_.height()) offer(next.label, x, y + 1);
    }
    return {};
  }

  [[nodiscard]] int count() const { return static_cast<int>(centres_.size()); }

 private:
  void add(std::int32_t label, int x, int y) {
    Centre& centre = centres_[static_cast<std::size_t>(label)];
    const float* colour = &lab_.at(x, y);
    centre.sums[0] += static_cast<float>(x);
    centre.sums[1] += static_cast<float>(y);
    for (std::size_t c = 0; c < 3; ++c) centre.sums[2 + c] += colour[c];
    centre.count += 1.0F;
  }

  void offer(std::int32_t label, int x, int y) {
    if (labels_.at(x, y) >= 0) return;
    const Centre& centre = centres_[static_cast<std::size_t>(label)];
    const float scale = 1.0F / centre.count;
    const float dx = static_cast<float>(x) - centre.sums[0] * scale;
    const float dy = static_cast<float>(y) - centre.sums[1] * scale;
    const float* colour = &lab_.at(x, y);
    float colours = 0.0F;
    for (std::size_t c = 0; c < 3; ++c) {
      const float d = colour[c] - centre.sums[2 + c] * scale;
      colours += d * d;
    }
    const float distance =
        (dx * dx + dy * dy) * inverse_step_ + colours / (kCompactness * kCompactness);
    queue_.push({distance, y * lab_.width() + x, label});
  }

  ImageView<const float> lab_;
  ImageView<std::int32_t> labels_;
  float inverse_step_;
  std::vector<Centre> centres_;
  std::priority_queue<Candidate> queue_;
};

}  // namespace

Result<Superpixels> superpixels(ImageView<const float> lab, int wanted, const RunControl& control) {
  LATENT_ENSURE(lab.channels() == 3 && !lab.empty() && wanted > 0);
  Superpixels found;
  LATENT_TRY(found.labels, Image<std::int32_t>::create(lab.size()));
  const auto labels = found.labels.view();
  for (int y = 0; y < lab.height(); ++y) std::ranges::fill(labels.row(y), -1);
  const float step =
      std::max(2.0F, std::sqrt(static_cast<float>(lab.size().area()) / static_cast<float>(wanted)));
  Growing growing(lab, labels, step);
  const int columns = std::max(1, static_cast<int>(static_cast<float>(lab.width()) / step));
  const int rows = std::max(1, static_cast<int>(static_cast<float>(lab.height()) / step));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      growing.seed((2 * column + 1) * lab.width() / (2 * columns),
                   (2 * row + 1) * lab.height() / (2 * rows));
    }
  }
  LATENT_CHECK(growing.grow(control));
  found.count = growing.count();
  return found;
}

}  // namespace latent::mask
