// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file_access.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

class Access : public test::InFolder {
 protected:
  /// The mode of a file of 0666 after it was restricted.
  mode_t restricted(const FileAccess& most) {
    const fs::path path = folder_ / "file";
    const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(::fchmod(file.number(), 0666), 0);
    restrict_access(file.number(), most);
    return mode_of(path);
  }
};

TEST_F(Access, OfAnotherFileIsTakenOver) {
  const fs::path path = folder_ / "source";
  fill(path, "x");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(restricted(FileAccess::of(path)), 0640U);
  EXPECT_EQ(restricted(FileAccess::only_owner()), 0600U);
  EXPECT_EQ(restricted(FileAccess{}), 0666U);
  EXPECT_EQ(restricted(FileAccess::of(folder_ / "absent")), 0666U);
}

TEST_F(Access, OfAnotherGroupIsNotGivenToThisOne) {
  const gid_t another = ::getegid() + 1;
  EXPECT_EQ(restricted({.bits = 0060, .group = another}), 0600U);
  EXPECT_EQ(restricted({.bits = 0064, .group = another}), 0644U);
  EXPECT_EQ(restricted({.bits = 0060, .group = ::getegid()}), 0660U);
}

TEST_F(Access, OfTwoFilesIsWhatBothAllow) {
  const fs::path a = folder_ / "a";
  const fs::path b = folder_ / "b";
  fill(a, "x");
  fill(b, "x");
  ASSERT_EQ(::chmod(a.c_str(), 0640), 0);
  ASSERT_EQ(::chmod(b.c_str(), 0604), 0);
  EXPECT_EQ(restricted(FileAccess::of(a).and_of(b)), 0600U);
  ASSERT_EQ(::chmod(b.c_str(), 0644), 0);
  EXPECT_EQ(restricted(FileAccess::of(a).and_of(b)), 0640U);
}

TEST_F(Access, FoldersOfOurOwnAreOpenToUsAlone) {
  const test::Umask umask(0);
  const fs::path open = folder_ / "open";
  ASSERT_EQ(::mkdir(open.c_str(), 0755), 0);
  ASSERT_TRUE(make_private_folders(open / "a/b"));
  EXPECT_EQ(mode_of(open), 0755U);
  EXPECT_EQ(mode_of(open / "a"), 0700U);
  EXPECT_EQ(mode_of(open / "a/b"), 0700U);
  EXPECT_TRUE(make_private_folders(open / "a/b"));
  EXPECT_TRUE(make_private_folders(open / "a/c/"));
  EXPECT_TRUE(fs::is_directory(open / "a/c"));
}

TEST_F(Access, AFolderThatCannotBeMadeIsNamedWithTheReason) {
  fill(folder_ / "file", "x");
  const Status in_the_way = make_private_folders(folder_ / "file");
  ASSERT_FALSE(in_the_way);
  EXPECT_NE(in_the_way.error().sentence.find("a file of that name is in the way"),
            std::string::npos);
  const Status beneath = make_private_folders(folder_ / "file/a/b");
  ASSERT_FALSE(beneath);
  EXPECT_EQ(beneath.error().code, ErrorCode::Io);
  EXPECT_NE(beneath.error().sentence.find("Not a directory"), std::string::npos);
}

}  // namespace
}  // namespace latent
