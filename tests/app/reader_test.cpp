// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "app/about.h"
#include "read/reader.h"

namespace latent::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ReaderOfFiles : public testing::Test {
 protected:
  void TearDown() override {
    read::read_with(std::nullopt);
    ::unsetenv("LATENT_READER");
  }
};

TEST_F(ReaderOfFiles, WithoutASandboxSaysWhatIsLost) {
  const std::string lost = read_files_by({.sandbox = false, .most_seconds = {}});
  EXPECT_THAT(lost, StartsWith("--no-sandbox: files are decoded in this process"));
  EXPECT_THAT(lost, HasSubstr("all rights of your account"));
  EXPECT_FALSE(read::current_reader());
  EXPECT_EQ(reading_words(), "in this process, without a sandbox");
}

TEST_F(ReaderOfFiles, IsTheOneThatIsNamedWithTheTimeThatIsGiven) {
  ::setenv("LATENT_READER", "/opt/latent/reader", 1);
  EXPECT_EQ(read_files_by({.sandbox = true, .most_seconds = 7}), "");
  const auto reader = read::current_reader();
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->program, "/opt/latent/reader");
  EXPECT_EQ(reader->most_seconds, 7);
  EXPECT_THAT(reading_words(), StartsWith("in a process of its own ("));
}

TEST_F(ReaderOfFiles, ThatIsNotInstalledIsMissed) {
  ::unsetenv("LATENT_READER");  // beside a test there is none
  EXPECT_THAT(read_files_by({}), StartsWith("latent-reader, which decodes files"));
  EXPECT_FALSE(read::current_reader());
}

TEST_F(ReaderOfFiles, AboutNamesEnginesLibrariesAndHowFilesAreRead) {
  const std::string text = about();
  for (const char* part : {"licence  GPL-3.0-or-later", "engines\n", "libraries\n", "LibRaw",
                           "Little CMS", "\nmodels", "in this process, without a sandbox"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

}  // namespace
}  // namespace latent::app
