// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "mosaics.h"
#include "raw/chromatic_shift.h"

namespace latent::raw {

/// Discs of many colours over each other, more apart in brightness than in colour as things are, seen through a lens that shifts red and blue.
class FringedScene {
 public:
  FringedScene(Size size, const ChromaticShift& shift, unsigned seed = 5)
      : size_(size), shift_(shift) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> unit(0, 1);
    cells_.resize(static_cast<std::size_t>(cell(size.width) + 1) *
                  static_cast<std::size_t>(cell(size.height) + 1));
    for (int i = 0; i < size.width * size.height / 600; ++i) {
      const double bright = 0.04 + 0.4 * unit(random);
      const auto tinted = [&] { return bright * (0.75 + 0.5 * unit(random)); };
      const Disc disc{unit(random) * size.width,
                      unit(random) * size.height,
                      4 + 16 * unit(random),
                      {tinted(), tinted(), tinted()}};
      for (int y = cell(disc.y - disc.r); y <= cell(disc.y + disc.r); ++y) {
        for (int x = cell(disc.x - disc.r); x <= cell(disc.x + disc.r); ++x) {
          cells_[place(x, y)].push_back(disc);
        }
      }
    }
  }

  /// Light of a colour at a site: the mean over 4x4 points of it, of x before white balance.
  [[nodiscard]] double at(int colour, int x, int y) const {
    constexpr int kPoints = 4;
    double sum = 0;
    for (int j = 0; j < kPoints; ++j) {
      for (int i = 0; i < kPoints; ++i) {
        sum += seen(colour, x + (i + 0.5) / kPoints - 0.5, y + (j + 0.5) / kPoints - 0.5);
      }
    }
    return sum / (kPoints * kPoints);
  }

  /// A mosaic of it, black 512, white 15000, a little noise.
  [[nodiscard]] Mosaic mosaic(const std::string& letters, Point phase, double sigma) const {
    Mosaic made;
    made.samples = *Image<std::uint16_t>::create(size_);
    made.active = {0, 0, size_.width, size_.height};
    made.crop = made.active;
    made.cfa = pattern_of(letters, phase);
    made.sensor = letters.size() == 4 ? SensorClass::Bayer : SensorClass::XTrans;
    made.bits_per_sample = 14;
    made.levels.black.counts = {kBlack};
    made.levels.white = {kWhite, kWhite, kWhite, kWhite};
    made.camera.as_shot_wb = {2.0, 1.0, 1.6};
    std::mt19937 random(11);
    std::normal_distribution<double> normal;
    for (int y = 0; y < size_.height; ++y) {
      for (int x = 0; x < size_.width; ++x) {
        const double light = at(rgb_index(made.cfa.at(x, y)), x, y) + sigma * normal(random);
        made.samples.view().at(x, y) =
            static_cast<std::uint16_t>(std::lround(kBlack + light * (kWhite - kBlack)));
      }
    }
    return made;
  }

  static constexpr float kBlack = 512;
  static constexpr float kWhite = 15000;

 private:
  struct Disc {
    double x, y, r;
    std::array<double, 3> light;
  };

  [[nodiscard]] double seen(int colour, double x, double y) const {
    if (colour != 1) {
      auto back = shift_.at(colour, x, y);
      for (int i = 0; i < 4; ++i) back = shift_.at(colour, x - back.x, y - back.y);
      x -= back.x;
      y -= back.y;
    }
    for (const Disc& disc : cells_[place(cell(x), cell(y))]) {
      const double dx = x - disc.x;
      const double dy = y - disc.y;
      if (dx * dx + dy * dy < disc.r * disc.r) return disc.light[static_cast<std::size_t>(colour)];
    }
    return 0.15;
  }

  static int cell(double at) { return static_cast<int>(std::floor(at / 16)); }
  /// Beyond the picture is its border.
  [[nodiscard]] std::size_t place(int x, int y) const {
    const int columns = cell(size_.width) + 1;
    return static_cast<std::size_t>(std::clamp(y, 0, cell(size_.height)) * columns +
                                    std::clamp(x, 0, columns - 1));
  }

  Size size_;
  ChromaticShift shift_;
  std::vector<std::vector<Disc>> cells_;
};

}  // namespace latent::raw
