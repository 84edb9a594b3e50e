// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/offers.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "models/store/download.h"

namespace latent::models {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json good_index() {
  return json::parse(R"({"latent_index": 1, "name": "n", "serial": 3, "date": "2026", "models": {
    "tiny": {"name": "Tiny", "task": "denoise", "version": "1.10", "description": "d",
             "url": "tiny.dtmodel", "sha256": "", "size": 12,
             "licence": {"weights": "MIT", "data": "CC0-1.0"},
             "openness": {"osaid": "Open Weights", "mof": "Class II"}, "data": "ours"}}})");
}

json signed_index() {
  auto index = good_index();
  index["models"]["tiny"]["sha256"] = std::string(64, 'a');
  return index;
}

TEST(Offers, ReadsOurIndexAndKeepsIt) {
  const auto index = parse_latent_index(signed_index().dump(), {});
  ASSERT_TRUE(index) << index.error().sentence;
  EXPECT_EQ(index->serial, 3);
  ASSERT_EQ(index->offers.size(), 1U);
  EXPECT_EQ(index->offers[0].trust.mof, "Class II");
  const auto again = parse_offers(dump_offers(*index), {});
  ASSERT_TRUE(again) << again.error().sentence;
  EXPECT_EQ(again->offers[0].url, "tiny.dtmodel");
  EXPECT_EQ(again->offers[0].trust, index->offers[0].trust);
}

TEST(Offers, EveryKeyOfOurIndexMustBeThereAndTyped) {
  const auto whole = signed_index();
  for (const auto& [key, value] : whole["models"]["tiny"].items()) {
    if (key == "description") continue;
    auto changed = whole;
    changed["models"]["tiny"].erase(key);
    auto index = parse_latent_index(changed.dump(), {});
    ASSERT_FALSE(index) << key;
    EXPECT_THAT(index.error().sentence, HasSubstr("models.tiny." + key));
    changed["models"]["tiny"][key] = value.is_boolean() ? json(3) : json(true);
    index = parse_latent_index(changed.dump(), {});
    ASSERT_FALSE(index) << key;
  }
  auto newer = whole;
  newer["latent_index"] = 2;
  EXPECT_EQ(parse_latent_index(newer.dump(), {}).error().code, ErrorCode::Unsupported);
  auto unknown = whole;
  unknown["more"] = 1;
  EXPECT_FALSE(parse_latent_index(unknown.dump(), {}));
}

TEST(Offers, ReadsDarktablesIndexes) {
  const auto releases = parse_releases_index(
      R"({"schema":1,"compatible_releases":{"5.6.0":"release-5.6.0"},"more":[]})");
  ASSERT_TRUE(releases) << releases.error().sentence;
  EXPECT_EQ(releases->at("5.6.0"), "release-5.6.0");
  EXPECT_FALSE(parse_releases_index(R"({"compatible_releases":{"5.6.0":"../x"}})"));
  EXPECT_FALSE(parse_releases_index(R"({"schema":2,"compatible_releases":{}})"));

  const std::string hash = "sha256:" + std::string(64, 'b');
  const auto offers = parse_versions(
      json{{"models",
            {{"a", {{"version", "1.0"}, {"sha256", hash}, {"size", 5}, {"license", "MIT"}}},
             {"old", "1.0"}}}}
          .dump(),
      {});
  ASSERT_TRUE(offers) << offers.error().sentence;
  ASSERT_EQ(offers->size(), 1U) << "an entry without a hash is no offer";
  EXPECT_EQ((*offers)[0].sha256, std::string(64, 'b'));
  EXPECT_EQ((*offers)[0].trust.weights_licence, "MIT");
  EXPECT_EQ((*offers)[0].trust.data, "");
  const auto bare = parse_versions(
      json{{"models", {{"a", {{"version", "1.0"}, {"sha256", std::string(64, 'b')}}}}}}.dump(), {});
  ASSERT_FALSE(bare);
  EXPECT_THAT(bare.error().sentence, HasSubstr("models.a.sha256"));
}

TEST(Offers, ComparesVersionsAsNumbers) {
  EXPECT_LT(compare_versions("1.9", "1.10"), 0);
  EXPECT_GT(compare_versions("2.0", "1.99"), 0);
  EXPECT_EQ(compare_versions("1.0", "1.0"), 0);
}

TEST(Offers, AnAddressIsHttpsWhateverTheIndexSays) {
  const std::string base = "https://host/models/latent-index.json";
  EXPECT_EQ(resolve_url(base, "a/b.dtmodel").value(), "https://host/models/a/b.dtmodel");
  EXPECT_EQ(resolve_url(base, "/b.dtmodel").value(), "https://host/b.dtmodel");
  EXPECT_EQ(resolve_url(base, "https://other/x").value(), "https://other/x");
  for (const char* bad : {"http://host/x", "file:///etc/passwd", "ftp://host/x",
                          "https://user:word@host/x", "//user@host/x"}) {
    EXPECT_FALSE(resolve_url(base, bad)) << bad;
  }
  EXPECT_FALSE(resolve_url("no address", ""));
}

}  // namespace
}  // namespace latent::models
