// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/standard_paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace {

using namespace latent;

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
