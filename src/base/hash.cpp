// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include <sodium.h>

#include <fstream>
#include <vector>

#include "base/path.h"
#include "base/sha256_blocks.h"

namespace latent {

struct Sha256::State {
  crypto_hash_sha256_state sodium;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { crypto_hash_sha256_init(&state_->sodium); }
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  constexpr std::size_t kBlock = 64;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  const auto feed = [&](std::size_t count) {
    crypto_hash_sha256_update(&state_->sodium, data, count);
    data += count;
    left -= count;
  };
  if (has_sha256_instructions() && left >= 2 * kBlock) {
    // libsodium counts bits, and keeps what fills no block.
    if (const std::size_t begun = state_->sodium.count / 8 % kBlock; begun != 0) {
      feed(kBlock - begun);
    }
    const std::size_t blocks = left / kBlock;
    sha256_blocks(state_->sodium.state, data, blocks);
    state_->sodium.count += std::uint64_t{8} * kBlock * blocks;
    data += kBlock * blocks;
    left -= kBlock * blocks;
  }
  feed(left);
}

std::string Sha256::hex() {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_final(&state_->sodium, digest.data());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> text{};
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  return {text.data()};
}

std::string sha256_hex(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

Result<std::string> sha256_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::NotFound, path, quoted(path) + " cannot be opened for reading");
  Sha256 hash;
  std::vector<char> block(std::size_t{1} << 18U);
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    hash.update(std::as_bytes(std::span(block.data(), count)));
  }
  if (file.bad()) return fail(ErrorCode::Io, path, quoted(path) + " could not be read to its end");
  return hash.hex();
}

}  // namespace latent
