// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace latent {
namespace {

Result<int> halved(int value) {
  if (value % 2 != 0) return fail(ErrorCode::Corrupt, "odd");
  return value / 2;
}

Result<int> quartered(int value) {
  LATENT_TRY(const int half, halved(value));
  LATENT_TRY(const int quarter, halved(half));
  return quarter;
}

Status whole(int value) {
  LATENT_CHECK(halved(value));
  return {};
}

TEST(Result, TryHandsUpTheFirstError) {
  EXPECT_EQ(*quartered(8), 2);
  const auto refused = quartered(6);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Corrupt);
  EXPECT_EQ(refused.error().sentence, "odd");
  EXPECT_NE(std::string(refused.error().file).find("result_test.cpp"), std::string::npos);
}

TEST(Result, CheckHandsUpTheErrorOfAStatus) {
  EXPECT_TRUE(whole(2));
  EXPECT_FALSE(whole(3));
}

TEST(Result, EveryCodeHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
    names.insert(error_code_name(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::Internal) + 1);
}

}  // namespace
}  // namespace latent
