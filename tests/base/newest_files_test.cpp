// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/newest_files.h"

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>

namespace latent {
namespace {

namespace fs = std::filesystem;

class NewestFiles : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    const auto now = fs::file_time_type::clock::now();
    for (int age = 1; age <= 4; ++age) {
      const fs::path file = folder_ / (std::to_string(age) + ".blob");
      std::ofstream(file) << std::string(100, 'x');
      fs::last_write_time(file, now - std::chrono::hours(age));
    }
    std::ofstream(folder_ / "5.other") << "kept";
  }

  [[nodiscard]] std::string left() const {
    std::string names;
    for (int age = 1; age <= 4; ++age) {
      if (fs::exists(folder_ / (std::to_string(age) + ".blob"))) names += std::to_string(age);
    }
    return names + (fs::exists(folder_ / "5.other") ? "o" : "");
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "newest_files";
};

TEST_F(NewestFiles, AreKeptUpToANumber) {
  keep_newest_files(folder_, ".blob", {.most_files = 3});
  EXPECT_EQ(left(), "123o");
}

TEST_F(NewestFiles, AreKeptUpToTheirBytes) {
  keep_newest_files(folder_, ".blob", {.most_bytes = 250});
  EXPECT_EQ(left(), "12o");
  keep_newest_files(folder_, ".blob", {.most_bytes = 99});
  EXPECT_EQ(left(), "o");
}

TEST_F(NewestFiles, OfAFolderThatIsGoneAreNone) {
  keep_newest_files(folder_ / "none", ".blob", {.most_files = 0});
  EXPECT_EQ(left(), "1234o");
}

}  // namespace
}  // namespace latent
