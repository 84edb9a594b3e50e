// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace latent::write {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::vector<std::uint8_t> kHello{'h', 'e', 'l', 'l', 'o'};

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent-atomic-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    target_ = folder_ / "out.dng";
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] int files() const {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder_)) count += entry.exists() ? 1 : 0;
    return count;
  }
  static std::string content(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  fs::path folder_;
  fs::path target_;
};

TEST_F(AtomicFileTest, AppearsWholeAndOnlyAtCommit) {
  auto file = AtomicFile::create(target_, Overwrite::Refuse);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(file->write(kHello));
  ASSERT_TRUE(file->write_at(1, std::vector<std::uint8_t>{'a'}));
  EXPECT_EQ(file->size(), 5U);
  EXPECT_FALSE(fs::exists(target_));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content(target_), "hallo");
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, DestroyedWithoutCommitItLeavesNothing) {
  {
    auto file = AtomicFile::create(target_, Overwrite::Refuse);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(kHello));
    EXPECT_EQ(files(), 1);
    const AtomicFile moved = std::move(*file);
    EXPECT_EQ(files(), 1);
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(AtomicFileTest, RefusesAnExistingTargetOrReplacesItAsTold) {
  std::ofstream(target_) << "old";
  const auto refused = AtomicFile::create(target_, Overwrite::Refuse);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  EXPECT_THAT(refused.error().message, HasSubstr("exists already"));
  auto file = AtomicFile::create(target_, Overwrite::Replace);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write(kHello));
  EXPECT_EQ(content(target_), "old");
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content(target_), "hello");
}

TEST_F(AtomicFileTest, NeverClobbersWhatCameMeanwhileAndCanTakeAnotherName) {
  auto file = AtomicFile::create(target_, Overwrite::Refuse);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write(kHello));
  std::ofstream(target_) << "somebody else's";
  const auto refused = file->commit();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Usage);
  EXPECT_EQ(content(target_), "somebody else's");
  ASSERT_TRUE(file->commit_as(folder_ / "out_1.dng"));
  EXPECT_EQ(content(folder_ / "out_1.dng"), "hello");
  EXPECT_EQ(files(), 2);
}

TEST_F(AtomicFileTest, NamesAFolderAMissingFolderAndAFileInPlaceOfTheFolder) {
  const auto folder = AtomicFile::create(folder_, Overwrite::Replace);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::Usage);
  EXPECT_THAT(folder.error().message, HasSubstr("it is a folder"));
  const auto missing = AtomicFile::create(folder_ / "no" / "out.dng", Overwrite::Refuse);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("folder does not exist"));
  std::ofstream(target_) << "a file";
  const auto beneath = AtomicFile::create(target_ / "out.dng", Overwrite::Refuse);
  ASSERT_FALSE(beneath);
  EXPECT_THAT(beneath.error().message, HasSubstr("its folder is a file"));
}

TEST_F(AtomicFileTest, SaysThatAFolderIsNotWritable) {
  if (::geteuid() == 0) {
    // Root may write anywhere but on a file system that takes no files.
    const auto refused = AtomicFile::create("/proc/out.dng", Overwrite::Refuse);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("cannot write '/proc/out.dng'"));
    return;
  }
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  const auto refused = AtomicFile::create(target_, Overwrite::Refuse);
  fs::permissions(folder_, fs::perms::owner_all);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Io);
  EXPECT_THAT(refused.error().message, HasSubstr("its folder is not writable"));
}

TEST_F(AtomicFileTest, AFullDiskIsOneSentenceAndLeavesNothing) {
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = old;
  small.rlim_cur = 4096;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    auto file = AtomicFile::create(target_, Overwrite::Refuse);
    ASSERT_TRUE(file);
    const auto refused = file->write(std::vector<std::uint8_t>(10'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Io);
    EXPECT_THAT(refused.error().message, HasSubstr("out.dng'"));
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace latent::write
