// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/standard_paths.h"

#include <gtest/gtest.h>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

using namespace latent;
namespace fs = std::filesystem;

class UserFolders : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"LATENT_CACHE", "LATENT_CONFIG", "LATENT_MODELS_DIR", "XDG_CACHE_HOME",
                             "XDG_CONFIG_HOME", "XDG_DATA_HOME"}) {
      ASSERT_EQ(unsetenv(name), 0);
    }
    home_ = fs::temp_directory_path() / ("latent_paths_" + std::to_string(::getpid()));
    fs::create_directories(home_);
    ASSERT_EQ(setenv("HOME", home_.c_str(), 1), 0);
  }
  void TearDown() override { fs::remove_all(home_); }

  fs::path home_;
};

TEST_F(UserFolders, LieInTheHomeFolder) {
  EXPECT_EQ(app::cache_folder(), home_ / ".cache/latent");
  EXPECT_EQ(app::config_folder(), home_ / ".config/latent");
  EXPECT_EQ(app::policy_file(), home_ / ".config/latent/policy.toml");
  EXPECT_EQ(app::models_store_folder(), home_ / ".local/share/latent/models");
  EXPECT_TRUE(app::folder_notices().empty());
}

TEST_F(UserFolders, AreThoseOfThePasswordEntryWhereHomeSaysNone) {
  const passwd* const entry = ::getpwuid(::getuid());
  ASSERT_NE(entry, nullptr);
  const fs::path expected = fs::path(entry->pw_dir) / ".cache/latent";
  for (const char* value : {"", ".", "somewhere"}) {
    ASSERT_EQ(setenv("HOME", value, 1), 0);
    EXPECT_EQ(app::cache_folder(), expected) << value;
  }
  ASSERT_EQ(unsetenv("HOME"), 0);
  EXPECT_EQ(app::cache_folder(), expected);
}

TEST_F(UserFolders, FollowTheStandardVariablesWhereTheyAreAbsolute) {
  ASSERT_EQ(setenv("XDG_CACHE_HOME", "/var/of/mine", 1), 0);
  EXPECT_EQ(app::cache_folder(), "/var/of/mine/latent");
  for (const char* value : {"", ".", "var/of/mine"}) {
    ASSERT_EQ(setenv("XDG_CACHE_HOME", value, 1), 0);
    EXPECT_EQ(app::cache_folder(), home_ / ".cache/latent") << value;
  }
}

TEST_F(UserFolders, AreNoneWhereEverybodyMayWrite) {
  const fs::path cache = home_ / ".cache/latent";
  fs::create_directories(cache);
  EXPECT_EQ(app::cache_folder(), cache);
  ASSERT_EQ(::chmod(cache.c_str(), 0777), 0);
  EXPECT_TRUE(app::cache_folder().empty());
  ASSERT_EQ(app::folder_notices().size(), 1U);
  EXPECT_NE(app::folder_notices().front().find("LATENT_CACHE"), std::string::npos);
  ASSERT_EQ(setenv("LATENT_CACHE", cache.c_str(), 1), 0);
  EXPECT_EQ(app::cache_folder(), cache);  // whoever names it vouches for it
  EXPECT_TRUE(app::folder_notices().empty());
}

TEST_F(UserFolders, AreNoneWhereTheyBelongToAnotherUser) {
  const fs::path config = home_ / ".config/latent";
  fs::create_directories(config);
  if (::chown(config.c_str(), 54'321, 54'321) != 0) GTEST_SKIP() << "only root can give it away";
  EXPECT_TRUE(app::config_folder().empty());
  EXPECT_TRUE(app::policy_file().empty());
  EXPECT_EQ(app::folder_notices().size(), 1U);
}

TEST(StandardPaths, TheUsersModelsAreLookedAtFirstAndThenTheFolderThatIsNamed) {
  ASSERT_EQ(setenv("LATENT_MODELS_DIR", "/of/the/user", 1), 0);
  ASSERT_EQ(setenv("LATENT_MODELS", "/named", 1), 0);
  const auto folders = app::model_folders();
  ASSERT_GE(folders.size(), 2U);
  EXPECT_EQ(folders[0], "/of/the/user");
  EXPECT_EQ(folders[1], "/named");
  EXPECT_EQ(app::built_in_model_folders().front(), "/named");
  EXPECT_EQ(std::ranges::count(folders, "/named"), 1);
}

}  // namespace
