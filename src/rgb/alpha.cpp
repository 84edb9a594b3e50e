// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/alpha.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/threads.h"

namespace latent::rgb {

namespace {

// What is known of a pixel. The first two are what is told in the end.
constexpr std::uint8_t kHidden = 0;
constexpr std::uint8_t kMadeUp = 1;
constexpr std::uint8_t kVisible = 2;
constexpr std::uint8_t kListed = 3;  ///< hidden, and in the ring that comes next

using Ring = std::vector<Point>;

/// The work on samples of one type.
template <class T>
class Spreading {
 public:
  Spreading(ImageView<T> samples, bool associated, ImageView<std::uint8_t> known)
      : samples_(samples),
        colours_(samples.channels() - 1),
        associated_(associated),
        known_(known) {}

  void run(int reach_px) {
    find_visible();
    Ring ring = first_ring();
    for (int k = 0; k < reach_px && !ring.empty(); ++k) {
      for (const Point& place : ring) make_up(place);
      for (const Point& place : ring) known_.at(place.x, place.y) = kMadeUp;
      ring = ring_around(ring);
    }
    for (int y = 0; y < known_.height(); ++y) {
      for (std::uint8_t& known : known_.row(y)) known = known == kMadeUp ? kMadeUp : kHidden;
    }
  }

 private:
  [[nodiscard]] float alpha(const T* pixel) const {
    constexpr float kUnit =
        std::is_same_v<T, float> ? 1.0F : 1.0F / static_cast<float>(std::numeric_limits<T>::max());
    return static_cast<float>(pixel[colours_]) * kUnit;
  }

  void find_visible() {
    for (int y = 0; y < samples_.height(); ++y) {
      const T* pixel = samples_.row(y).data();
      for (std::uint8_t& known : known_.row(y)) {
        const bool glows = associated_ && std::any_of(pixel, pixel + colours_, [](T colour) {
                             return is_light(static_cast<float>(colour));
                           });
        known = alpha(pixel) > kLeastAlpha || glows ? kVisible : kHidden;
        pixel += samples_.channels();
      }
    }
  }

  /// Calls visit(place) for the up to eight neighbours.
  template <class Visit>
  void around(const Point& place, const Visit& visit) const {
    for (int y = std::max(0, place.y - 1); y <= std::min(known_.height() - 1, place.y + 1); ++y) {
      for (int x = std::max(0, place.x - 1); x <= std::min(known_.width() - 1, place.x + 1); ++x) {
        if (x != place.x || y != place.y) visit(Point{x, y});
      }
    }
  }

  [[nodiscard]] Ring first_ring() {
    Ring ring;
    for (int y = 0; y < known_.height(); ++y) {
      for (int x = 0; x < known_.width(); ++x) {
        if (known_.at(x, y) != kHidden) continue;
        bool beside = false;
        around({x, y}, [&](const Point& at) { beside |= known_.at(at.x, at.y) == kVisible; });
        if (!beside) continue;
        known_.at(x, y) = kListed;
        ring.push_back({x, y});
      }
    }
    return ring;
  }

  [[nodiscard]] Ring ring_around(const Ring& ring) {
    Ring next;
    for (const Point& place : ring) {
      around(place, [&](const Point& at) {
        if (known_.at(at.x, at.y) != kHidden) return;
        known_.at(at.x, at.y) = kListed;
        next.push_back(at);
      });
    }
    return next;
  }

  void make_up(const Point& place) {
    std::array<float, 3> sum{};
    float weights = 0;
    around(place, [&](const Point& at) {
      const std::uint8_t known = known_.at(at.x, at.y);
      if (known != kVisible && known != kMadeUp) return;
      const T* pixel = &samples_.at(at.x, at.y);
      const bool covers = alpha(pixel) > kLeastAlpha;
      const float weight = covers ? alpha(pixel) : 1.0F;
      const float factor = covers && associated_ ? 1.0F : weight;  // multiplied already
      for (int c = 0; c < colours_; ++c) {
        sum[static_cast<std::size_t>(c)] += factor * static_cast<float>(pixel[c]);
      }
      weights += weight;
    });
    T* out = &samples_.at(place.x, place.y);
    for (int c = 0; c < colours_; ++c)
      out[c] = sample_of(sum[static_cast<std::size_t>(c)] / weights);
  }

  static T sample_of(float value) {
    if constexpr (std::is_same_v<T, float>) {
      return value;
    } else {
      constexpr auto kMost = static_cast<float>(std::numeric_limits<T>::max());
      return static_cast<T>(std::lround(std::clamp(value, 0.0F, kMost)));
    }
  }

  ImageView<T> samples_;
  int colours_;
  bool associated_;
  ImageView<std::uint8_t> known_;
};

}  // namespace

Result<Image<std::uint8_t>> spread_visible_colours(Picture& picture, int reach_px) {
  LATENT_ENSURE(picture.alpha);
  LATENT_TRY(auto known, Image<std::uint8_t>::create(picture.size(), 1, no_limits_of_pixels()));
  const auto spread = [&](auto& image) {
    Spreading(image.view(), picture.alpha_associated, known.view()).run(reach_px);
  };
  // Rings may grow as long as the picture has pixels.
  LATENT_CHECK(run_safely([&] { std::visit(spread, picture.samples); }));
  return known;
}

}  // namespace latent::rgb
