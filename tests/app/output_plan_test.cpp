// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_plan.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class OutputPlanTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_output_plan_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    overwrite_.if_exists = IfExists::Overwrite;
    skip_.if_exists = IfExists::Skip;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path touch(const std::string& name) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "x";
    return folder_ / name;
  }
  /// Every name of a run below the test's folder, or the sentence where there is none.
  std::vector<std::string> names(const std::vector<std::string>& sources, const OutputRule& rule) {
    std::vector<fs::path> paths;
    for (const std::string& source : sources) paths.push_back(touch(source));
    const OutputPlan plan(paths, "_denoise", "tif", rule);
    std::vector<std::string> found;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const auto name = plan.name(i);
      found.push_back(name ? name->path.lexically_relative(folder_).string()
                           : name.error().sentence);
    }
    return found;
  }
  OutputRule into(const std::string& folder, IfExists if_exists = IfExists::Overwrite) {
    OutputRule rule;
    rule.folder = folder_ / folder;
    rule.if_exists = if_exists;
    return rule;
  }

  fs::path folder_;
  OutputRule overwrite_;
  OutputRule skip_;
};

TEST_F(OutputPlanTest, NamesStandAsTheyAreWhereNoneIsShared) {
  EXPECT_THAT(names({"a.jpg", "b.jpg", "c/a.jpg"}, overwrite_),
              ElementsAre("a_denoise.tif", "b_denoise.tif", "c/a_denoise.tif"));
}

TEST_F(OutputPlanTest, TwoOfOneFolderAreToldApartByTheirEndings) {
  EXPECT_THAT(names({"a.jpg", "b.jpg", "a.png"}, overwrite_),
              ElementsAre("a_jpg_denoise.tif", "b_denoise.tif", "a_png_denoise.tif"));
}

TEST_F(OutputPlanTest, TwoOfOneNameAreToldApartByAsManyFoldersAsItTakes) {
  EXPECT_THAT(names({"c1/a.png", "c2/a.png"}, into("out")),
              ElementsAre("out/a_c1_denoise.tif", "out/a_c2_denoise.tif"));
  EXPECT_THAT(names({"2023/c/a.png", "2024/c/a.png"}, into("out")),
              ElementsAre("out/a_2023_c_denoise.tif", "out/a_2024_c_denoise.tif"));
  EXPECT_THAT(names({"c1/a.png", "c1/a.jpg", "c2/a.png"}, into("out")),
              ElementsAre("out/a_c1_png_denoise.tif", "out/a_c1_jpg_denoise.tif",
                          "out/a_c2_png_denoise.tif"));
}

TEST_F(OutputPlanTest, NamesDependNeitherOnTheOrderNorOnTheDisk) {
  const auto first = names({"c1/a.png", "c2/a.png"}, into("out"));
  for (const std::string& name : first) touch(name);
  touch("out/a_denoise.tif");
  auto again = names({"c2/a.png", "c1/a.png"}, into("out", IfExists::Skip));
  std::ranges::reverse(again);
  EXPECT_EQ(again, first);
}

TEST_F(OutputPlanTest, ARunThatIsTakenUpAgainSkipsWhatIsThereAndDoesTheRest) {
  const std::vector<fs::path> sources{touch("c1/a.png"), touch("c2/a.png")};
  touch("out/a_c1_denoise.tif");
  const OutputPlan plan(sources, "_denoise", "tif", into("out", IfExists::Skip));
  EXPECT_TRUE(plan.name(0)->skip);
  EXPECT_FALSE(plan.name(1)->skip);
}

TEST_F(OutputPlanTest, OnePictureListedTwiceKeepsItsNameAndIsDoneOnce) {
  const fs::path source = touch("a.png");
  fs::create_symlink(source, folder_ / "link.png");
  fs::create_directories(folder_ / "c");
  const OutputPlan plan({source, folder_ / "c/../a.png", folder_ / "link.png"}, "_denoise", "tif",
                        overwrite_);
  EXPECT_EQ(plan.name(0)->path.filename(), "a_denoise.tif");
  EXPECT_FALSE(plan.left_out(0));
  for (const std::size_t index : {1U, 2U}) {
    ASSERT_TRUE(plan.left_out(index));
    EXPECT_EQ(plan.left_out(index)->why, LeftOut::Why::SameFile);
    EXPECT_EQ(plan.left_out(index)->other, source);
  }
}

TEST_F(OutputPlanTest, TheSuffixIsNeverAddedTwiceNotToANumberedNameEither) {
  EXPECT_THAT(names({"a_denoise.png", "b_denoise_12.png", "c_denoise_x.png", "d_denoise_007.png"},
                    overwrite_),
              ElementsAre("a_denoise.tif", "b_denoise.tif", "c_denoise_x_denoise.tif",
                          "d_denoise_007_denoise.tif"));
}

TEST_F(OutputPlanTest, OnlySourcesInAnothersWayAreOpenedToSeeWhetherTheyAreResults) {
  std::vector<std::string> asked;
  const KnownResults known{[&](const fs::path& path) -> std::optional<std::string> {
                             asked.push_back(path.filename().string());
                             return "Latent 1";
                           },
                           false};
  const std::vector<fs::path> sources{touch("a.png"), touch("a_denoise.tif"), touch("b.png"),
                                      touch("c_denoise_1.tif"), touch("d.tif")};
  const OutputPlan plan(sources, "_denoise", "tif", {}, known);
  EXPECT_THAT(asked, ElementsAre("a_denoise.tif"));
  EXPECT_TRUE(plan.left_out(1));
  EXPECT_FALSE(plan.left_out(0) || plan.left_out(2) || plan.left_out(3) || plan.left_out(4));
}

TEST_F(OutputPlanTest, AResultAmongTheSourcesChangesNobodysName) {
  const KnownResults known{[](const fs::path&) { return std::optional<std::string>("Latent 1"); },
                           false};
  const OutputPlan plan({touch("a.png"), touch("a_denoise.tif")}, "_denoise", "tif", into("out"),
                        known);
  EXPECT_EQ(plan.name(0)->path.filename(), "a_denoise.tif");
  EXPECT_TRUE(plan.left_out(1));
}

TEST_F(OutputPlanTest, FoldersThatAreOneByALinkAreOne) {
  fs::create_directories(folder_ / "real");
  fs::create_symlink(folder_ / "real", folder_ / "link");
  EXPECT_THAT(names({"real/a.png", "link/a.jpg"}, overwrite_),
              ElementsAre("real/a_png_denoise.tif", "link/a_jpg_denoise.tif"));
}

TEST_F(OutputPlanTest, NoResultReplacesASourceOfTheRun) {
  const auto found = names({"a.png", "a_denoise.tif"}, overwrite_);
  EXPECT_THAT(found[0], HasSubstr("a_denoise.tif', which is a source of this run"));
  EXPECT_THAT(found[1], HasSubstr("is the source itself"));
  // What is there is left as it is, and nothing is replaced.
  const OutputPlan left({folder_ / "a.png", folder_ / "a_denoise.tif"}, "_denoise", "tif", skip_);
  EXPECT_TRUE(left.name(0)->skip && left.name(1)->skip);
  EXPECT_THAT(names({"a.png", "a_denoise.tif"}, {}),
              ElementsAre("a_denoise_1.tif", "a_denoise_1.tif"));  // none is written in between
}

TEST_F(OutputPlanTest, OverwritingIsMeantWhetherOrNotTheTargetIsThereYet) {
  EXPECT_TRUE(OutputPlan({touch("a.png")}, "_denoise", "tif", overwrite_).name(0)->overwrite);
}

TEST_F(OutputPlanTest, NoResultReplacesAPipe) {
  const auto source = touch("a.jpg");
  const fs::path pipe = folder_ / "a.tif";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  overwrite_.file = pipe;
  const auto name = OutputPlan({source}, "_denoise", "tif", overwrite_).name(0);
  ASSERT_FALSE(name);
  EXPECT_THAT(name.error().sentence, HasSubstr("a.tif': it is a pipe, which is never replaced"));
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(OutputPlanTest, NoResultReplacesASourceThatIsReachedThroughALink) {
  const fs::path source = touch("a.png");
  fs::create_symlink(touch("out/a_denoise.tif"), folder_ / "other.tif");
  const OutputPlan plan({source, folder_ / "other.tif"}, "_denoise", "tif", into("out"));
  const auto name = plan.name(0);
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, ErrorCode::Usage);
  EXPECT_TRUE(plan.name(1));
}

TEST_F(OutputPlanTest, WhatNothingTellsApartFailsForAllButTheFirst) {
  const auto found = names({"a.png", "a_denoise.png"}, overwrite_);
  EXPECT_EQ(found[0], "a_denoise.tif");
  EXPECT_THAT(found[1], HasSubstr("a_denoise.tif', as that of '"));
  const auto free = names({"a.png", "a_denoise.png"}, {});
  EXPECT_THAT(free, ElementsAre("a_denoise.tif", "a_denoise.tif")) << "until the first is written";
  touch("a_denoise.tif");
  EXPECT_THAT(names({"b.png", "a.png"}, {}), ElementsAre("b_denoise.tif", "a_denoise_1.tif"));
}

TEST_F(OutputPlanTest, ASourceItDoesNotHaveIsAnError) {
  EXPECT_EQ(OutputPlan({}, "_denoise", "tif", {}).name(0).error().code, ErrorCode::Internal);
}

}  // namespace
}  // namespace latent::app
