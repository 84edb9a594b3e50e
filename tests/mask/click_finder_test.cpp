// SPDX-License-Identifier: GPL-3.0-or-later
// Our own network for clicks, played by functions. The true graph: training/tests/test_clicks.py
// and tests/program/test_mask_clicks.py.
#include "mask/click_finder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

#include "mask/selector.h"
#include "models/manifest/manifest.h"

namespace latent::mask {
namespace {

constexpr int kSide = 64;
constexpr Size kSize{120, 90};

models::Manifest manifest(const std::string& attributes = "") {
  const auto read = models::parse_manifest(
      R"({"id": "net", "name": "n", "description": "d", "task": "mask", "arch": "latent_clicks",)"
      R"( "attributes": {"input_sizes": [64])" +
      attributes + "}}");
  if (!read) ADD_FAILURE() << read.error().sentence;
  return read ? *read : models::Manifest{};
}

/// A bright square on a dark ground.
Image<std::uint8_t> picture() {
  auto made = Image<std::uint8_t>::create(kSize, 3);
  EXPECT_TRUE(made);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const bool inside = x >= 40 && x < 80 && y >= 30 && y < 60;
      for (int c = 0; c < 3; ++c) {
        made->view().at(x, y, c) =
            static_cast<std::uint8_t>((inside ? 190 : 40) + (x * 7 + y * 3) % 9);
      }
    }
  }
  return *std::move(made);
}

Prompt click(double x, double y, bool on_object = true) {
  Prompt prompt;
  prompt.on_object = on_object;
  prompt.places = {{x, y}};
  return prompt;
}

/// Says what `answer` makes of the planes, and keeps what it was asked.
struct Net {
  std::vector<NetTensor> asked;
  std::function<float(const NetTensor& planes, std::size_t at)> answer =
      [](const NetTensor& planes, std::size_t at) {  // the selector's plane
        const std::size_t area = std::size_t{kSide} * kSide;
        return planes.values[9 * area + at] - 0.5F;
      };
  std::vector<std::int64_t> dims{1, 1, kSide, kSide};

  std::unique_ptr<Finder> finder() {
    auto contract = net_contract(manifest());
    EXPECT_TRUE(contract) << contract.error().sentence;
    ClickModel model{
        *contract, "planes",
        [this](std::vector<NetTensor> inputs, const RunControl&) -> Result<std::vector<NetTensor>> {
          NetTensor logits{"logits", dims, {}};
          const std::size_t area = std::size_t{kSide} * kSide;
          for (std::size_t i = 0; i < area; ++i) {
            logits.values.push_back(answer(inputs.front(), i));
          }
          asked.push_back(std::move(inputs.front()));
          return std::vector<NetTensor>{std::move(logits)};
        }};
    auto made =
        click_finder(std::make_shared<const ClickModel>(std::move(model)), picture().view(), {});
    EXPECT_TRUE(made) << made.error().sentence;
    return *std::move(made);
  }
};

int count(const Image<std::uint8_t>& mask) {
  int sum = 0;
  for (int y = 0; y < mask.height(); ++y) {
    for (const std::uint8_t value : mask.view().row(y)) sum += value;
  }
  return sum;
}

TEST(ClickFinder, ANetworkThatAgreesGivesTheSelectorsMask) {
  Net net;
  const std::vector prompts{click(0.5, 0.5)};
  auto finder = net.finder();
  const auto mask = finder->select(0, prompts, nullptr, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  const auto encoded = Encoded::create(picture().view());
  ASSERT_TRUE(encoded);
  const auto alone = Selector(*encoded).select(prompts);
  ASSERT_TRUE(alone);
  int different = 0;
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x)
      different += mask->view().at(x, y) != alone->view().at(x, y);
  }
  EXPECT_LT(different, count(*alone) / 20);  // the square is not as fine everywhere
}

TEST(ClickFinder, TheNetworkHasTheLastWordInTheSquare) {
  Net net;
  net.answer = [](const NetTensor&, std::size_t) { return -1.0F; };
  auto finder = net.finder();
  const auto mask = finder->select(0, std::vector{click(0.5, 0.5)}, nullptr, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(count(*mask), 0);
}

TEST(ClickFinder, ItsOwnMaskIsThePlaneBeforeAndOneMoreClickIsOneAnswerMore) {
  Net net;
  const std::size_t area = std::size_t{kSide} * kSide;
  auto finder = net.finder();
  std::vector prompts{click(0.5, 0.5)};
  ASSERT_TRUE(finder->select(0, prompts, nullptr, {}));
  ASSERT_EQ(net.asked.size(), 1U);
  EXPECT_FLOAT_EQ(net.asked[0].values[8 * area], 0.5F);
  prompts.push_back(click(0.1, 0.1, false));
  const auto two = finder->select(0, prompts, nullptr, {});
  ASSERT_TRUE(two);
  ASSERT_EQ(net.asked.size(), 2U);
  const auto before = std::span(net.asked[1].values).subspan(8 * area, area);
  EXPECT_FLOAT_EQ(*std::ranges::max_element(before), 1.0F);
  EXPECT_FLOAT_EQ(*std::ranges::min_element(before), 0.0F);
  // Taken back and done again: the same mask as at first.
  prompts.pop_back();
  ASSERT_TRUE(finder->select(0, prompts, nullptr, {}));
  EXPECT_EQ(net.asked.size(), 2U);
  prompts.push_back(click(0.1, 0.1, false));
  const auto again = finder->select(0, prompts, nullptr, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(net.asked.size(), 3U);
  EXPECT_EQ(net.asked[2].values, net.asked[1].values);
}

TEST(ClickFinder, NothingOutsideABoxIsTaken) {
  Net net;
  net.answer = [](const NetTensor&, std::size_t) { return 1.0F; };
  auto finder = net.finder();
  Prompt box;
  box.kind = PromptKind::Box;
  box.places = {{0.25, 0.2}, {0.75, 0.8}};
  const auto mask = finder->select(0, std::vector{box}, nullptr, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(mask->view().at(29, 45), 0);
  EXPECT_EQ(mask->view().at(60, 17), 0);
  EXPECT_EQ(mask->view().at(60, 45), 1);
}

TEST(ClickFinder, AMaskBeforeIsWhereBothBegin) {
  Net net;
  auto before = Image<float>::create(kSize);
  ASSERT_TRUE(before);
  for (int y = 30; y < 60; ++y) std::fill_n(before->view().row(y).begin() + 40, 40, 1.0F);
  auto finder = net.finder();
  const auto mask = finder->select(0, std::vector{click(0.05, 0.05, false)}, &*before, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  const std::size_t area = std::size_t{kSide} * kSide;
  const auto plane = std::span(net.asked[0].values).subspan(8 * area, area);
  EXPECT_FLOAT_EQ(*std::ranges::max_element(plane), 1.0F);
  EXPECT_GT(count(*mask), 900);
}

TEST(ClickFinder, RefusesQuestionsWithoutAnObjectAndAnswersThatAreNone) {
  Net net;
  auto finder = net.finder();
  const auto nothing = finder->select(0, std::vector{click(0.5, 0.5, false)}, nullptr, {});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::Usage);
  net.answer = [](const NetTensor&, std::size_t) {
    return std::numeric_limits<float>::quiet_NaN();
  };
  const auto no_numbers = finder->select(0, std::vector{click(0.5, 0.5)}, nullptr, {});
  ASSERT_FALSE(no_numbers);
  EXPECT_EQ(no_numbers.error().code, ErrorCode::ModelMismatch);
  net.answer = [](const NetTensor&, std::size_t) { return 1.0F; };
  net.dims = {1, 1, kSide / 2, kSide * 2};
  const auto other = finder->select(0, std::vector{click(0.5, 0.5)}, nullptr, {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::ModelMismatch);
}

TEST(ClickContract, IsOursAloneAndHasASide) {
  const auto contract = net_contract(manifest());
  ASSERT_TRUE(contract) << contract.error().sentence;
  EXPECT_EQ(contract->family, NetFamily::Clicks);
  EXPECT_EQ(contract->side, kSide);
  const auto darktable = net_contract(manifest(), NetCompat::Darktable56);
  ASSERT_FALSE(darktable);
  EXPECT_NE(darktable.error().sentence.find("--compat"), std::string::npos);
}

TEST(ClickFinder, ABrushThatTakesAwayAsksNothingAndOneThatAddsIsInTheMaskBefore) {
  Net net;
  auto finder = net.finder();
  std::vector<Prompt> prompts{click(0.5, 0.5)};
  const auto first = finder->select(0, prompts, nullptr, {});
  ASSERT_TRUE(first);
  Prompt brush;
  brush.kind = PromptKind::Stroke;
  brush.on_object = false;
  brush.radius = 0.05;
  brush.places = {{0.4, 0.5}};
  prompts.push_back(brush);
  const auto less = finder->select(0, prompts, nullptr, {});
  ASSERT_TRUE(less);
  EXPECT_EQ(net.asked.size(), 1U);
  EXPECT_EQ(less->view().at(48, 45), 0);
  EXPECT_LT(count(*less), count(*first));
  EXPECT_GT(count(*less), count(*first) - 140);  // a disc of 6 pixels has 113
  brush.on_object = true;
  brush.places = {{0.1, 0.5}};
  prompts.push_back(brush);
  const auto more = finder->select(0, prompts, nullptr, {});
  ASSERT_TRUE(more);
  EXPECT_EQ(net.asked.size(), 2U);
  EXPECT_EQ(more->view().at(12, 45), 1);
  EXPECT_EQ(more->view().at(48, 45), 0);
}

}  // namespace
}  // namespace latent::mask
