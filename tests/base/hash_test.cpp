// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

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

TEST(Sha256, TheProcessorsInstructionsGiveWhatLibsodiumGives) {
  std::vector<unsigned char> bytes(5000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * i >> 3U);
  for (const std::size_t size : {0UL, 1UL, 63UL, 64UL, 127UL, 128UL, 129UL, 1000UL, 5000UL}) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> plain{};
    crypto_hash_sha256(plain.data(), bytes.data(), size);
    std::array<char, 65> expected{};
    sodium_bin2hex(expected.data(), expected.size(), plain.data(), plain.size());
    for (const std::size_t first : {std::size_t{0}, std::size_t{1}, std::size_t{200}}) {
      Sha256 hash;
      const auto all = std::as_bytes(std::span(bytes).first(size));
      hash.update(all.first(std::min(first, size)));
      hash.update(all.subspan(std::min(first, size)));
      EXPECT_EQ(hash.hex(), expected.data()) << size << " " << first;
    }
  }
}

TEST(Sha256, ReadsAFileAndNamesAMissingOne) {
  const auto path = std::filesystem::temp_directory_path() / "latent_hash_test.bin";
  std::ofstream(path, std::ios::binary) << "abc";
  const auto digest = sha256_file(path);
  ASSERT_TRUE(digest) << digest.error().sentence;
  EXPECT_EQ(*digest, kDigestOfAbc);
  std::filesystem::remove(path);
  const auto missing = sha256_file(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_NE(missing.error().sentence.find("latent_hash_test.bin"), std::string::npos);
}

}  // namespace
}  // namespace latent
