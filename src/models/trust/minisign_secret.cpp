// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/minisign_secret.h"

#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace latent::models {
namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t kMaxText = 16'384;
constexpr std::string_view kUntrusted = "untrusted comment:";
constexpr std::uint64_t kMaxMemory = std::uint64_t{2} << 30U;
constexpr std::uint64_t kMaxWork = std::uint64_t{1} << 30U;

// The parts of a secret key, in bytes from its start.
constexpr std::size_t kKdf = 2;
constexpr std::size_t kCheckKind = 4;
constexpr std::size_t kSalt = 6;
constexpr std::size_t kWork = kSalt + crypto_pwhash_scryptsalsa208sha256_SALTBYTES;
constexpr std::size_t kMemory = kWork + 8;
constexpr std::size_t kSecret = kMemory + 8;  // number, key and checksum: hidden by the password
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kCheckBytes = 32;
constexpr std::size_t kSecretBytes = kNumberBytes + crypto_sign_SECRETKEYBYTES + kCheckBytes;
constexpr std::size_t kAll = kSecret + kSecretBytes;

tl::unexpected<Error> no_key() {
  return fail(ErrorCode::Usage,
              "the file is no minisign secret key; minisign -G makes one, and its .key file is "
              "what signs");
}

/// The bytes of the key in the file's second line.
Result<Bytes> bytes_of(std::string_view text) {
  if (text.size() > kMaxText || !text.starts_with(kUntrusted)) return no_key();
  text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  Bytes bytes(kAll + 3);
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                        &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size() || length != kAll) {
    return no_key();
  }
  bytes.resize(kAll);
  const auto says = [&](std::size_t at, unsigned char first, unsigned char second) {
    return bytes[at] == first && bytes[at + 1] == second;
  };
  const bool plain = says(kKdf, 0, 0);
  if (!says(0, 'E', 'd') || !says(kCheckKind, 'B', '2') || !(plain || says(kKdf, 'S', 'c'))) {
    return no_key();
  }
  return bytes;
}

bool is_protected(const Bytes& bytes) { return bytes[kKdf] != 0; }

std::uint64_t number_at(const Bytes& bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8U | bytes[at + i];
  return number;
}

/// Takes the password's stream off the secret part.
Status uncover(Bytes& bytes, const std::string& password) {
  const std::uint64_t work = number_at(bytes, kWork);
  const std::uint64_t memory = number_at(bytes, kMemory);
  if (memory > kMaxMemory || work > kMaxWork) {
    return fail(ErrorCode::TooLarge,
                "the secret key asks for more memory or time for its password than 2 GiB; make "
                "one with minisign -G");
  }
  Bytes stream(kSecretBytes);
  if (crypto_pwhash_scryptsalsa208sha256(stream.data(), stream.size(), password.data(),
                                         password.size(), bytes.data() + kSalt, work,
                                         static_cast<std::size_t>(memory)) != 0) {
    return fail(ErrorCode::TooLarge, "there is not enough memory for the secret key's password");
  }
  for (std::size_t i = 0; i < kSecretBytes; ++i) bytes[kSecret + i] ^= stream[i];
  return {};
}

/// Whether the checksum holds: BLAKE2b of algorithm, number and key.
bool checks(const Bytes& bytes) {
  const auto* secret = bytes.data() + kSecret;
  std::array<unsigned char, kCheckBytes> sum{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, sum.size());
  crypto_generichash_update(&state, bytes.data(), 2);
  crypto_generichash_update(&state, secret, kNumberBytes + crypto_sign_SECRETKEYBYTES);
  crypto_generichash_final(&state, sum.data(), sum.size());
  return std::equal(sum.begin(), sum.end(), secret + kNumberBytes + crypto_sign_SECRETKEYBYTES);
}

std::string base64(std::span<const unsigned char> bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // its end mark
  return text;
}

Bytes signature_of(std::span<const unsigned char> message, const MinisignSecret& secret) {
  Bytes signature(crypto_sign_BYTES);
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                       secret.key.data());
  return signature;
}

}  // namespace

MinisignSecret::~MinisignSecret() { sodium_memzero(key.data(), key.size()); }

Result<bool> needs_password(std::string_view text) {
  LATENT_TRY(const Bytes bytes, bytes_of(text));
  return is_protected(bytes);
}

Result<MinisignSecret> parse_minisign_secret(std::string_view text, const std::string& password) {
  if (sodium_init() < 0) {
    return fail(ErrorCode::Internal, "the cryptographic library does not start");
  }
  LATENT_TRY(Bytes bytes, bytes_of(text));
  if (is_protected(bytes)) {
    LATENT_CHECK(uncover(bytes, password));
    if (!checks(bytes)) return fail(ErrorCode::Usage, "the password of the secret key is wrong");
  }
  MinisignSecret secret;
  const auto* part = bytes.data() + kSecret;
  std::copy_n(part, secret.number.size(), secret.number.begin());
  std::copy_n(part + kNumberBytes, secret.key.size(), secret.key.begin());
  sodium_memzero(bytes.data(), bytes.size());
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> whole{};
  crypto_sign_seed_keypair(open.data(), whole.data(), secret.key.data());
  if (whole != secret.key) return no_key();
  sodium_memzero(whole.data(), whole.size());
  return secret;
}

std::string public_line(const MinisignSecret& secret) {
  Bytes bytes{'E', 'd'};
  bytes.insert(bytes.end(), secret.number.begin(), secret.number.end());
  bytes.insert(bytes.end(), secret.key.end() - crypto_sign_PUBLICKEYBYTES, secret.key.end());
  return base64(bytes);
}

Result<std::string> sign_minisign(std::string_view content, const MinisignSecret& secret,
                                  const std::string& trusted_comment) {
  if (sodium_init() < 0) {
    return fail(ErrorCode::Internal, "the cryptographic library does not start");
  }
  if (trusted_comment.find_first_of("\r\n") != std::string::npos) {
    return fail(ErrorCode::Usage, "the comment of a signature is one line");
  }
  Bytes digest(crypto_generichash_BYTES_MAX);
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(content.data()), content.size(),
                     nullptr, 0);
  const Bytes signature = signature_of(digest, secret);
  Bytes head{'E', 'D'};
  head.insert(head.end(), secret.number.begin(), secret.number.end());
  head.insert(head.end(), signature.begin(), signature.end());
  Bytes covered = signature;
  covered.insert(covered.end(), trusted_comment.begin(), trusted_comment.end());
  return "untrusted comment: signature of an index of models, made by latent models publish\n" +
         base64(head) + "\ntrusted comment: " + trusted_comment + "\n" +
         base64(signature_of(covered, secret)) + "\n";
}

}  // namespace latent::models
