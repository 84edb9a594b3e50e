// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/rows.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "image/linear_raw.h"
#include "read/photograph.h"
#include "tasks/raw/linear_rows.h"

namespace latent::tasks {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Size kSize{320, 240};
constexpr Rect kPart{64, 32, 128, 96};

Image<std::uint16_t> samples(int channels) {
  auto image = Image<std::uint16_t>::create(kSize, channels).value();
  for (int y = 0; y < kSize.height; ++y) {
    const auto row = image.view().row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      row[x] =
          static_cast<std::uint16_t>(600 + (x * 37 + static_cast<std::size_t>(y) * 101) % 9000);
    }
  }
  return image;
}

/// Lens corrections, a gain table map, and one tag that counts nothing.
std::vector<CarriedTag> carried_tags() {
  const auto list = [](std::uint8_t id) {
    return std::vector<std::uint8_t>{0, 0, 0, 1, 0, 0, 0, id, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  };
  return {{50936, 2, 2, false, {'P', 0}},
          {51009, 7, 20, true, list(77)},
          {51022, 7, 20, true, list(1)},
          {52525, 7, 4, true, {0, 0, 0, 0}}};
}

class RawRowsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_raw_rows_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  DngPlan plan(bool whole) const {
    DngPlan plan;
    plan.target = folder_ / "out.dng";
    plan.area = whole ? Rect{0, 0, kSize.width, kSize.height} : kPart;
    plan.whole = whole;
    plan.strength = 0;
    plan.noise.a.fill(1e-3);
    plan.options.overwrite = Overwrite::Replace;
    return plan;
  }

  static Mosaic mosaic() {
    Mosaic mosaic;
    mosaic.samples = samples(1);
    mosaic.active = {0, 0, kSize.width, kSize.height};
    mosaic.crop = mosaic.active;
    mosaic.sensor = SensorClass::Bayer;
    mosaic.cfa = CfaPattern::create(
                     {2, 2}, {CfaColour::Red, CfaColour::Green, CfaColour::Green, CfaColour::Blue})
                     .value();
    mosaic.levels = {{{1, 1}, {512.0F}}, {16383, 16383, 16383, 16383}};
    mosaic.bits_per_sample = 14;
    mosaic.sample_max = 9599;
    mosaic.sample_min = 600;
    mosaic.carried_tags = carried_tags();
    return mosaic;
  }

  static LinearRaw picture() {
    LinearRaw picture;
    picture.samples = samples(3);
    picture.crop = {0, 0, kSize.width, kSize.height};
    picture.white = {16383, 16383, 16383};
    picture.bits_per_sample = 14;
    picture.sample_max = 9599;
    picture.carried_tags = carried_tags();
    return picture;
  }

  static std::vector<std::string> finished(Result<std::unique_ptr<DngRows>> made) {
    EXPECT_TRUE(made) << made.error().sentence;
    DngRows& rows = **made;
    EXPECT_TRUE(rows.add_source({}));
    const Status finished = rows.finish({});
    EXPECT_TRUE(finished) << finished.error().sentence;
    return rows.warnings();
  }

  /// Writes it as it is and returns the warnings.
  std::vector<std::string> written(const Mosaic& mosaic, bool whole) const {
    return finished(mosaic_rows(mosaic, plan(whole)));
  }
  std::vector<std::string> written(LinearRaw picture, bool whole) const {
    return finished(linear_rows(picture, plan(whole)));
  }

  /// The two numbers of DefaultScale in a DNG's carried tags.
  static std::vector<double> scale_of(const std::vector<CarriedTag>& tags) {
    const auto found = std::ranges::find(tags, 50718, &CarriedTag::tag);
    if (found == tags.end() || found->bytes.size() != 16) return {};
    std::array<std::uint32_t, 4> parts{};
    std::memcpy(parts.data(), found->bytes.data(), sizeof parts);
    return {static_cast<double>(parts[0]) / parts[1], static_cast<double>(parts[2]) / parts[3]};
  }

  fs::path folder_;
};

TEST_F(RawRowsTest, OfAMosaicARegionSaysWhichTagsItGoesWithout) {
  EXPECT_THAT(written(mosaic(), true), IsEmpty());
  EXPECT_THAT(
      written(mosaic(), false),
      ElementsAre(AllOf(HasSubstr("opcode 77 of OpcodeList2, WarpRectilinear of OpcodeList3, "
                                  "ProfileGainTableMap"),
                        HasSubstr("whole picture"))));
  const auto part = read::Photograph::open(folder_ / "out.dng").value().mosaic();
  ASSERT_TRUE(part) << part.error().sentence;
  EXPECT_TRUE(std::ranges::none_of(part->carried_tags, [](const CarriedTag& carried) {
    return carried.tag == 51009 || carried.tag == 51022 || carried.tag == 52525;
  }));
  Mosaic plain = mosaic();
  plain.carried_tags.resize(1);
  EXPECT_THAT(written(plain, false), IsEmpty());
}

TEST_F(RawRowsTest, OfALinearPictureARegionSaysTheSame) {
  EXPECT_THAT(written(picture(), true), IsEmpty());
  EXPECT_THAT(written(picture(), false),
              ElementsAre(HasSubstr("opcode 77 of OpcodeList2, WarpRectilinear of OpcodeList3")));
}

TEST_F(RawRowsTest, ThePixelsKeepTheirShape) {
  for (const bool whole : {true, false}) {
    Mosaic narrow = mosaic();
    narrow.pixel_aspect = 0.5;  // the Nikon D1X
    written(narrow, whole);
    const auto sensor = read::Photograph::open(folder_ / "out.dng").value().mosaic();
    ASSERT_TRUE(sensor) << sensor.error().sentence;
    EXPECT_THAT(scale_of(sensor->carried_tags), ElementsAre(1, 2));

    LinearRaw narrow_linear = picture();
    narrow_linear.pixel_aspect = 0.5;
    written(std::move(narrow_linear), whole);
    const auto linear = read::Photograph::open(folder_ / "out.dng").value().linear();
    ASSERT_TRUE(linear) << linear.error().sentence;
    EXPECT_THAT(scale_of(linear->carried_tags), ElementsAre(1, 2));
  }
}

}  // namespace
}  // namespace latent::tasks
