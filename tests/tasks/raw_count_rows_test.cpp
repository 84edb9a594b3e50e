// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/count_rows.h"

#include <gmock/gmock.h>

#include "sample_raw.h"
#include "sample_rows.h"

namespace latent::tasks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Two rows of four samples, of which the middle two columns are wanted.
class RawCountRows : public testing::Test {
 protected:
  static RawPicture picture() {
    Mosaic mosaic;
    mosaic.samples = Image<std::uint16_t>::create({6, 4}).value();
    for (int y = 0; y < 4; ++y) {
      for (int x = 0; x < 6; ++x) {
        mosaic.samples.view().at(x, y) = static_cast<std::uint16_t>(10 * y + x);
      }
    }
    mosaic.active = {1, 1, 4, 2};
    mosaic.crop = mosaic.active;
    mosaic.sensor = SensorClass::Mono;
    mosaic.levels = {{{1, 1}, {0}}, {100, 100, 100, 100}};
    return mosaic;
  }
  static DngPlan plan(double strength) {
    DngPlan plan;
    plan.area = {1, 0, 2, 2};
    plan.strength = strength;
    return plan;
  }
  RowSink sink() {
    return [this](const RowsView& rows) -> Status {
      const auto more = samples_of(std::get<ImageView<const float>>(rows));
      taken_.insert(taken_.end(), more.begin(), more.end());
      return {};
    };
  }
  static CleanRows clean(const Image<float>& counts, int row) {
    return {row, kAllColours, counts.view(), {}};
  }

  std::vector<float> taken_;
};

TEST_F(RawCountRows, OfTheSourceAreItsOwnSamplesInTheArea) {
  const RawPicture raw = picture();
  auto rows = count_rows(raw, plan(0), sink());
  ASSERT_TRUE(rows) << rows.error().sentence;
  ASSERT_TRUE((*rows)->add_source({}));
  ASSERT_TRUE((*rows)->finish({}));
  EXPECT_THAT(taken_, ElementsAre(12, 13, 22, 23));
}

TEST_F(RawCountRows, HoldTheShareOfTheSourceThatStays) {
  const RawPicture raw = picture();
  auto rows = count_rows(raw, plan(0.75), sink());
  ASSERT_TRUE(rows) << rows.error().sentence;
  auto counts = Image<float>::create({2, 1}).value();
  std::ranges::copy(std::array{20.0F, 5.0F}, counts.view().row(0).begin());
  ASSERT_TRUE((*rows)->add(clean(counts, 0)));
  EXPECT_THAT(taken_, ElementsAre(18, 7));  // 3/4 of 20 and 5, 1/4 of 12 and 13
}

TEST_F(RawCountRows, OfFloatsAreTheFloatsOfTheFileChangedAsTheCountsAre) {
  const RawPicture raw = picture();
  DngPlan exact = plan(1);
  exact.exact.emplace();
  exact.exact->samples = Image<float>::create({6, 4}).value();
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) {
      // count = value * 100, but for what rounding took away, which stays
      exact.exact->samples.view().at(x, y) = (static_cast<float>(10 * y + x) + 0.25F) / 100.0F;
    }
  }
  exact.exact->scale = 100;
  auto rows = count_rows(raw, std::move(exact), sink());
  ASSERT_TRUE(rows) << rows.error().sentence;
  auto counts = Image<float>::create({2, 1}).value();
  std::ranges::copy(std::array{15.0F, 13.0F}, counts.view().row(0).begin());
  ASSERT_TRUE((*rows)->add(clean(counts, 0)));
  ASSERT_EQ(taken_.size(), 2U);
  EXPECT_NEAR(taken_[0], 0.1525, 1e-6);
  EXPECT_NEAR(taken_[1], 0.1325, 1e-6);
}

TEST_F(RawCountRows, EndWhereNobodyTakesThem) {
  const RawPicture raw = picture();
  auto rows = count_rows(raw, plan(0),
                         [](const RowsView&) -> Status { return fail(ErrorCode::Io, "enough"); });
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)->add_source({}).error().sentence, "enough");
}

TEST_F(RawCountRows, OfAPictureWithoutAMosaicAreRefusedWithAModelThatHelps) {
  const RawPicture raw = sample_linear();
  const auto rows = count_rows(raw, plan(1), sink());
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(rows.error().sentence, HasSubstr("latent-raw"));
}

}  // namespace
}  // namespace latent::tasks
