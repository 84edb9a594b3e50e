// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/json.h"

#include <gmock/gmock.h>

namespace latent::models {
namespace {

using testing::HasSubstr;

TEST(Json, KeepsTheTypesOfTheText) {
  const auto json =
      parse_json(R"({"i": 3, "r": 3.0, "t": "x", "b": true, "n": null, "a": [1]})", "text", 1000);
  ASSERT_TRUE(json) << json.error().sentence;
  const auto& object = *json->as_object();
  EXPECT_EQ(*object.at("i").as_integer(), 3);
  EXPECT_EQ(object.at("i").as_real(), nullptr);
  EXPECT_EQ(*object.at("r").as_real(), 3.0);
  EXPECT_EQ(*object.at("t").as_string(), "x");
  EXPECT_TRUE(*object.at("b").as_bool());
  EXPECT_TRUE(object.at("n").is_null());
  EXPECT_EQ(object.at("a").as_array()->size(), 1U);
}

TEST(Json, WhatIsDumpedIsReadAgain) {
  const Json value(Json::Object{{"list", Json::Array{Json(std::int64_t{-1}), Json(0.5), Json("é")}},
                                {"none", Json{}}});
  const auto again = parse_json(dump_json(value), "text", 1000);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, value);
}

TEST(Json, RefusesAKeyThatStandsTwice) {
  const auto json = parse_json(R"({"a": {"b": 1, "b": 1}})", "file", 1000);
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(json.error().sentence, HasSubstr("file is refused: the key 'b' stands twice"));
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const char* text : {"", "{", "{} {}", "{'a': 1}", "[1,]", "nul", "\"\xFF\"", "// x\n{}",
                           "[1e999]", "[18446744073709551615]"}) {
    const auto json = parse_json(text, "file", 1000);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().code, ErrorCode::Corrupt) << text;
  }
}

TEST(Json, RefusesATowerOfBracketsAndALongText) {
  const auto deep = parse_json(std::string(100'000, '['), "file", 1'000'000);
  ASSERT_FALSE(deep);
  EXPECT_THAT(deep.error().sentence, HasSubstr("nested too deep"));
  const auto large = parse_json(std::string(2000, ' '), "file", 1000);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace latent::models
