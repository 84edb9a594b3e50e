// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/stale_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <set>
#include <string>

#include "base/safe_file.h"
#include "scratch_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class StaleFiles : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    opened_ = Descriptor(::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(opened_.good());
  }
  void sweep() const { sweep_stale_files(opened_.number()); }

  /// A file of that name that was last written so long ago.
  fs::path left(const std::string& name, std::chrono::hours ago = 0h) const {
    const fs::path path = folder_ / name;
    fill(path, "part of a picture");
    fs::last_write_time(path, fs::file_time_type::clock::now() - ago);
    return path;
  }

  /// A name as another boot, or another machine, gives.
  static std::string name_elsewhere() {
    std::string name = temporary_name();
    name.replace(8, 8, name.substr(8, 8) == "12345678" ? "87654321" : "12345678");
    return name;
  }

  Descriptor opened_;
};

TEST_F(StaleFiles, HaveNamesOfOneLengthThatNeverRepeat) {
  std::set<std::string> names;
  for (int i = 0; i < 100; ++i) {
    const std::string name = temporary_name();
    EXPECT_EQ(name.size(), 37U);
    EXPECT_TRUE(names.insert(name).second);
  }
}

TEST_F(StaleFiles, OfThisBootGoAtOnceWhenNobodyHoldsThem) {
  const auto file = left(temporary_name());
  sweep();
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(StaleFiles, OfALivingWriterInThisProcessStayHoweverOld) {
  auto file = SafeFile::create(folder_ / "out.dng", {.beside = Beside::Named});
  ASSERT_TRUE(file);
  for (const auto& entry : fs::directory_iterator(folder_)) {
    fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - 1000h);
  }
  sweep();
  EXPECT_EQ(names_in(folder_), 1);
  ASSERT_TRUE(file->commit());
  EXPECT_TRUE(fs::exists(folder_ / "out.dng"));
}

TEST_F(StaleFiles, OfALivingProcessStayAndGoWhenItIsKilled) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto file = SafeFile::create(folder_ / "out.dng", {.beside = Beside::Named});
    (void)!::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  sweep();
  EXPECT_EQ(names_in(folder_), 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  sweep();
  EXPECT_EQ(names_in(folder_), 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(StaleFiles, OfAnotherBootOrMachineStayForThreeDays) {
  const auto young = left(name_elsewhere(), 71h);
  const auto old = left(name_elsewhere(), 73h);
  sweep();
  EXPECT_TRUE(fs::exists(young));
  EXPECT_FALSE(fs::exists(old));
}

TEST_F(StaleFiles, OfAnotherMachineStayWhileItsLockIsSeen) {
  const auto old = left(name_elsewhere(), 1000h);
  const Descriptor held(::open(old.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(held.number(), LOCK_EX), 0);
  sweep();
  EXPECT_TRUE(fs::exists(old));
}

TEST_F(StaleFiles, OfVersionsThatHeldNoLockStayForThreeDays) {
  const auto young = left(".latent-0123456789abcdef.tmp", 71h);
  const auto old = left(".latent-fedcba9876543210.tmp", 73h);
  sweep();
  EXPECT_TRUE(fs::exists(young));
  EXPECT_FALSE(fs::exists(old));
}

TEST_F(StaleFiles, WithTimesOfTheFutureStay) {
  const auto file = left(name_elsewhere(), -1000h);
  sweep();
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(StaleFiles, AreNotWhatOnlyLooksLikeThem) {
  for (const std::string& name :
       {std::string("latent-0123456789abcdef.tmp"), std::string(".latent-0123456789abcdeg.tmp"),
        std::string(".latent-.tmp"), std::string(".latent-tmp"), std::string(".latent.tmp"),
        std::string(".latent-0123456789abcdef.tmp.dng"), temporary_name() + "x",
        "x" + temporary_name(), std::string("photo.dng")}) {
    left(name, 1000h);
  }
  const int before = names_in(folder_);
  sweep();
  EXPECT_EQ(names_in(folder_), before);
}

TEST_F(StaleFiles, AreFilesNotLinksPipesOrFolders) {
  const auto precious = left("precious.dng", 1000h);
  fs::create_symlink(precious, folder_ / temporary_name());
  fs::create_directory(folder_ / temporary_name());
  ASSERT_EQ(::mkfifo((folder_ / temporary_name()).c_str(), 0600), 0);
  sweep();
  EXPECT_EQ(names_in(folder_), 4);
}

TEST_F(StaleFiles, OfAnotherUserStay) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  const auto file = left(temporary_name(), 1000h);
  ASSERT_EQ(::chown(file.c_str(), 1234, 1234), 0);
  sweep();
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(StaleFiles, AreNotLookedForWithEachFile) {
  sweep_stale_files_now_and_then(opened_.number());
  const auto file = left(temporary_name());
  sweep_stale_files_now_and_then(opened_.number());
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(StaleFiles, ThatASweepTookBeforeTheirLockAreKnownToBeGone) {
  const auto path = left(temporary_name());
  const Descriptor writer(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  {
    const Descriptor sweeper(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::flock(sweeper.number(), LOCK_EX), 0);
    EXPECT_FALSE(hold_temporary(writer.number())) << "the sweep holds it";
    fs::remove(path);
  }
  EXPECT_FALSE(hold_temporary(writer.number())) << "it has no name any more";
}

}  // namespace
}  // namespace latent
