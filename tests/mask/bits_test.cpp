// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/bits.h"

#include <gtest/gtest.h>

#include <random>

#include "made_masks.h"

namespace latent::mask {
namespace {

Bits bits_of(const Image<float>& mask) {
  return Bits::above(mask.view(), {0, 0, mask.width(), mask.height()}, 0.5F, 1).value();
}

TEST(Bits, HoldWhatIsAboveTheThresholdAlsoBeyondTheBorder) {
  auto mask = Image<float>::create({130, 5}).value();
  std::mt19937 random(7);
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 130; ++x) {
      mask.view().at(x, y) = static_cast<float>(random() % 100U) / 100.0F;
    }
  }
  const Rect box{-3, -2, 140, 9};
  const Bits bits = Bits::above(mask.view(), box, 0.5F, 2).value();
  std::int64_t count = 0;
  for (int y = 0; y < box.height; ++y) {
    for (int x = 0; x < box.width; ++x) {
      const bool is_set =
          mask.view().at(std::clamp(box.x + x, 0, 129), std::clamp(box.y + y, 0, 4)) > 0.5F;
      ASSERT_EQ(bits.at(x, y), is_set) << x << " " << y;
      count += is_set ? 1 : 0;
    }
  }
  EXPECT_EQ(bits.count(), count);
}

TEST(Bits, AreErodedAndDilatedByDiscs) {
  constexpr int kRadius = 5;
  const auto mask = mask_of({150, 90}, [](double x, double y) {
    return std::min(circle(x, y, 70, 40, 21.3), circle(x, y, 0, 80, 17));
  });
  const Bits bits = bits_of(mask);
  const Bits less = bits.eroded(kRadius);
  const Bits more = bits.dilated(kRadius);
  const auto near_by = [&](int x, int y, bool wanted) {
    for (int dy = -kRadius; dy <= kRadius; ++dy) {
      for (int dx = -kRadius; dx <= kRadius; ++dx) {
        if (dx * dx + dy * dy > kRadius * kRadius) continue;
        const bool inside = x + dx >= 0 && x + dx < 150 && y + dy >= 0 && y + dy < 90;
        if (inside && bits.at(x + dx, y + dy) == wanted) return true;
      }
    }
    return false;
  };
  for (int y = 0; y < 90; ++y) {
    for (int x = 0; x < 150; ++x) {
      ASSERT_EQ(more.at(x, y), near_by(x, y, true)) << x << " " << y;
      ASSERT_EQ(less.at(x, y), !near_by(x, y, false)) << x << " " << y;
    }
  }
}

TEST(Bits, FlipClipAndPartGoAcrossWords) {
  Bits bits({200, 3});
  bits.flip_from(70, 1);
  bits.flip_from(131, 1);
  EXPECT_EQ(bits.count(), 61);
  EXPECT_TRUE(bits.at(70, 1) && bits.at(130, 1) && !bits.at(69, 1) && !bits.at(131, 1));
  EXPECT_EQ(bits.content(4), (Rect{0, 0, 196, 3}));
  const Bits part = bits.part({64, 1, 70, 1});
  EXPECT_EQ(part.count(), 61);
  EXPECT_TRUE(part.at(6, 0) && !part.at(5, 0));
  bits.clip({80, 0, 10, 3});
  EXPECT_EQ(bits.count(), 10);
}

TEST(RemoveSpikes, TakesTheSpikeAndLeavesTheCorner) {
  // A square of 60 px with a spike of 4 px on its side.
  const auto mask = mask_of({140, 100}, [](double x, double y) {
    const double square = std::max(std::abs(x - 45) - 30, std::abs(y - 50) - 30);
    const double spike = std::max(std::abs(x - 95) - 30, std::abs(y - 50) - 2);
    return std::min(square, spike);
  });
  Bits bits = bits_of(mask);
  const std::int64_t before = bits.count();
  const std::int64_t cleared = remove_spikes(bits, 5);
  EXPECT_EQ(bits.count(), before - cleared);
  EXPECT_NEAR(static_cast<double>(cleared), 50 * 4, 12);
  EXPECT_FALSE(bits.at(100, 50));
  EXPECT_TRUE(bits.at(15, 20) && bits.at(74, 79));
}

TEST(RemoveSpikes, LeavesAnObjectThatIsThinnerThanTheDisc) {
  const auto mask = mask_of({100, 40}, [](double, double y) { return std::abs(y - 20) - 2; });
  Bits bits = bits_of(mask);
  const std::int64_t before = bits.count();
  EXPECT_EQ(remove_spikes(bits, 10), 0);
  EXPECT_EQ(bits.count(), before);
}

}  // namespace
}  // namespace latent::mask
