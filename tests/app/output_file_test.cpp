// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class OutputFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_output_file_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string refusal(const fs::path& file, const std::vector<std::string>& endings) {
    const auto checked = check_output_file(file, "denoise", endings);
    if (checked) return "taken";
    EXPECT_EQ(checked.error().code, ErrorCode::Usage);
    EXPECT_EQ(checked.error().subject, file);
    return checked.error().sentence;
  }

  fs::path folder_;
  std::vector<std::string> pictures_{"tif", "png", "jpg"};
};

TEST_F(OutputFileTest, AFileThatIsAFolderTakesTheResults) {
  for (const fs::path& named : {folder_, folder_ / "new" / ""}) {
    OutputRule rule;
    rule.file = named;
    recognise_folder(rule);
    EXPECT_FALSE(rule.file.has_value()) << named;
    EXPECT_EQ(rule.folder, named);
    EXPECT_EQ(file_in(named, "c/photo.NEF", "_mask", "png"), named / "photo_mask.png");
  }
  OutputRule rule;
  rule.file = folder_ / "photo.tif";
  recognise_folder(rule);
  EXPECT_EQ(rule.file, folder_ / "photo.tif");
  EXPECT_FALSE(rule.folder.has_value());
  EXPECT_EQ(file_in(folder_ / "photo.tif", "c/photo.NEF", "_mask", "png"), folder_ / "photo.tif");
}

TEST_F(OutputFileTest, OnlyAnEndingThatTheTaskWritesIsTaken) {
  for (const char* name : {"x.dng", "X.DNG", "a.b.dng"}) {
    EXPECT_EQ(refusal(folder_ / name, {"dng"}), "taken") << name;
  }
  for (const char* name : {"x.tif", "x.tiff", "x.JPG", "x.jpeg", "x.Png"}) {
    EXPECT_EQ(refusal(folder_ / name, pictures_), "taken") << name;
  }
  for (const char* name : {"x.tif", "x", "x.dng.bak", ".dng"}) {
    EXPECT_THAT(refusal(folder_ / name, {"dng"}), HasSubstr("writes files that end in .dng, which"))
        << name;
  }
  EXPECT_THAT(refusal(folder_ / "x.dng", pictures_),
              HasSubstr("end in .tif, .png, .jpg, which '" + (folder_ / "x.dng").string() +
                        "' does not; name it 'x.tif'"));
}

TEST_F(OutputFileTest, StandardOutputIsNamedAsWhatItIs) {
  for (const char* name : {"-", "folder/-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    EXPECT_THAT(refusal(name, pictures_), HasSubstr("is standard output, and Latent writes"))
        << name;
    EXPECT_FALSE(check_output_folder(name)) << name;
  }
}

TEST_F(OutputFileTest, AFolderDevicePipeOrSocketIsNoFile) {
  fs::create_directories(folder_ / "results.tif");
  EXPECT_THAT(refusal(folder_ / "results.tif", pictures_), HasSubstr("is a folder"));
  EXPECT_THAT(refusal(folder_ / "new" / "", pictures_), HasSubstr("is a folder"));
  ASSERT_EQ(::mkfifo((folder_ / "pipe.tif").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder_ / "pipe.tif", pictures_), HasSubstr("it is a pipe"));
  EXPECT_THAT(refusal("/dev/null", pictures_), HasSubstr("it is a device"));
  fs::create_symlink("/dev/null", folder_ / "link.tif");
  EXPECT_THAT(refusal(folder_ / "link.tif", pictures_), HasSubstr("it is a device"));
}

TEST_F(OutputFileTest, AFolderForResultsMayBeMissingButNothingElse) {
  EXPECT_TRUE(check_output_folder(folder_));
  EXPECT_TRUE(check_output_folder(folder_ / "new"));
  std::ofstream(folder_ / "file") << "x";
  const auto refused = check_output_folder(folder_ / "file");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("is no folder"));
  EXPECT_FALSE(check_output_folder("/dev/null"));
}

}  // namespace
}  // namespace latent::app
