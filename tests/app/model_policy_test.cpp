// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_policy.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

namespace latent::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string problem_of(const std::string& text) {
  const auto policy = parse_policy(text);
  if (policy) return "";
  EXPECT_EQ(policy.error().code, ErrorCode::Corrupt);
  return policy.error().sentence;
}

// toml++ 3.3 is undefined on each of these: the letters of the first reached it in a run of a
// fuzzer.
TEST(ModelPolicy, LettersBeyondAsciiOutsideOfCommentsAreRefusedBeforeTomlReadsThem) {
  const std::array<std::string, 11> texts{"unQf6LRf\xC6\xB3RCG[IO\n",
                                          "\xC3\xA9 = 1\n",
                                          "a = \xC3\xA9\n",
                                          "a = 1\"\xC3\xA9\"\n",
                                          "a = 1'\xC3\xA9'\n",
                                          "\"\xC3\xA9\" = \"any\"\n",
                                          "a = \"x\" \xC3\xA9\n",
                                          "a = \"x\\\"\" \xC3\xA9\n",
                                          "a = '\\' \xC3\xA9\n",
                                          "\"# no comment\n\xC3\xA9\n",
                                          "licences = [\"x\xC3\xA9\"]\n"};
  for (const std::string& text : texts) {
    EXPECT_THAT(problem_of(text), HasSubstr("letters beyond ASCII")) << text;
  }
  EXPECT_THAT(problem_of("# fine\nmof = \"any\"\n\xC3\xA9\n"), HasSubstr("in line 3"));
}

// toml++ 3.3 takes for granted that a key follows the bracket: the first reached it in a run of a
// fuzzer.
TEST(ModelPolicy, SectionsAreRefusedBeforeTomlReadsThem) {
  for (const std::string text : {"[\x02", "[*]\n", "mof = \"any\"\n  [[ =\n", "\t[a]\n",
                                 "[\xE2\xBA\x80]\n", "licences = [\n  [1]\n]\n"}) {
    EXPECT_THAT(problem_of(text), HasSubstr("may not have sections")) << text;
  }
  EXPECT_EQ(problem_of("licences = [\n  \"MIT\",\n]  # [\n"), "");
}

TEST(ModelPolicy, StringsOfSeveralLinesAreRefused) {
  for (const std::string quote : {"\"\"\"", "'''"}) {
    EXPECT_THAT(problem_of("mof = " + quote + "\\\n \xC3\xA9" + quote + "\n"),
                HasSubstr("strings of several lines"));
  }
}

TEST(ModelPolicy, CommentsMayHoldAnyLetters) {
  const auto policy = parse_policy(
      "\xEF\xBB\xBF# nur f\xC3\xBCr mich: \xE4\xBA\xBA, \"\nmof = \"class-2\"  # '\xC3\xA9\n"
      "licences = [\"MIT\", 'a # b']  # \xC3\xA9\n");
  ASSERT_TRUE(policy) << policy.error().sentence;
  EXPECT_EQ(policy->least_mof, models::MofClass::II);
  EXPECT_THAT(policy->licences, ElementsAre("MIT", "a # b"));
}

TEST(ModelPolicy, NamesBeyondAsciiAreWrittenSoThatTheyAreReadBack) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("latent_policy_" + std::to_string(::getpid())) / "policy.toml";
  models::Policy policy;
  ASSERT_TRUE(set_policy(policy, "licences", "Lizenz f\xC3\xBCr \"alle\", \xF0\x9F\x93\xB7 \\u"));
  const auto names = policy.licences;
  ASSERT_TRUE(write_policy(file, policy));
  const auto back = read_policy(file);
  ASSERT_TRUE(back) << back.error().sentence;
  EXPECT_EQ(back->licences, names);
  const auto torn = set_policy(policy, "licences", "\xC3");
  ASSERT_FALSE(torn);
  EXPECT_EQ(torn.error().code, ErrorCode::Usage);
  std::filesystem::remove_all(file.parent_path());
}

TEST(ModelPolicy, ASentenceNamesTheFileAndWhatHelps) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("latent_policy_" + std::to_string(::getpid()) + ".toml");
  std::ofstream(file) << "mof = ";
  const auto policy = read_policy(file);
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(policy.error().sentence, HasSubstr(file.string()));
  EXPECT_THAT(policy.error().sentence, HasSubstr("not TOML at line 1"));
  EXPECT_THAT(policy.error().sentence, HasSubstr("latent models policy set"));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace latent::app
