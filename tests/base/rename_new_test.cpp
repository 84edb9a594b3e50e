// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rename_new.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "scratch_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

NamingCall always(int error) {
  return [error](const NameAt&, const fs::path&) { return error; };
}

class RenameNew : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    from_ = folder_ / ".temporary";
    to_ = folder_ / "out.dng";
    fill(from_, "result");
  }

  void expect_renamed() const {
    EXPECT_EQ(content(to_), "result");
    EXPECT_FALSE(fs::exists(from_));
  }

  fs::path from_;
  fs::path to_;
};

TEST_F(RenameNew, TheSystemsOwnCallsRenameAndNeverReplace) {
  EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_), 0);
  expect_renamed();
  std::ofstream(from_) << "another";
  EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_), EEXIST);
  EXPECT_EQ(content(to_), "result");
  EXPECT_EQ(content(from_), "another");
}

TEST_F(RenameNew, AHardLinkServesWhereTheRenameIsNotKnown) {
  NamingCalls calls = system_naming_calls();
  for (const int unknown : {EINVAL, ENOSYS, EOPNOTSUPP}) {
    calls.rename_no_replace = always(unknown);
    std::ofstream(from_) << "result";
    EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, calls), 0) << unknown;
    expect_renamed();
    std::ofstream(from_) << "another";
    EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, calls), EEXIST) << unknown;
    EXPECT_EQ(content(to_), "result");
    fs::remove(from_);
    fs::remove(to_);
  }
}

TEST_F(RenameNew, AFileSystemThatKnowsNeitherGetsTheResultAllTheSame) {
  for (const int without_links : {EPERM, ENOSYS, EOPNOTSUPP, EMLINK}) {
    const NamingCalls calls{always(EINVAL), always(without_links)};
    std::ofstream(from_) << "result";
    EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, calls), 0) << without_links;
    expect_renamed();
    fs::remove(to_);
  }
}

TEST_F(RenameNew, ThereTooNothingIsReplaced) {
  std::ofstream(to_) << "somebody else's";
  EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, {always(EINVAL), always(EPERM)}), EEXIST);
  EXPECT_EQ(content(to_), "somebody else's");
  EXPECT_EQ(content(from_), "result");
}

TEST_F(RenameNew, AFailedRenameLeavesNoEmptyFileBehind) {
  fs::remove(from_);
  EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, {always(EINVAL), always(EPERM)}), ENOENT);
  EXPECT_FALSE(fs::exists(to_));
}

TEST_F(RenameNew, OtherErrorsAreHandedUp) {
  EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, {always(EROFS), always(0)}), EROFS);
  EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, {always(EINVAL), always(ENOSPC)}), ENOSPC);
  EXPECT_FALSE(fs::exists(to_));
  EXPECT_EQ(content(from_), "result");
}

TEST_F(RenameNew, ANameThatIsFreeAgainIsTriedAgain) {
  int refusals = 2;
  NamingCalls calls = system_naming_calls();
  calls.rename_no_replace = [&, system = calls.rename_no_replace](const auto& from,
                                                                  const auto& to) {
    return refusals-- > 0 ? EEXIST : system(from, to);
  };
  EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, calls), 0);
  expect_renamed();
}

TEST_F(RenameNew, ANameThatComesAndGoesForEverIsAnErrorNotASuccess) {
  EXPECT_EQ(rename_new({AT_FDCWD, from_}, to_, {always(EEXIST), always(0)}), EEXIST);
  EXPECT_EQ(content(from_), "result");
  EXPECT_FALSE(fs::exists(to_));
}

}  // namespace
}  // namespace latent
