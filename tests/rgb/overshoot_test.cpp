// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/overshoot.h"

#include <gtest/gtest.h>

#include <utility>

namespace latent::rgb {
namespace {

constexpr float kStep = 1.0F / 255.0F;

Image<float> filled(Size size, float value, int channels = 1) {
  auto image = Image<float>::create(size, channels).value();
  for (int y = 0; y < size.height; ++y) {
    for (float& sample : image.view().row(y)) sample = value;
  }
  return image;
}

/// A white picture with one black column, and what a network made of it at x2: the stroke, and
/// ghosts of 81 steps two source pixels beside it.
struct Stroke {
  Image<float> source = filled({12, 8}, 1);
  Image<float> enlarged = filled({24, 16}, 1);
  Stroke() {
    for (int y = 0; y < 8; ++y) source.view().row(y)[6] = 0;
    for (int y = 0; y < 16; ++y) {
      const auto row = enlarged.view().row(y);
      row[12] = row[13] = -0.1F;
      row[8] = row[17] = 174 * kStep;
    }
  }
  void bound(int top, ImageView<float> rows) const {
    bound_overshoot(std::as_const(source).view(), {0, 0, 12, 8}, 2, 0, top, rows);
  }
};

TEST(Overshoot, AGhostBesideAStrokeIsTakenBack) {
  Stroke stroke;
  stroke.bound(0, stroke.enlarged.view());
  for (int y = 0; y < 16; ++y) {
    const auto row = stroke.enlarged.view().row(y);
    EXPECT_GE(row[8], 1 - 4.01F * kStep);
    EXPECT_GE(row[17], 1 - 4.01F * kStep);
    EXPECT_GE(row[12], -(4 + 0.02F * 255 + 0.01F) * kStep);
    EXPECT_LE(row[12], 0);
  }
}

TEST(Overshoot, RowsByThemselvesComeOutAsInTheWhole) {
  Stroke whole;
  whole.bound(0, whole.enlarged.view());
  Stroke parts;
  for (const auto& [top, rows] : {std::pair{0, 5}, {5, 3}, {8, 8}}) {
    // Only the rows of the source around are there, as in a streamed enlargement.
    const int first = std::max(0, top / 2 - kOvershootReach);
    const int last = std::min(7, (top + rows - 1) / 2 + kOvershootReach);
    const auto source = std::as_const(parts.source).view().crop({0, first, 12, last - first + 1});
    bound_overshoot(source, {0, first, 12, last - first + 1}, 2, 0, top,
                    parts.enlarged.view().crop({0, top, 24, rows}));
  }
  for (int y = 0; y < 16; ++y) {
    for (std::size_t x = 0; x < 24; ++x) {
      EXPECT_EQ(parts.enlarged.view().row(y)[x], whole.enlarged.view().row(y)[x]) << x << " " << y;
    }
  }
}

TEST(Overshoot, AnEdgeOfAPhotographMayGoBeyondItsNeighboursByHalfTheirRange) {
  // A ramp: none of its samples but two in twenty-five are extremes.
  auto source = filled({9, 9}, 0);
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 9; ++x) {
      source.view().row(y)[static_cast<std::size_t>(x)] =
          0.3F + 0.02F * static_cast<float>(x) + 0.003F * static_cast<float>(y);
    }
  }
  auto enlarged = filled({18, 18}, 0.3F + 0.02F * 4 + 0.02F + 0.02F);
  const float before = enlarged.view().row(8)[8];
  bound_overshoot(std::as_const(source).view(), {0, 0, 9, 9}, 2, 0, 0, enlarged.view());
  EXPECT_EQ(enlarged.view().row(8)[8], before);
}

TEST(Overshoot, EachColourIsHeldToItsOwnNeighbours) {
  auto source = filled({6, 6}, 0.5F, 3);
  auto enlarged = filled({12, 12}, 0.5F, 3);
  for (int y = 0; y < 12; ++y) enlarged.view().row(y)[3 * 5 + 1] = 0.9F;
  bound_overshoot(std::as_const(source).view(), {0, 0, 6, 6}, 2, 0, 0, enlarged.view());
  EXPECT_NEAR(enlarged.view().row(5)[3 * 5 + 1], 0.5F + 4 * kStep, 1e-6F);
  EXPECT_EQ(enlarged.view().row(5)[3 * 5], 0.5F);
  EXPECT_EQ(enlarged.view().row(5)[3 * 5 + 2], 0.5F);
}

}  // namespace
}  // namespace latent::rgb
