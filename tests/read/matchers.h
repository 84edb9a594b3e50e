// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/path.h"
#include "base/result.h"

namespace latent::read::test {

/// One sentence about one file: begins with its quoted name, has no line break, no second sentence.
inline void expect_one_sentence(const Error& error, const std::filesystem::path& path) {
  EXPECT_THAT(error.sentence, ::testing::StartsWith(quoted(path) + " ")) << error.sentence;
  const std::string rest = error.sentence.substr(quoted(path).size());
  EXPECT_THAT(rest, ::testing::Not(::testing::HasSubstr("\n"))) << error.sentence;
  EXPECT_THAT(rest, ::testing::Not(::testing::HasSubstr(". "))) << error.sentence;
  EXPECT_GT(rest.size(), 10U) << error.sentence;
}

/// ../shared/data beside the repository, or LATENT_SHARED_DATA; may not exist.
inline std::filesystem::path shared_data() {
  if (const char* given = std::getenv("LATENT_SHARED_DATA")) return given;
  return std::filesystem::path(LATENT_SOURCE_DIR) / ".." / "shared" / "data";
}

}  // namespace latent::read::test
