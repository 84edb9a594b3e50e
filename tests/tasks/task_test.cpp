// SPDX-License-Identifier: GPL-3.0-or-later
// The one shape of all tasks: what is shown is what is written, and strength needs no network.
#include "tasks/task.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <type_traits>

#include "read/photograph.h"
#include "sample_picture.h"
#include "sample_raw.h"
#include "tasks/denoise.h"
#include "tasks/raw_denoise.h"
#include "tasks/upscale.h"
#include "write/picture/picture.h"

namespace latent::tasks {
namespace {

namespace fs = std::filesystem;
constexpr Size kSize{1300, 900};

RunControl stopped() {
  static std::stop_source stop;
  stop.request_stop();
  return {stop.get_token(), {}};
}

read::Photograph opened(const fs::path& path) {
  auto photograph = read::Photograph::open(path);
  EXPECT_TRUE(photograph) << photograph.error().sentence;
  return *std::move(photograph);
}

double largest_difference(const Image<float>& one, const Image<float>& other) {
  EXPECT_EQ(one.size(), other.size());
  EXPECT_EQ(one.channels(), other.channels());
  double largest = 0;
  for (int y = 0; y < one.height(); ++y) {
    const auto a = one.view().row(y);
    const auto b = other.view().row(y);
    for (std::size_t i = 0; i < a.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    }
  }
  return largest;
}

class TaskTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_task_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    engine_.precision = infer::Precision::F32;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static models::Package package(const std::string& name) {
    auto package = models::Package::open(fs::path(LATENT_TEST_PACKAGES) / (name + ".dtmodel"));
    EXPECT_TRUE(package) << package.error().sentence;
    return *std::move(package);
  }

  /// A 16-bit TIFF of random colours.
  fs::path picture(Size size = kSize, int colours = 3) const {
    const Picture picture = sample_picture(size, colours);
    auto samples = Image<std::uint16_t>::create(size, colours).value();
    for (int y = 0; y < size.height; ++y) {
      const auto from = std::get<Image<float>>(picture.samples).view().row(y);
      for (std::size_t i = 0; i < from.size(); ++i) {
        samples.view().row(y)[i] = static_cast<std::uint16_t>(std::lround(from[i] * 65535.0F));
      }
    }
    const fs::path path = folder_ / "photo.tif";
    EXPECT_TRUE(write::write_tiff(path, std::as_const(samples).view()));
    return path;
  }

  /// The region through write(): a float picture on disk.
  Image<float> written(Task& task, Prepared& prepared, Settings settings, const Rect& region) {
    std::visit(
        [&](auto& each) {
          each.region = region;
          if constexpr (requires { each.output; }) each.output.depth = SampleDepth::F32;
        },
        settings);
    const Target target{folder_ / "part.tif", true};
    const auto report = task.write(prepared, target, settings, {});
    EXPECT_TRUE(report) << report.error().sentence;
    auto picture = opened(target.path).picture();
    EXPECT_TRUE(picture) << picture.error().sentence;
    return std::get<Image<float>>(std::move(picture->samples));
  }

  /// The counts of the region through write(): of a mosaic or a linear picture.
  template <class Picture>
  Image<float> written_counts(Task& task, Prepared& prepared, RawDenoiseSettings settings,
                              const Rect& region, const SensorLevels& levels) {
    settings.region = region;
    const Target target{folder_ / "part.dng", true};
    const auto report = task.write(prepared, target, settings, {});
    EXPECT_TRUE(report) << report.error().sentence;
    if constexpr (std::is_same_v<Picture, Mosaic>) {
      return sample_counts(opened(target.path).mosaic().value(), levels);
    } else {
      return sample_counts(opened(target.path).linear().value(), levels);
    }
  }

  fs::path folder_;
  infer::EngineRequest engine_;
};

TEST_F(TaskTest, DenoiseShowsThePixelsThatItWrites) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  EXPECT_EQ(prepared->facts().size, kSize);
  EXPECT_TRUE(prepared->facts().level.has_value());
  DenoiseSettings half;
  half.strength = 0.5;
  DenoiseSettings chroma;
  chroma.luma = 0.3;
  chroma.detail = Detail::None;
  DenoiseSettings as_darktable = half;
  as_darktable.detail = Detail::Darktable;
  DenoiseSettings told;
  told.level = 12.0;
  told.wide_gamut = WideGamut::Clip;
  for (const DenoiseSettings& settings : {DenoiseSettings{}, half, chroma, as_darktable, told}) {
    for (const Rect region : {Rect{0, 0, 64, 64}, {700, 333, 512, 512}, {1250, 880, 50, 20}}) {
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      EXPECT_LT(largest_difference(shown->after, written(*task, *prepared, settings, region)),
                1e-4);
      EXPECT_GT(largest_difference(shown->after, shown->before), 0.01);
    }
  }
}

TEST_F(TaskTest, DenoiseMovesEverySliderOfAShownRegionWithoutTheNetwork) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const Rect region{400, 200, 512, 512};
  ASSERT_TRUE(task->show(*prepared, region, DenoiseSettings{}, {}));
  DenoiseSettings settings;
  for (const Detail detail : {Detail::Auto, Detail::None}) {
    for (const double share : {0.0, 0.25, 0.5, 1.0}) {
      settings.strength = 1 - share / 2;
      settings.luma = share;
      settings.chroma = 1 - share;
      settings.detail = detail;
      const auto shown = task->show(*prepared, region, settings, stopped());
      ASSERT_TRUE(shown) << shown.error().sentence;
    }
  }
  const auto elsewhere = task->show(*prepared, {0, 0, 512, 512}, settings, stopped());
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, ErrorCode::Cancelled);
}

TEST_F(TaskTest, GreyPicturesAreShownInThreeEqualChannels) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture({200, 150}, 1)), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const auto shown = task->show(*prepared, {20, 30, 100, 80}, DenoiseSettings{}, {});
  ASSERT_TRUE(shown) << shown.error().sentence;
  EXPECT_EQ(shown->after.channels(), 3);
  const Image<float> expected = written(*task, *prepared, DenoiseSettings{}, {20, 30, 100, 80});
  ASSERT_EQ(expected.channels(), 1);
  for (int y = 0; y < 80; ++y) {
    for (int x = 0; x < 100; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_NEAR(shown->after.view().at(x, y, c), expected.view().at(x, y), 1e-4);
      }
    }
  }
}

TEST_F(TaskTest, AStopDoesNotSpoilWhatIsShownNext) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  for (const int microseconds : {0, 500, 5000, 30000}) {
    const Rect region{400 + microseconds / 500, 200, 512, 512};
    std::stop_source stop;
    std::jthread other([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
      stop.request_stop();
    });
    const auto ended = task->show(*prepared, region, DenoiseSettings{}, {stop.get_token(), {}});
    if (!ended) {
      EXPECT_EQ(ended.error().code, ErrorCode::Cancelled);
    }
    const auto next = task->show(*prepared, region, DenoiseSettings{}, {});
    ASSERT_TRUE(next) << next.error().sentence;
  }
}

TEST_F(TaskTest, StrengthZeroShowsTheSourceAndAPartOutsideIsRefused) {
  auto task = create_denoise({package("tiny-mean-200"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture()), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  DenoiseSettings none;
  none.strength = 0;
  const auto shown = task->show(*prepared, {10, 10, 30, 20}, none, {});
  ASSERT_TRUE(shown) << shown.error().sentence;
  EXPECT_EQ(largest_difference(shown->before, shown->after), 0.0);
  const auto outside = task->show(*prepared, {1290, 0, 30, 20}, DenoiseSettings{}, {});
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, ErrorCode::Usage);
  EXPECT_THAT(outside.error().sentence, testing::HasSubstr("photo.tif"));
}

TEST_F(TaskTest, UpscaleShowsThePixelsThatItWrites) {
  auto task = create_upscale({package("tiny-sign-up-400"), package("tiny-mean-200"), 2}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture({400, 300})), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  UpscaleSettings loose;
  loose.consistent = false;
  UpscaleSettings clean;
  clean.denoise = 0.5;
  UpscaleSettings clipped;
  clipped.wide_gamut = WideGamut::Clip;
  for (const UpscaleSettings& settings : {UpscaleSettings{}, loose, clean, clipped}) {
    for (const Rect region : {Rect{0, 0, 64, 64}, {101, 57, 256, 200}}) {
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      EXPECT_EQ(shown->before.size(), (Size{2 * region.width, 2 * region.height}));
      EXPECT_LT(largest_difference(shown->after, written(*task, *prepared, settings, region)),
                1e-4);
      const auto again = task->show(*prepared, region, settings, stopped());
      ASSERT_TRUE(again) << again.error().sentence;
    }
  }
}

TEST_F(TaskTest, RawDenoiseShowsTheCountsThatItWrites) {
  for (const SensorClass sensor : {SensorClass::Bayer, SensorClass::XTrans, SensorClass::Mono}) {
    const Mosaic mosaic = sample_mosaic(sensor);
    const fs::path source = folder_ / "photo.dng";
    write_sample(mosaic, source);
    auto task = create_raw_denoise({package("tiny-sensors"), {}}, engine_);
    ASSERT_TRUE(task) << task.error().sentence;
    auto prepared = task->prepare(opened(source), {});
    ASSERT_TRUE(prepared) << prepared.error().sentence;
    EXPECT_EQ(prepared->facts().size, mosaic.crop.size());
    EXPECT_TRUE(prepared->facts().noise.has_value());
    const Rect region{31, 22, 150, 101};
    RawDenoiseSettings half;
    half.strength = 0.5;
    RawDenoiseSettings kept;
    kept.repair_defects = false;
    RawDenoiseSettings none;
    none.strength = 0;
    for (const RawDenoiseSettings& settings : {RawDenoiseSettings{}, half, kept, none}) {
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      const Image<float> counts =
          written_counts<Mosaic>(*task, *prepared, settings, region, mosaic.levels);
      EXPECT_LT(largest_difference(shown->counts, counts), 0.6 * kStoredStep);
      EXPECT_EQ(shown->after.channels(), 3);
      const bool same = largest_difference(shown->before, shown->after) == 0.0;
      EXPECT_EQ(same, settings.strength == 0.0);
    }
    half.strength = 0.3;
    EXPECT_TRUE(task->show(*prepared, region, half, stopped()));
  }
}

TEST_F(TaskTest, OfALinearRawTheCountsThatAreShownAreWrittenAgainAndAgain) {
  const fs::path source = folder_ / "photo.dng";
  write_sample(sample_linear(), source);
  const auto linear = opened(source).linear();
  ASSERT_TRUE(linear) << linear.error().sentence;
  auto task = create_raw_denoise({package("tiny-sensors"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(source), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const Rect region{31, 22, 150, 101};
  RawDenoiseSettings half;
  half.strength = 0.5;
  for (const RawDenoiseSettings& settings : {RawDenoiseSettings{}, half}) {
    const auto shown = task->show(*prepared, region, settings, {});
    ASSERT_TRUE(shown) << shown.error().sentence;
    SensorLevels levels;
    levels.white = {linear->white[0], linear->white[1], linear->white[2], linear->white[1]};
    const Image<float> counts =
        written_counts<LinearRaw>(*task, *prepared, settings, region, levels);
    EXPECT_LT(largest_difference(shown->counts, counts), 0.6);
  }
}

TEST_F(TaskTest, PicturesThroughAPackageMadeForDarktableAreShownAsTheyAreWritten) {
  auto task = create_denoise({package("darktable-denoise"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(picture({300, 200})), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const Rect region{120, 60, 100, 90};
  for (const models::Compat compat : {models::Compat::None, models::Compat::Darktable56}) {
    for (const double strength : {1.0, 0.5}) {
      DenoiseSettings settings;
      settings.compat = compat;
      settings.strength = strength;
      const auto shown = task->show(*prepared, region, settings, {});
      ASSERT_TRUE(shown) << shown.error().sentence;
      EXPECT_LT(largest_difference(shown->after, written(*task, *prepared, settings, region)),
                1e-4);
      EXPECT_GT(largest_difference(shown->after, shown->before), 0.01);
    }
  }
}

TEST_F(TaskTest, ARawIsShownOurWayOrRefusedWithASentence) {
  const Mosaic mosaic = sample_mosaic(SensorClass::Bayer);
  write_sample(mosaic, folder_ / "photo.dng");
  auto task = create_raw_denoise({package("darktable-raw"), {}}, engine_);
  ASSERT_TRUE(task) << task.error().sentence;
  auto prepared = task->prepare(opened(folder_ / "photo.dng"), {});
  ASSERT_TRUE(prepared) << prepared.error().sentence;
  const Rect region{31, 22, 150, 101};
  RawDenoiseSettings settings;
  settings.strength = 0.5;
  const auto shown = task->show(*prepared, region, settings, {});
  ASSERT_TRUE(shown) << shown.error().sentence;
  const Image<float> counts =
      written_counts<Mosaic>(*task, *prepared, settings, region, mosaic.levels);
  EXPECT_LT(largest_difference(shown->counts, counts), 0.6 * kStoredStep);
  settings.compat = models::Compat::Darktable56;
  const auto refused = task->show(*prepared, region, settings, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(refused.error().sentence, testing::HasSubstr("--compat"));
  // What darktable's arithmetic leaves in the margins is not shown afterwards.
  ASSERT_TRUE(task->write(*prepared, {folder_ / "darktable.dng"}, settings, {}));
  settings.compat = models::Compat::None;
  const auto again = task->show(*prepared, region, settings, {});
  ASSERT_TRUE(again) << again.error().sentence;
  EXPECT_EQ(largest_difference(again->counts, shown->counts), 0.0);
}

TEST_F(TaskTest, NothingAboveKnowsWhichTaskItHolds) {
  write_sample(sample_mosaic(SensorClass::Bayer), folder_ / "photo.dng");
  struct Case {
    Result<Task> task;
    fs::path source;
    Settings settings;
    fs::path target;
  };
  std::vector<Case> cases;
  cases.push_back({create_raw_denoise({package("tiny-sensors"), {}}, engine_),
                   folder_ / "photo.dng", RawDenoiseSettings{}, folder_ / "a.dng"});
  cases.push_back({create_denoise({package("tiny-mean-200"), {}}, engine_), picture({120, 90}),
                   DenoiseSettings{}, folder_ / "b.tif"});
  cases.push_back({create_upscale({package("tiny-zero-up-400"), {}, 4}, engine_),
                   folder_ / "photo.tif", UpscaleSettings{}, folder_ / "c.tif"});
  for (Case& each : cases) {
    ASSERT_TRUE(each.task) << each.task.error().sentence;
    const auto report = each.task->run(opened(each.source), {each.target}, each.settings, {});
    ASSERT_TRUE(report) << report.error().sentence;
    EXPECT_TRUE(common(*report).network_ran);
    EXPECT_GT(common(*report).output_bytes, 0U);
    const auto again = each.task->run(opened(each.source), {each.target}, each.settings, {});
    ASSERT_FALSE(again) << "an existing file was replaced";
    EXPECT_TRUE(each.task->run(opened(each.source), {each.target, true}, each.settings, {}));
  }
}

}  // namespace
}  // namespace latent::tasks
