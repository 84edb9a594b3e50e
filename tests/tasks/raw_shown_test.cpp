// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/shown.h"

#include <gtest/gtest.h>

#include "sample_rows.h"
#include "task_fixture.h"

namespace latent::tasks {
namespace {

/// A network that finds the same count everywhere.
class Flat final : public RawNetwork {
 public:
  explicit Flat(float count) : count_(count) {}
  Status begin(Size, const Rect&) override { return {}; }
  Status begin_shown(Size) override { return {}; }
  Status ready_shown(Size) override { return {}; }
  Status clean(RawPicture&, const CleanRequest& request, const TakeClean& take, const RunControl&,
               RawDenoiseReport&) override {
    ++runs;
    auto counts = Image<float>::create({request.area.width, 1}).value();
    std::ranges::fill(counts.view().row(0), count_);
    for (int y = 0; y < request.area.height; ++y) {
      LATENT_CHECK(take({y, kAllColours, std::as_const(counts).view(), {}}));
    }
    return {};
  }

  int runs = 0;

 private:
  float count_;
};

class RawShown : public TaskTest {
 protected:
  void SetUp() override {
    TaskTest::SetUp();
    write_sample(sample_mosaic(SensorClass::Bayer), folder_ / "photo.dng");
    auto raw = PreparedRaw::open(opened(folder_ / "photo.dng"));
    ASSERT_TRUE(raw) << raw.error().sentence;
    raw_ = *std::move(raw);
    ASSERT_TRUE(raw_->decode(RawAs::Mosaic, {}));
  }
  Shown shown(RawNetwork* network, const Rect& area, double strength) {
    RawDenoiseSettings settings;
    settings.strength = strength;
    auto shown = show_area(*raw_, network, area, {}, settings, nullptr, {});
    EXPECT_TRUE(shown) << shown.error().sentence;
    return *std::move(shown);
  }

  std::unique_ptr<PreparedRaw> raw_;
};

constexpr Rect kArea{20, 30, 40, 24};

TEST_F(RawShown, AtStrengthZeroNeedsNoNetworkAndIsTheSource) {
  const Shown none = shown(nullptr, kArea, 0);
  EXPECT_EQ(largest_difference(none.before, none.after), 0.0);
  const auto& mosaic = std::get<Mosaic>(raw_->picture());
  EXPECT_EQ(none.counts.view().at(3, 2),
            static_cast<float>(mosaic.samples.view().at(mosaic.active.x + kArea.x + 3,
                                                        mosaic.active.y + kArea.y + 2)));
}

TEST_F(RawShown, BlendsEveryStrengthOutOfOneRunOfTheNetwork) {
  Flat network(4000);
  const Shown source = shown(nullptr, kArea, 0);
  for (const double strength : {1.0, 0.5, 0.25}) {
    const Shown some = shown(&network, kArea, strength);
    const double expected =
        strength * 4000 + (1 - strength) * static_cast<double>(source.counts.view().at(7, 5));
    EXPECT_NEAR(some.counts.view().at(7, 5), expected, 0.01);
    EXPECT_EQ(largest_difference(some.before, source.before), 0.0);
  }
  EXPECT_EQ(network.runs, 1);
}

TEST_F(RawShown, RunsTheNetworkAgainForAnotherArea) {
  Flat network(4000);
  shown(&network, kArea, 1);
  shown(&network, {0, 0, 40, 24}, 1);
  shown(&network, kArea, 1);
  EXPECT_EQ(network.runs, 2);
}

}  // namespace
}  // namespace latent::tasks
