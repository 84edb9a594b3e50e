// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace latent {
namespace {

// FIPS 180-2, appendix B.1.
constexpr const char* kDigestOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, AgreesWithTheStandardsExample) {
  const std::string text = "abc";
  EXPECT_EQ(sha256_hex(std::as_bytes(std::span(text))), kDigestOfAbc);
}

TEST(Sha256, DoesNotDependOnThePieces) {
  const std::string text = "abc";
  Sha256 hash;
  for (const char& letter : text) hash.update(std::as_bytes(std::span(&letter, 1)));
  EXPECT_EQ(hash.hex(), kDigestOfAbc);
}

TEST(Sha256, ReadsAFileAndNamesAMissingOne) {
  const auto path = std::filesystem::temp_directory_path() / "latent_hash_test.bin";
  std::ofstream(path, std::ios::binary) << "abc";
  const auto digest = sha256_file(path);
  ASSERT_TRUE(digest) << digest.error().message;
  EXPECT_EQ(*digest, kDigestOfAbc);
  std::filesystem::remove(path);
  const auto missing = sha256_file(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_NE(missing.error().message.find("latent_hash_test.bin"), std::string::npos);
}

}  // namespace
}  // namespace latent
