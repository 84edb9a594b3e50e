// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/verdict_cache.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "test_networks.h"

namespace latent::infer {
namespace {

namespace fs = std::filesystem;

ProofVerdict good() {
  ProofVerdict verdict;
  verdict.passed = true;
  verdict.measured = true;
  verdict.worst = 1e-3;
  verdict.rms_expected = 0.5;
  return verdict;
}

TEST(VerdictCache, KeepsVerdictsAndCompiledNetworksTogether) {
  const CacheFolder folder;
  const VerdictCache cache(folder.path());
  EXPECT_FALSE(cache.find("gpu"));
  EXPECT_EQ(cache.blob_of("network"), "");
  cache.store("gpu", good());
  cache.keep_blob("network", "abc");
  ProofVerdict bad = good();
  bad.passed = false;
  bad.problem = "wrong by \"half\"";
  cache.store("npu", bad);
  ASSERT_TRUE(cache.find("gpu"));
  EXPECT_TRUE(cache.find("gpu")->passed);
  EXPECT_TRUE(cache.find("gpu")->cached);
  EXPECT_EQ(cache.find("gpu")->worst, 1e-3);
  EXPECT_EQ(cache.find("npu")->problem, bad.problem);
  EXPECT_EQ(cache.blob_of("network"), "abc");
  const VerdictCache none{{}};
  none.store("gpu", good());
  EXPECT_FALSE(none.find("gpu"));
}

TEST(Verdicts, OfAnotherShapeAreNone) {
  const std::string entry =
      R"({"passed": true, "problem": "", "worst": 0.0, "rms": 0.0, "rms_expected": 1, )"
      R"("seconds_per_megapixel": 1.5})";
  const auto with = [](const std::string& verdict) {
    return R"({"format": 4, "blobs": {"k": "abc", "l": 7}, "verdicts": {"a": )" + verdict + "}}";
  };
  EXPECT_EQ(parse_verdicts(with(entry)).verdicts.size(), 1U);
  EXPECT_EQ(parse_verdicts(with(entry)).blobs, (std::map<std::string, std::string>{{"k", "abc"}}));
  for (const char* text :
       {"", "[]", "7", "null", "{", "{\"format\": 4}", "{\"format\": \"2\", \"verdicts\": {}}",
        "{\"format\": 4, \"verdicts\": [], \"blobs\": []}", "{\"format\": 1, \"verdicts\": {}}"}) {
    const auto found = parse_verdicts(text);
    EXPECT_TRUE(found.verdicts.empty() && found.blobs.empty()) << text;
  }
  for (const char* verdict :
       {"7", "[]", "{}", "null", R"({"passed": 1, "problem": ""})",
        R"({"passed": true, "problem": ""})",
        R"({"passed": true, "problem": 3, "worst": 0.0, "rms": 0.0, "rms_expected": 1.0,
            "seconds_per_megapixel": 1.0})",
        R"({"passed": false, "problem": "", "worst": 0.0, "rms": 0.0, "rms_expected": 1.0,
            "seconds_per_megapixel": 1.0})",
        R"({"passed": true, "problem": "", "worst": "0", "rms": 0.0, "rms_expected": 1.0,
            "seconds_per_megapixel": 1.0})"}) {
    EXPECT_TRUE(parse_verdicts(with(verdict)).verdicts.empty()) << verdict;
  }
  Verdicts verdicts;
  verdicts.verdicts["a|b"] = good();
  verdicts.blobs["c"] = "d";
  verdicts.choices["e"] = {Precision::Int8, "a processor", "1.2", Precision::F32};
  const auto back = parse_verdicts(dump_verdicts(verdicts));
  EXPECT_EQ(back.blobs, verdicts.blobs);
  EXPECT_EQ(back.choices, verdicts.choices);
  for (const char* choice :
       {"7", "{}", R"({"precision": "auto"})", R"({"precision": "f64"})", R"({"precision": 3})"}) {
    const std::string text = R"({"format": 4, "choices": {"a": )" + std::string(choice) + "}}";
    EXPECT_TRUE(parse_verdicts(text).choices.empty()) << choice;
  }
  EXPECT_EQ(back.verdicts.at("a|b").rms_expected, 0.5);
}

TEST(VerdictCache, WhatIsNoFileOfOursIsAsNotThere) {
  const CacheFolder folder;
  fs::create_directories(folder.path());
  const fs::path file = folder.path() / "verdicts.json";
  const VerdictCache cache(folder.path());
  const auto holds_nothing = [&](const char* what) {
    EXPECT_FALSE(cache.find("gpu")) << what;
    cache.store("gpu", good());  // may fail, and does no harm
  };
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  holds_nothing("a pipe");
  EXPECT_EQ(fs::status(file).type(), fs::file_type::fifo) << "a pipe is never replaced";
  fs::remove(file);
  fs::create_directory(file);
  holds_nothing("a folder");
  fs::remove_all(file);
  std::ofstream(file) << "{}";
  fs::resize_file(file, std::uintmax_t{3} << 30U);  // a hole: no disk is filled
  holds_nothing("3 GB");
  fs::remove_all(folder.path());
  std::ofstream(folder.path()) << "a file where the folder should be";
  holds_nothing("no folder");
}

}  // namespace
}  // namespace latent::infer
