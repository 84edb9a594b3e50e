// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/preview_pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace latent::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Size kPicture{6000, 4000};
constexpr std::int64_t kMost = 600'000;

PieceWish wish_for(const Rect& visible) { return {kPicture, visible, kMost, 0, {}, {}}; }

std::int64_t pixels(const std::vector<Rect>& pieces) {
  std::int64_t sum = 0;
  for (const Rect& piece : pieces) sum += piece.size().area();
  return sum;
}

std::vector<ShownPiece> fresh(const std::vector<Rect>& pieces) {
  std::vector<ShownPiece> there;
  for (const Rect& piece : pieces) there.push_back({piece, true});
  return there;
}

TEST(PreviewPieces, FitWhatIsVisible) {
  const Rect visible{1733, 911, 900, 700};
  const auto pieces = visible_pieces(wish_for(visible));
  EXPECT_TRUE(is_covered(visible, kPicture, fresh(pieces)));
  EXPECT_LT(pixels(pieces), 1160 * 960);  // whole cells around it
  for (const Rect& piece : pieces) {
    EXPECT_LE(piece.size().area(), kMost);
    EXPECT_EQ(piece.x % kPieceStep, 0);
    EXPECT_EQ(piece.y % kPieceStep, 0);
  }
}

TEST(PreviewPieces, EndWithThePicture) {
  PieceWish wish = wish_for({0, 0, 300, 200});
  wish.picture = {300, 200};
  EXPECT_THAT(visible_pieces(wish), ElementsAre(Rect{0, 0, 300, 200}));
}

TEST(PreviewPieces, OfWhatComesIntoSightOnly) {
  PieceWish wish = wish_for({1024, 1024, 896, 640});
  wish.there = fresh(visible_pieces(wish));
  EXPECT_THAT(visible_pieces(wish), IsEmpty());
  wish.visible.x += 100;
  EXPECT_THAT(visible_pieces(wish), ElementsAre(Rect{1920, 1024, 128, 640}));
  wish.visible.y += 100;  // an angle: two pieces, and none of what is there
  EXPECT_EQ(pixels(visible_pieces(wish)), 128 * 640 + 1024 * 128);
}

TEST(PreviewPieces, OfEarlierSettingsAreAskedForAsTheyWere) {
  PieceWish wish = wish_for({1024, 1024, 896, 640});
  wish.there = fresh(visible_pieces(wish));
  wish.there.push_back({{3968, 1024, 128, 128}, false});  // out of sight
  wish.visible.x += 100;
  const Rect strip{1920, 1024, 128, 640};
  wish.there.push_back({strip, true});
  for (ShownPiece& piece : wish.there) piece.fresh = false;
  const auto again = visible_pieces(wish);
  EXPECT_EQ(again.size(), wish.there.size() - 1);
  EXPECT_THAT(again, Contains(wish.there.front().region));
  EXPECT_THAT(again, Contains(strip));
}

TEST(PreviewPieces, OfEarlierSettingsComeInPartsWhereTheTaskShowsParts) {
  PieceWish wish = wish_for({1024, 1024, 896, 640});
  wish.there = {{{1024, 1024, 1024, 1024}, false}};
  wish.most_again = 512 * 512;
  const auto again = visible_pieces(wish);
  EXPECT_TRUE(is_covered(wish.visible, kPicture, fresh(again)));
  for (const Rect& part : again) {
    EXPECT_LE(part.size().area(), wish.most_again);
    EXPECT_FALSE(part.intersection(wish.visible).empty());
  }
}

TEST(PreviewPieces, ThatWereAskedForStayWhileTheyAreMostlyInSight) {
  PieceWish wish = wish_for({1024, 1024, 896, 640});
  wish.asked = visible_pieces(wish);
  wish.visible.x += 200;
  const auto moved = visible_pieces(wish);
  EXPECT_TRUE(is_covered(wish.visible, kPicture, fresh(moved)));
  for (const Rect& piece : wish.asked) {
    const bool mostly = 2 * piece.intersection(wish.visible).size().area() >= piece.size().area();
    EXPECT_EQ(std::ranges::find(moved, piece) != moved.end(), mostly);
  }
  wish.visible.x += 2000;
  for (const Rect& piece : visible_pieces(wish)) {
    EXPECT_FALSE(piece.intersection(wish.visible).empty());
  }
}

TEST(PreviewPieces, OfTheRestCoverThePictureOnce) {
  PieceWish wish = wish_for({1024, 1024, 896, 640});
  const auto seen = visible_pieces(wish);
  auto all = other_pieces(wish);
  all.insert(all.end(), seen.begin(), seen.end());
  EXPECT_TRUE(is_covered({0, 0, 6000, 4000}, kPicture, fresh(all)));
  EXPECT_EQ(pixels(all), kPicture.area());
}

TEST(PreviewPieces, AreAskedForFromTheMiddle) {
  PieceWish wish = wish_for({2000, 1000, 3000, 2000});
  const auto pieces = visible_pieces(wish);
  ASSERT_GT(pieces.size(), 4U);
  EXPECT_FALSE(pieces.front().intersection({3000, 1500, 1000, 1000}).empty());
}

}  // namespace
}  // namespace latent::app
