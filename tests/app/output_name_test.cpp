// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_name.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace latent::app {
namespace {

namespace fs = std::filesystem;

class OutputNameTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_output_name_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    source_ = touch("photo.NEF");
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path touch(const std::string& name) {
    std::ofstream(folder_ / name) << "x";
    return folder_ / name;
  }
  Result<OutputName> named(const fs::path& source, OutputRule rule = {}) {
    return output_name(source, "_raw-denoise", "dng", rule);
  }

  fs::path folder_;
  fs::path source_;
};

TEST_F(OutputNameTest, StandsBesideTheSource) {
  EXPECT_EQ(named(source_)->path, folder_ / "photo_raw-denoise.dng");
}

TEST_F(OutputNameTest, TheSuffixIsNeverAddedTwice) {
  const auto again = touch("photo_raw-denoise.dng");
  EXPECT_EQ(named(again)->path, folder_ / "photo_raw-denoise_1.dng");
}

TEST_F(OutputNameTest, CountsOnWhereTheNameIsTaken) {
  touch("photo_raw-denoise.dng");
  touch("photo_raw-denoise_1.dng");
  EXPECT_EQ(named(source_)->path, folder_ / "photo_raw-denoise_2.dng");
}

TEST_F(OutputNameTest, SkipsOrOverwritesWhenTold) {
  const auto taken = touch("photo_raw-denoise.dng");
  OutputRule rule;
  rule.if_exists = IfExists::Skip;
  EXPECT_TRUE(named(source_, rule)->skip);
  rule.if_exists = IfExists::Overwrite;
  EXPECT_TRUE(named(source_, rule)->overwrite);
  EXPECT_EQ(named(source_, rule)->path, taken);
}

TEST_F(OutputNameTest, MakesTheFolderThatWasAskedFor) {
  OutputRule rule;
  rule.folder = folder_ / "a" / "b";
  EXPECT_EQ(named(source_, rule)->path, folder_ / "a" / "b" / "photo_raw-denoise.dng");
  EXPECT_TRUE(fs::is_directory(folder_ / "a" / "b"));
}

TEST_F(OutputNameTest, RefusesAFolderThatIsAFile) {
  OutputRule rule;
  rule.folder = source_;
  const auto refused = named(source_, rule);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Io);
}

TEST_F(OutputNameTest, NeverReplacesTheSource) {
  OutputRule rule;
  rule.file = folder_ / "." / "photo.NEF";
  rule.if_exists = IfExists::Overwrite;
  const auto refused = named(source_, rule);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Usage);
}

TEST_F(OutputNameTest, ASourceIsKnownByWhateverNameOrLink) {
  fs::create_symlink(source_, folder_ / "link.png");
  fs::create_hard_link(source_, folder_ / "hard.png");
  for (const char* name : {"photo.NEF", "./photo.NEF", "link.png", "hard.png"}) {
    const auto refused = check_is_not_source(folder_ / name, source_);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  }
  EXPECT_TRUE(check_is_not_source(folder_ / "absent.png", source_));
  EXPECT_TRUE(check_is_not_source(touch("other.png"), source_));
  EXPECT_TRUE(check_is_not_source(folder_ / "out.png", folder_ / "absent.NEF"));
}

TEST_F(OutputNameTest, AnExplicitFileThatIsThereIsRefusedUntilTold) {
  OutputRule rule;
  rule.file = touch("taken.dng");
  const auto refused = named(source_, rule);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().sentence.find("--overwrite"), std::string::npos);
}

}  // namespace
}  // namespace latent::app
