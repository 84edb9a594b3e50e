// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/path_text.h"

#include <gtest/gtest.h>

namespace latent::app {
namespace {

TEST(PathText, APathIsItsOwnText) {
  EXPECT_EQ(text_of_path("/a/modèle été.dng"), "/a/modèle été.dng");
  EXPECT_EQ(*path_of_text("/a/modèle été.dng", "/f"), "/a/modèle été.dng");
  EXPECT_EQ(*path_of_text("100%.dng", {}), "100%.dng");
}

TEST(PathText, ARelativePathCountsFromTheFolder) {
  EXPECT_EQ(*path_of_text("b.dng", "/jobs/a"), "/jobs/a/b.dng");
  EXPECT_EQ(*path_of_text("b.dng", {}), "b.dng");
}

TEST(PathText, ANameThatIsNoUtf8IsAUriThatGivesTheSameBytesBack) {
  const std::filesystem::path latin1("/f/\xE9t\xE9 %.dng");
  const std::string text = text_of_path(latin1);
  EXPECT_EQ(text, "file:///f/%E9t%E9%20%25.dng");
  EXPECT_EQ(path_of_text(text, "/g")->native(), latin1.native());
  // A relative one has to become absolute, since a URI is.
  EXPECT_EQ(text_of_path("\xE9").substr(0, 8), "file:///");
}

TEST(PathText, EveryByteButNulGoesThroughAUri) {
  std::string bytes = "/";
  for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
  EXPECT_EQ(path_of_text(text_of_path(bytes), {})->native(), bytes);
}

TEST(PathText, AnotherProgramsUrisAreRead) {
  EXPECT_EQ(*path_of_text("file://localhost/a%20b", {}), "/a b");
  EXPECT_EQ(*path_of_text("file:/a%c3%a9", {}), "/aé");
}

TEST(PathText, ARelativePathThatLooksLikeAUriIsToldApart) {
  EXPECT_EQ(text_of_path("file:/a"), "./file:/a");
  EXPECT_EQ(*path_of_text("./file:/a", {}), "./file:/a");
}

TEST(PathText, WhatIsNoPathIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("a\0b", 3), std::string("file://host/a"),
        std::string("file:///a%"), std::string("file:///a%0"), std::string("file:///%00"),
        std::string("file:///%zz"), std::string("file:///%-1")}) {
    const auto path = path_of_text(text, {});
    ASSERT_FALSE(path) << text;
    EXPECT_EQ(path.error().code, ErrorCode::Usage);
  }
}

}  // namespace
}  // namespace latent::app
