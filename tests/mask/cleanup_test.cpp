// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/cleanup.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace latent::mask {
namespace {

Image<std::uint8_t> drawn(const std::vector<std::string>& rows) {
  auto mask =
      Image<std::uint8_t>::create({static_cast<int>(rows[0].size()), static_cast<int>(rows.size())})
          .value();
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      mask.view().at(x, y) =
          rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == '#' ? 1 : 0;
    }
  }
  return mask;
}

std::vector<std::string> text(const Image<std::uint8_t>& mask) {
  std::vector<std::string> rows;
  for (int y = 0; y < mask.height(); ++y) {
    std::string row;
    for (int x = 0; x < mask.width(); ++x) row += mask.view().at(x, y) != 0 ? '#' : '.';
    rows.push_back(row);
  }
  return rows;
}

TEST(Cleanup, KeepsEveryPieceWithAClickInIt) {
  auto mask = drawn({"##..#", "##..#", "....#", "#.#.."});
  const std::array<Point, 3> places{Point{0, 0}, Point{2, 3}, Point{3, 0}};
  ASSERT_TRUE(keep_pieces(mask.view(), places));
  EXPECT_EQ(text(mask), (std::vector<std::string>{"##...", "##...", ".....", "..#.."}));
}

TEST(Cleanup, KeepsTheLargestPieceWhereNothingWasClicked) {
  auto mask = drawn({"##..#", "#...#", "....#", "#...#"});
  ASSERT_TRUE(keep_pieces(mask.view(), {}));
  EXPECT_EQ(text(mask), (std::vector<std::string>{"....#", "....#", "....#", "....#"}));
}

TEST(Cleanup, LeavesAnEmptyMaskEmpty) {
  auto mask = drawn({"...", "..."});
  ASSERT_TRUE(keep_pieces(mask.view(), {}));
  EXPECT_EQ(text(mask), (std::vector<std::string>{"...", "..."}));
}

TEST(Cleanup, RemovesSpecksAndFillsHolesButNotBaysAtTheBorder) {
  auto mask = drawn({"####..#", "#.##...", "####...", ".###..."});
  ASSERT_TRUE(remove_specks(mask.view(), 2));
  EXPECT_EQ(text(mask), (std::vector<std::string>{"####...", "####...", "####...", ".###..."}));
}

TEST(Cleanup, KeepsWhatIsLargeEnough) {
  const std::vector<std::string> rows{"######", "#....#", "#....#", "######"};
  auto mask = drawn(rows);
  ASSERT_TRUE(remove_specks(mask.view(), 8));
  EXPECT_EQ(text(mask), rows);
  ASSERT_TRUE(remove_specks(mask.view(), 9));
  EXPECT_EQ(text(mask)[1], "######");
}

TEST(Cleanup, CopesWithTwentyThousandPieces) {
  auto mask = Image<std::uint8_t>::create({400, 200}).value();
  for (int y = 0; y < 200; y += 2) {
    for (int x = 0; x < 400; x += 2) mask.view().at(x, y) = 1;
  }
  const std::array<Point, 1> place{Point{100, 100}};
  ASSERT_TRUE(keep_pieces(mask.view(), place));
  int left = 0;
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 400; ++x) left += mask.view().at(x, y);
  }
  EXPECT_EQ(left, 1);
}

}  // namespace
}  // namespace latent::mask
