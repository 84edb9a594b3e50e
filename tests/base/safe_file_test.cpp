// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/safe_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

#include "base/stale_files.h"
#include "scratch_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::array kBoth{Beside::Unnamed, Beside::Named};

class SafeFileTest : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    target_ = folder_ / "out.dng";
  }

  static SafeFileOptions replacing(Beside beside = Beside::Unnamed) {
    return {.overwrite = Overwrite::Replace, .beside = beside};
  }
  static SafeFileOptions refusing(Beside beside) { return {.beside = beside}; }

  /// Writes "hello" to a target that is expected to be refused now, or later.
  static Status written(const fs::path& target, const SafeFileOptions& options) {
    LATENT_TRY(auto file, SafeFile::create(target, options));
    LATENT_CHECK(file.write("hello"));
    return file.commit();
  }

  /// Refused with those words, allowed to replace or not, and nothing is left or changed.
  void expect_never(const fs::path& target, const std::string& words) const {
    const int before = names_in(folder_);
    for (const Overwrite overwrite : {Overwrite::Refuse, Overwrite::Replace}) {
      const Status status = written(target, {.overwrite = overwrite});
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, ErrorCode::Usage);
      EXPECT_THAT(status.error().sentence, HasSubstr(words));
      EXPECT_THAT(status.error().sentence, HasSubstr(target.filename().native()));
    }
    EXPECT_EQ(names_in(folder_), before);
  }

  fs::path target_;
};

TEST_F(SafeFileTest, AppearsWholeAndOnlyAtCommit) {
  for (const Beside beside : kBoth) {
    auto file = SafeFile::create(target_, refusing(beside));
    ASSERT_TRUE(file) << file.error().sentence;
    ASSERT_TRUE(file->write("hello"));
    ASSERT_TRUE(file->write_at(1, std::vector<std::uint8_t>{'a'}));
    EXPECT_EQ(file->size(), 5U);
    EXPECT_FALSE(fs::exists(target_));
    EXPECT_EQ(content(file->readable_path()), "hallo");
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(content(target_), "hallo");
    EXPECT_EQ(names_in(folder_), 1);
    fs::remove(target_);
  }
}

TEST_F(SafeFileTest, DestroyedWithoutCommitItLeavesNothing) {
  for (const Beside beside : kBoth) {
    {
      auto file = SafeFile::create(target_, refusing(beside));
      ASSERT_TRUE(file);
      ASSERT_TRUE(file->write("hello"));
      const SafeFile moved = std::move(*file);
      EXPECT_FALSE(fs::exists(target_));
    }
    EXPECT_EQ(names_in(folder_), 0);
  }
}

TEST_F(SafeFileTest, RefusesAnExistingTargetOrReplacesItAsTold) {
  for (const Beside beside : kBoth) {
    fill(target_, "old");
    const auto refused = SafeFile::create(target_, refusing(beside));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Usage);
    EXPECT_THAT(refused.error().sentence, HasSubstr("exists already"));
    auto file = SafeFile::create(target_, replacing(beside));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("hello"));
    EXPECT_EQ(content(target_), "old");
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(content(target_), "hello");
    EXPECT_EQ(names_in(folder_), 1);
  }
}

TEST_F(SafeFileTest, AllowedToReplaceItNeedsNothingToReplace) {
  for (const Beside beside : kBoth) {
    ASSERT_TRUE(written(target_, replacing(beside)));
    EXPECT_EQ(content(target_), "hello");
    EXPECT_EQ(names_in(folder_), 1);
    fs::remove(target_);
  }
}

TEST_F(SafeFileTest, NeverClobbersWhatCameMeanwhileAndCanTakeAnotherName) {
  for (const Beside beside : kBoth) {
    auto file = SafeFile::create(target_, refusing(beside));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("hello"));
    fill(target_, "somebody else's");
    const auto refused = file->commit();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Usage);
    EXPECT_EQ(content(target_), "somebody else's");
    ASSERT_TRUE(file->commit_as(folder_ / "out_1.dng"));
    EXPECT_EQ(content(folder_ / "out_1.dng"), "hello");
    EXPECT_EQ(names_in(folder_), 2);
    fs::remove(target_);
    fs::remove(folder_ / "out_1.dng");
  }
}

TEST_F(SafeFileTest, NeverReplacesAPipeASocketOrAFolder) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_never(pipe, "it is a pipe, which is never replaced");
  EXPECT_TRUE(fs::is_fifo(pipe));
  ASSERT_TRUE(test::make_socket(folder_ / "socket"));
  expect_never(folder_ / "socket", "it is a socket");
  EXPECT_TRUE(fs::is_socket(folder_ / "socket"));
  fs::create_directory(folder_ / "empty");
  expect_never(folder_ / "empty", "it is a folder");
}

TEST_F(SafeFileTest, NeverReplacesADevice) {
  if (::access("/dev/null", W_OK) == 0) {
    fs::create_symlink("/dev/null", folder_ / "null link");
    expect_never(folder_ / "null link", "it is a device");
    EXPECT_TRUE(fs::is_symlink(folder_ / "null link"));
  }
  const fs::path device = folder_ / "device";
  if (::mknod(device.c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0) {
    GTEST_SKIP() << "only root makes device nodes";
  }
  expect_never(device, "it is a device, which is never replaced");
  EXPECT_TRUE(fs::is_character_file(device));
}

TEST_F(SafeFileTest, NeverReplacesAPipeThatCameMeanwhile) {
  for (const Beside beside : kBoth) {
    auto file = SafeFile::create(target_, replacing(beside));
    ASSERT_TRUE(file);
    ASSERT_EQ(::mkfifo(target_.c_str(), 0600), 0);
    const Status status = file->commit();
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().sentence, HasSubstr("it is a pipe"));
    EXPECT_TRUE(fs::is_fifo(target_));
    fs::remove(target_);
  }
}

TEST_F(SafeFileTest, WritesThroughALinkAndKeepsIt) {
  for (const Beside beside : kBoth) {
    fs::create_directory(folder_ / "elsewhere");
    const fs::path real = folder_ / "elsewhere/real.dng";
    fill(real, "old");
    fs::create_symlink("elsewhere/real.dng", folder_ / "step");
    fs::create_symlink(folder_ / "step", target_);
    const Status refused = written(target_, refusing(beside));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().sentence, HasSubstr("exists already"));
    ASSERT_TRUE(written(target_, replacing(beside)));
    EXPECT_TRUE(fs::is_symlink(target_));
    EXPECT_FALSE(fs::is_symlink(real));
    EXPECT_EQ(content(real), "hello");
    EXPECT_EQ(names_in(folder_ / "elsewhere"), 1);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
}

TEST_F(SafeFileTest, ALinkThatLeadsNowhereIsANameThatIsTakenUntilToldToWrite) {
  fs::create_symlink("not yet.dng", target_);
  const Status refused = written(target_, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("exists already"));
  ASSERT_TRUE(written(target_, replacing()));
  EXPECT_EQ(content(folder_ / "not yet.dng"), "hello");
  EXPECT_TRUE(fs::is_symlink(target_));

  fs::create_symlink("no folder/out.dng", folder_ / "lost");
  const Status lost = written(folder_ / "lost", replacing());
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::NotFound);
  EXPECT_THAT(lost.error().sentence, HasSubstr("no folder/out.dng': its folder does not exist"));

  fs::create_symlink("circle", folder_ / "circle");
  const Status circle = written(folder_ / "circle", replacing());
  ASSERT_FALSE(circle);
  EXPECT_THAT(circle.error().sentence, HasSubstr("leads in a circle"));
}

TEST_F(SafeFileTest, NamesAMissingFolderAndAFileInPlaceOfTheFolder) {
  const auto missing = SafeFile::create(folder_ / "no" / "out.dng", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_THAT(missing.error().sentence, HasSubstr("folder does not exist"));
  fill(target_, "a file");
  const auto beneath = SafeFile::create(target_ / "out.dng", {});
  ASSERT_FALSE(beneath);
  EXPECT_THAT(beneath.error().sentence, HasSubstr("its folder is a file"));
}

TEST_F(SafeFileTest, SaysThatAFolderIsNotWritable) {
  if (::geteuid() == 0) {
    // Root may write anywhere but on a file system that takes no files.
    const auto refused = SafeFile::create("/proc/out.dng", {});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().sentence, HasSubstr("cannot write '/proc/out.dng'"));
    return;
  }
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  const auto refused = SafeFile::create(target_, {});
  fs::permissions(folder_, fs::perms::owner_all);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Io);
  EXPECT_THAT(refused.error().sentence, HasSubstr("its folder is not writable"));
}

TEST_F(SafeFileTest, SaysThatItsFolderVanishedAndLeavesNothing) {
  for (const Beside beside : kBoth) {
    const fs::path inner = folder_ / "inner";
    fs::create_directory(inner);
    auto file = SafeFile::create(inner / "out.dng", refusing(beside));
    ASSERT_TRUE(file);
    fs::remove_all(inner);
    const Status status = file->commit();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::NotFound);
    EXPECT_THAT(status.error().sentence, HasSubstr("its folder does not exist"));
    EXPECT_EQ(names_in(folder_), 0);
  }
}

TEST_F(SafeFileTest, AFolderMovedMeanwhileKeepsNoTemporary) {
  fs::create_directory(folder_ / "inner");
  auto file = SafeFile::create(folder_ / "inner/out.dng", refusing(Beside::Named));
  ASSERT_TRUE(file);
  fs::rename(folder_ / "inner", folder_ / "moved");
  EXPECT_FALSE(file->commit());
  EXPECT_EQ(names_in(folder_ / "moved"), 0);
}

TEST_F(SafeFileTest, ATemporaryThatIsTakenAwayIsNotCalledAMissingFolder) {
  auto file = SafeFile::create(target_, refusing(Beside::Named));
  ASSERT_TRUE(file);
  for (const auto& entry : fs::directory_iterator(folder_)) fs::remove(entry.path());
  const Status status = file->commit();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::Io);
  EXPECT_THAT(status.error().sentence, HasSubstr("another program removed it"));
}

TEST_F(SafeFileTest, ALimitOfTheSessionIsOneSentenceAndLeavesNothing) {
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = old;
  small.rlim_cur = 4096;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  for (const Beside beside : kBoth) {
    auto file = SafeFile::create(target_, refusing(beside));
    ASSERT_TRUE(file);
    const auto refused = file->write(std::vector<std::uint8_t>(10'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Io);
    EXPECT_THAT(refused.error().sentence, HasSubstr("out.dng'"));
    EXPECT_THAT(refused.error().sentence, HasSubstr("limit of the session"));
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(names_in(folder_), 0);
}

TEST_F(SafeFileTest, AFullDiskSaysHowMuchIsNeededAndLeavesTheOldFile) {
  const fs::path disk = folder_ / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) {
    GTEST_SKIP() << "only root mounts a small disk";
  }
  fill(disk / "out.dng", "old");
  for (const Beside beside : kBoth) {
    const auto fill_it = [&]() -> Status {
      LATENT_TRY(auto file, SafeFile::create(disk / "out.dng", replacing(beside)));
      for (int i = 0; i < 30; ++i) LATENT_CHECK(file.write(std::string(100'000, 'x')));
      return file.commit();
    };
    const Status status = fill_it();
    EXPECT_FALSE(status);
    if (!status) {
      EXPECT_EQ(status.error().code, ErrorCode::Io);
      EXPECT_THAT(status.error().sentence,
                  HasSubstr("the disk is full; the file needs at least 1."));
    }
    EXPECT_EQ(content(disk / "out.dng"), "old");
    EXPECT_EQ(names_in(disk), 1);
  }
  ::umount(disk.c_str());
}

TEST_F(SafeFileTest, ALegalNameIsNeverTooLong) {
  for (const Beside beside : kBoth) {
    const fs::path longest = folder_ / std::string(255, 'n');
    ASSERT_TRUE(written(longest, refusing(beside)));
    ASSERT_TRUE(written(longest, replacing(beside)));
    EXPECT_EQ(content(longest), "hello");
    const Status too_long = written(folder_ / std::string(256, 'n'), refusing(beside));
    ASSERT_FALSE(too_long);
    EXPECT_THAT(too_long.error().sentence, HasSubstr("the name is too long"));
    fs::remove(longest);
  }
}

TEST_F(SafeFileTest, AFolderSoDeepThatOnlyAShortNameFitsIsWrittenInto) {
  fs::path deep = folder_;
  while (deep.native().size() < 3700) deep /= std::string(200, 'd');
  deep /= std::string(4095 - deep.native().size() - 10, 'e');  // room for 9 letters, not for 37
  fs::create_directories(deep);
  for (const Beside beside : kBoth) {
    ASSERT_TRUE(written(deep / "out.dng", refusing(beside)));
    ASSERT_TRUE(written(deep / "out.dng", replacing(beside)));
    EXPECT_EQ(content(deep / "out.dng"), "hello");
    fs::remove(deep / "out.dng");
  }
}

TEST_F(SafeFileTest, NamesInUtf8AreTaken) {
  ASSERT_TRUE(written(folder_ / "Grüße 東京 🙂.dng", {}));
  EXPECT_EQ(content(folder_ / "Grüße 東京 🙂.dng"), "hello");
}

TEST_F(SafeFileTest, TheUmaskDecidesWhereNothingElseDoes) {
  for (const Beside beside : kBoth) {
    const test::Umask umask(027);
    ASSERT_TRUE(written(target_, refusing(beside)));
    EXPECT_EQ(mode_of(target_), 0640U);
    fs::remove(target_);
  }
}

TEST_F(SafeFileTest, IsNoMoreOpenThanItsSource) {
  const test::Umask umask(022);
  const fs::path source = folder_ / "source";
  fill(source, "x");
  for (const Beside beside : kBoth) {
    for (const auto& [of_source, of_result] : {std::pair{0600U, 0600U},
                                               {0640U, 0640U},
                                               {0444U, 0644U},
                                               {0400U, 0600U},
                                               {0777U, 0644U}}) {
      ASSERT_EQ(::chmod(source.c_str(), of_source), 0);
      ASSERT_TRUE(written(target_, {.access = FileAccess::of(source), .beside = beside}));
      EXPECT_EQ(mode_of(target_), of_result) << of_source;
      fs::remove(target_);
    }
  }
}

TEST_F(SafeFileTest, IsNoMoreOpenThanWhatItReplacesAlsoWhereThatWasClosedMeanwhile) {
  const test::Umask umask(0);
  for (const Beside beside : kBoth) {
    fill(target_, "old");
    ASSERT_EQ(::chmod(target_.c_str(), 0600), 0);
    ASSERT_TRUE(written(target_, replacing(beside)));
    EXPECT_EQ(mode_of(target_), 0600U);
    ASSERT_EQ(::chmod(target_.c_str(), 0664), 0);
    auto file = SafeFile::create(target_, replacing(beside));
    ASSERT_TRUE(file);
    ASSERT_EQ(::chmod(target_.c_str(), 0640), 0);
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(mode_of(target_), 0640U);
  }
}

TEST_F(SafeFileTest, IsClosedWhileItIsWrittenToWhomItWillBeClosed) {
  const test::Umask umask(0);
  auto file =
      SafeFile::create(target_, {.access = FileAccess::only_owner(), .beside = Beside::Named});
  ASSERT_TRUE(file);
  for (const auto& entry : fs::directory_iterator(folder_)) {
    EXPECT_EQ(mode_of(entry.path()), 0600U) << entry.path();
  }
}

TEST_F(SafeFileTest, WhatRootReplacesStaysItsOwners) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  fill(target_, "old");
  ASSERT_EQ(::chown(target_.c_str(), 1234, 2345), 0);
  ASSERT_TRUE(written(target_, replacing()));
  struct stat facts {};
  ASSERT_EQ(::stat(target_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_uid, 1234U);
  EXPECT_EQ(facts.st_gid, 2345U);
}

TEST_F(SafeFileTest, AnOwnFileIsReplacedWholeAndOpenToNobodyElse) {
  const test::Umask umask(0);
  ASSERT_TRUE(replace_file(target_, {"one", "", " two"}));
  EXPECT_EQ(content(target_), "one two");
  EXPECT_EQ(mode_of(target_), 0600U);
  ASSERT_TRUE(replace_file(target_, {"new"}));
  EXPECT_EQ(content(target_), "new");
}

/// Runs in a child that a kill ends in the middle of writing.
void write_until_killed(const fs::path& target, Beside beside) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto file = SafeFile::create(target, {.overwrite = Overwrite::Replace, .beside = beside});
    if (file && file->write(std::string(100'000, 'x'))) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST_F(SafeFileTest, AKillLeavesNothingWhereFilesMayHaveNoName) {
  write_until_killed(target_, Beside::Unnamed);
  const int without_names = ::open(folder_.c_str(), O_TMPFILE | O_RDWR, 0600);
  if (without_names < 0) GTEST_SKIP() << "this file system knows none";
  ::close(without_names);
  EXPECT_EQ(names_in(folder_), 0);
}

TEST_F(SafeFileTest, AKillLeavesNothingAfterTheNextRun) {
  fill(target_, "old");
  write_until_killed(target_, Beside::Named);
  ASSERT_EQ(names_in(folder_), 2);
  const auto next = SafeFile::create(folder_ / "another.dng", {});
  ASSERT_TRUE(next);
  EXPECT_EQ(names_in(folder_), 1);
  EXPECT_EQ(content(target_), "old");
}

}  // namespace
}  // namespace latent
