// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/fill_holes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <utility>

namespace latent::fill {
namespace {

constexpr Size kSize{200, 160};

/// Stripes that a fill has to go on with.
float stripe(int x, int y, int c) {
  return 0.5F + 0.3F * std::sin(0.35F * static_cast<float>(x + y)) + 0.02F * static_cast<float>(c);
}

Image<std::uint8_t> disc(Point at, int radius) {
  auto mask = Image<std::uint8_t>::create(kSize).value();
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const int dx = x - at.x;
      const int dy = y - at.y;
      mask.view().at(x, y) = dx * dx + dy * dy < radius * radius ? 1 : 0;
    }
  }
  return mask;
}

/// What lies under the hole is never read: it is given as something that would show.
FillRequest request_for(const Image<std::uint8_t>& mask) {
  FillRequest request;
  request.read = [&mask](const Rect& area, ImageView<float> out) {
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        const bool hidden = mask.view().at(area.x + x, area.y + y) != 0;
        for (int c = 0; c < 3; ++c) {
          out.at(x, y, c) = hidden ? 50.0F : stripe(area.x + x, area.y + y, c);
        }
      }
    }
  };
  request.threads = 2;
  return request;
}

double error_of(const std::vector<FilledPart>& parts) {
  double sum = 0;
  double count = 0;
  for (const auto& part : parts) {
    for (int y = 0; y < part.area.height; ++y) {
      for (int x = 0; x < part.area.width; ++x) {
        if (part.hole.view().at(x, y) == 0) continue;
        const double off = static_cast<double>(part.colours.view().at(x, y, 0) -
                                               stripe(part.area.x + x, part.area.y + y, 0));
        sum += off * off;
        count += 1;
      }
    }
  }
  return std::sqrt(sum / count);
}

TEST(FillHoles, GoesOnWithStripes) {
  const auto mask = disc({100, 80}, 18);
  const auto parts = fill_holes(mask.view(), request_for(mask), {}).value();
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_FALSE(parts[0].flat);
  EXPECT_LT(error_of(parts), 0.03);  // a flat fill is off by 0.21
}

TEST(FillHoles, FillsAHoleThatRunsIntoTheCorner) {
  const auto mask = disc({0, 0}, 25);
  const auto parts = fill_holes(mask.view(), request_for(mask), {}).value();
  EXPECT_LT(error_of(parts), 0.12);
}

/// A lawn that is rougher the nearer it is: noise of 2 x 2 pixels that repeats nowhere.
float lawn(int x, int y, int c) {
  const auto cell = static_cast<std::uint32_t>(x / 2) * 0x9E3779B1U ^
                    static_cast<std::uint32_t>(y / 2) * 0x85EBCA77U;
  const std::uint32_t mixed = (cell ^ (cell >> 15U)) * 0x2C1B3C6DU;
  const auto noise = static_cast<float>((mixed >> 12U) & 0xFFFU) / 4095.0F;
  const float near = static_cast<float>(y) / static_cast<float>(kSize.height);
  return 0.45F + 0.5F * near * (noise - 0.5F) + 0.02F * static_cast<float>(c);
}

TEST(FillHoles, ALargeHoleInALawnIsAsRoughAsTheLawn) {
  const auto mask = disc({100, 90}, 55);
  FillRequest request;
  request.read = [&mask](const Rect& area, ImageView<float> out) {
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        const bool hidden = mask.view().at(area.x + x, area.y + y) != 0;
        for (int c = 0; c < 3; ++c) {
          out.at(x, y, c) = hidden ? 50.0F : lawn(area.x + x, area.y + y, c);
        }
      }
    }
  };
  const auto parts = fill_holes(mask.view(), request, {}).value();
  ASSERT_EQ(parts.size(), 1U);
  const FilledPart& part = parts[0];
  double inside = 0;
  double truth = 0;
  for (int y = 0; y < part.area.height; ++y) {
    for (int x = 0; x + 1 < part.area.width; ++x) {
      const auto hole = part.hole.view();
      if (hole.at(x, y) == 0 || hole.at(x + 1, y) == 0) continue;
      const auto colours = part.colours.view();
      inside += std::abs(double{colours.at(x + 1, y, 0)} - double{colours.at(x, y, 0)});
      const int px = part.area.x + x;
      const int py = part.area.y + y;
      truth += std::abs(double{lawn(px + 1, py, 0)} - double{lawn(px, py, 0)});
    }
  }
  EXPECT_GT(inside / truth, 0.55);  // 0.4 where nothing keeps smooth patches from winning
}

TEST(FillHoles, GivesTheSameForAnyNumberOfThreads) {
  const auto mask = disc({90, 70}, 22);
  FillRequest request = request_for(mask);
  const auto two = fill_holes(mask.view(), request, {}).value();
  request.threads = 1;
  const auto one = fill_holes(mask.view(), request, {}).value();
  for (int y = 0; y < one[0].area.height; ++y) {
    for (int x = 0; x < one[0].area.width; ++x) {
      ASSERT_EQ(one[0].colours.view().at(x, y, 1), two[0].colours.view().at(x, y, 1));
    }
  }
}

TEST(FillHoles, FillsSmoothlyWhereThereIsNothingToCopy) {
  auto mask = Image<std::uint8_t>::create(kSize).value();
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 2; x < kSize.width; ++x) mask.view().at(x, y) = 1;
  }
  const auto parts = fill_holes(mask.view(), request_for(mask), {}).value();
  EXPECT_TRUE(parts[0].flat);
  EXPECT_TRUE(parts[0].crowded);
  for (int y = 0; y < parts[0].area.height; ++y) {
    for (const float value : parts[0].colours.view().row(y)) {
      ASSERT_GT(value, 0.0F);
      ASSERT_LT(value, 1.0F);
    }
  }
}

TEST(FillHoles, RefusesAnEmptyMaskAndAFullOne) {
  auto mask = Image<std::uint8_t>::create(kSize).value();
  const auto empty = fill_holes(mask.view(), request_for(mask), {});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::Usage);
  for (int y = 0; y < kSize.height; ++y) {
    for (auto& value : mask.view().row(y)) value = 1;
  }
  const auto full = fill_holes(mask.view(), request_for(mask), {});
  ASSERT_FALSE(full);
  EXPECT_NE(full.error().sentence.find("whole picture"), std::string::npos);
}

}  // namespace
}  // namespace latent::fill
