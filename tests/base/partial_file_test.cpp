// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/partial_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string_view>

#include "scratch_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

class Partial : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    path_ = folder_ / "file.part";
  }
  Status append(std::string_view text, PartialFile::Begin begin) const {
    LATENT_TRY(auto file, PartialFile::open(path_, begin, FileAccess::only_owner()));
    LATENT_CHECK(file.append(text));
    return file.close();
  }

  fs::path path_;
};

TEST_F(Partial, GoesOnWhereItEndedOrBeginsAnew) {
  ASSERT_TRUE(append("half ", PartialFile::Begin::Anew));
  ASSERT_TRUE(append("done", PartialFile::Begin::AtItsEnd));
  EXPECT_EQ(content(path_), "half done");
  ASSERT_TRUE(append("new", PartialFile::Begin::Anew));
  EXPECT_EQ(content(path_), "new");
}

TEST_F(Partial, IsOpenToNobodyElse) {
  const test::Umask umask(0);
  fill(path_, "old");
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  ASSERT_TRUE(append("x", PartialFile::Begin::AtItsEnd));
  EXPECT_EQ(mode_of(path_), 0600U);
}

TEST_F(Partial, NeverWritesIntoAPipeAFolderOrThroughALink) {
  fill(folder_ / "precious", "precious");
  fs::create_symlink("precious", path_);
  const auto refused = [&] {
    const Status status = append("x", PartialFile::Begin::Anew);
    return !status && status.error().code == ErrorCode::Unsupported;
  };
  EXPECT_TRUE(refused());
  EXPECT_EQ(content(folder_ / "precious"), "precious");
  fs::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(refused());
  fs::remove(path_);
  fs::create_directory(path_);
  EXPECT_TRUE(refused());
}

TEST_F(Partial, SaysThatItsFolderIsMissing) {
  path_ = folder_ / "no/file.part";
  const Status status = append("x", PartialFile::Begin::Anew);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace latent
