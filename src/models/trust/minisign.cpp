// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/minisign.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace latent::models {
namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kHead = 2 + kNumberBytes;
constexpr std::size_t kMaxText = 16'384;
constexpr std::string_view kTrusted = "trusted comment: ";
constexpr std::string_view kUntrusted = "untrusted comment:";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

/// Exactly `count` bytes in base64, or nothing.
Bytes decoded(std::string_view text, std::size_t count) {
  Bytes bytes(count + 3);
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                        &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size() || length != count) {
    return {};
  }
  bytes.resize(count);
  return bytes;
}

bool good(const unsigned char* signature, const unsigned char* message, std::size_t length,
          const MinisignKey& key) {
  return crypto_sign_verify_detached(signature, message, length, key.key.data()) == 0;
}

/// What is signed: the content, or its BLAKE2b-512.
Bytes signed_bytes(std::string_view content, bool hashed) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
  if (!hashed) return {bytes, bytes + content.size()};
  Bytes digest(crypto_generichash_BYTES_MAX);
  crypto_generichash(digest.data(), digest.size(), bytes, content.size(), nullptr, 0);
  return digest;
}

}  // namespace

Result<MinisignKey> parse_minisign_key(std::string_view text) {
  std::string_view line;
  if (text.size() <= kMaxText) {
    const auto lines = lines_of(text);
    if (lines.size() == 1) line = lines[0];
    if (lines.size() == 2 && lines[0].starts_with(kUntrusted)) line = lines[1];
  }
  const Bytes bytes = decoded(line, kHead + crypto_sign_PUBLICKEYBYTES);
  if (bytes.empty() || bytes[0] != 'E' || bytes[1] != 'd') {
    return fail(ErrorCode::Usage,
                "the key is no minisign public key: give its line, which begins with RW, or its "
                "file");
  }
  MinisignKey key;
  std::copy_n(bytes.begin() + 2, kNumberBytes, key.number.begin());
  std::copy_n(bytes.begin() + kHead, key.key.size(), key.key.begin());
  return key;
}

Result<std::string> verify_minisign(std::string_view content, std::string_view signature,
                                    const MinisignKey& key, const std::string& what) {
  const auto wrong = [&](const char* problem) {
    return fail(ErrorCode::Corrupt, what + " is not trusted: " + problem);
  };
  if (sodium_init() < 0) return wrong("the cryptographic library does not start");
  if (signature.size() > kMaxText) return wrong("its signature is too long to be one");
  const auto lines = lines_of(signature);
  if (lines.size() != 4 || !lines[0].starts_with(kUntrusted) || !lines[2].starts_with(kTrusted)) {
    return wrong("its signature is not in minisign's format");
  }
  const Bytes head = decoded(lines[1], kHead + crypto_sign_BYTES);
  const Bytes global = decoded(lines[3], crypto_sign_BYTES);
  const bool known = !head.empty() && head[0] == 'E' && (head[1] == 'd' || head[1] == 'D');
  if (!known || global.empty()) return wrong("its signature is not in minisign's format");
  if (!std::equal(key.number.begin(), key.number.end(), head.begin() + 2)) {
    return wrong("it is signed with another key than the one this repository was added with");
  }
  const Bytes message = signed_bytes(content, head[1] == 'D');
  if (!good(head.data() + kHead, message.data(), message.size(), key)) {
    return wrong("its signature is wrong");
  }
  const std::string_view comment = lines[2].substr(kTrusted.size());
  Bytes covered(head.begin() + kHead, head.end());
  covered.insert(covered.end(), comment.begin(), comment.end());
  if (!good(global.data(), covered.data(), covered.size(), key)) {
    return wrong("the signature of its trusted comment is wrong");
  }
  return std::string(comment);
}

}  // namespace latent::models
