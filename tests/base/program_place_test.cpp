// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/program_place.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

TEST(ProgramPlace, IsTheFolderOfTheProgramThatRuns) {
  EXPECT_TRUE(std::filesystem::exists(program_folder() / "base_program_place_test"));
  EXPECT_TRUE(own_library().empty());  // this code is in the program, in no shared library
}

TEST(ProgramPlace, HasAPrivateFolderBesideIt) {
  const auto folder = private_folder();
  EXPECT_TRUE(folder.is_absolute());
  EXPECT_EQ(folder.filename(), "latent");
  EXPECT_NE(folder.string().find("/lib"), std::string::npos);
  EXPECT_EQ(folder.string().find(".."), std::string::npos);
}

}  // namespace
}  // namespace latent
