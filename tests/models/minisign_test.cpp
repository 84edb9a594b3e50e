// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/minisign.h"

#include <gmock/gmock.h>
#include <sodium.h>

#include <array>
#include <vector>

namespace latent::models {
namespace {

using testing::HasSubstr;
using Bytes = std::vector<unsigned char>;

void append(Bytes& bytes, const auto& more) {
  for (const auto byte : more) bytes.push_back(static_cast<unsigned char>(byte));
}

/// What stands before a key or a signature: the algorithm and the key's number.
Bytes head_of(char algorithm) {
  Bytes bytes;
  append(bytes, std::string("E") + algorithm);
  for (unsigned char digit = 1; digit <= 8; ++digit) bytes.push_back(digit);
  return bytes;
}

std::string base64(const Bytes& bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

/// Signs as minisign does.
struct Signer {
  Signer() {
    if (sodium_init() < 0) return;
    std::array<unsigned char, crypto_sign_SEEDBYTES> seed{};
    seed.fill(5);
    crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.data());
  }
  [[nodiscard]] Bytes sign(const Bytes& message) const {
    Bytes signature(crypto_sign_BYTES);
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                         secret_key.data());
    return signature;
  }
  [[nodiscard]] std::string key_line() const {
    Bytes bytes = head_of('d');
    append(bytes, public_key);
    return base64(bytes);
  }
  [[nodiscard]] std::string signature(const std::string& content, char algorithm,
                                      const std::string& comment = "made for a test") const {
    Bytes message(content.begin(), content.end());
    if (algorithm == 'D') {
      Bytes digest(64);
      crypto_generichash(digest.data(), digest.size(), message.data(), message.size(), nullptr, 0);
      message = digest;
    }
    const Bytes signed_message = sign(message);
    Bytes head = head_of(algorithm);
    append(head, signed_message);
    Bytes covered = signed_message;
    append(covered, comment);
    return "untrusted comment: x\n" + base64(head) + "\ntrusted comment: " + comment + "\n" +
           base64(sign(covered)) + "\n";
  }
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_key{};
};

TEST(Minisign, AcceptsBothForms) {
  const Signer signer;
  const auto key = parse_minisign_key(signer.key_line());
  ASSERT_TRUE(key) << key.error().sentence;
  for (const char algorithm : {'d', 'D'}) {
    const auto comment =
        verify_minisign("content", signer.signature("content", algorithm), *key, "it");
    ASSERT_TRUE(comment) << comment.error().sentence;
    EXPECT_EQ(*comment, "made for a test");
  }
  EXPECT_TRUE(parse_minisign_key("untrusted comment: my key\n" + signer.key_line() + "\n"));
}

TEST(Minisign, RefusesWhatIsNotSigned) {
  const Signer signer;
  const auto key = parse_minisign_key(signer.key_line());
  ASSERT_TRUE(key);
  const std::string good = signer.signature("content", 'D');
  const auto why = [&](const std::string& content, const std::string& signature) {
    const auto verdict = verify_minisign(content, signature, *key, "the index");
    EXPECT_FALSE(verdict);
    return verdict ? "" : verdict.error().sentence;
  };
  EXPECT_THAT(why("Content", good), HasSubstr("the index is not trusted: its signature is wrong"));
  std::string other_comment = good;
  other_comment.replace(other_comment.find("made"), 4, "maid");
  EXPECT_THAT(why("content", other_comment), HasSubstr("trusted comment is wrong"));
  EXPECT_THAT(why("content", ""), HasSubstr("not in minisign's format"));
  EXPECT_THAT(why("content", good.substr(0, good.size() / 2)), HasSubstr("format"));
  EXPECT_THAT(why("content", std::string(20'000, 'x')), HasSubstr("too long"));
  MinisignKey another = *key;
  another.number[0] ^= 1U;
  EXPECT_THAT(verify_minisign("content", good, another, "it").error().sentence,
              HasSubstr("another key"));
}

TEST(Minisign, RefusesWhatIsNoKey) {
  for (const char* text : {"", "RW", "not base64 at all", "untrusted comment: x\n\n\n"}) {
    EXPECT_FALSE(parse_minisign_key(text)) << text;
  }
  EXPECT_FALSE(parse_minisign_key(base64(Bytes(42, 0))));  // another algorithm
}

}  // namespace
}  // namespace latent::models
