// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/blob_cache.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/file_access.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/newest_files.h"
#include "base/path.h"
#include "base/safe_file.h"

namespace latent::infer {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBlobs = 24;
constexpr std::uint64_t kMaxBlobBytes = std::uint64_t{4} << 30U;

struct Header {
  std::array<char, 8> magic{'L', 'T', 'B', 'L', 'O', 'B', '0', '1'};
  std::array<char, 64> key{};  ///< SHA-256 of the key, hex
  std::uint64_t size = 0;
  std::uint64_t checksum = 0;
};

/// FNV-1a over words of eight bytes: some milliseconds where SHA-256 would take a tenth of a
/// second.
std::uint64_t checksum_of(std::span<const char> bytes) {
  std::uint64_t sum = 14695981039346656037ULL;
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, std::min(sizeof(word), bytes.size() - i));
    sum = (sum ^ word) * 1099511628211ULL;
    sum ^= sum >> 29U;
  }
  return sum;
}

std::string digest_of(const std::string& key) {
  return sha256_hex({reinterpret_cast<const std::byte*>(key.data()), key.size()});
}

Header header_for(const std::string& key, std::span<const char> bytes) {
  Header header;
  const std::string digest = digest_of(key);
  std::copy_n(digest.begin(), header.key.size(), header.key.begin());
  header.size = bytes.size();
  header.checksum = checksum_of(bytes);
  return header;
}

}  // namespace

Status keep_file(const fs::path& path, std::initializer_list<std::string_view> parts) {
  LATENT_CHECK(make_private_folders(path.parent_path()));
  return replace_file(path, parts);
}

fs::path BlobCache::file_for(const std::string& key) const {
  return folder_ / (digest_of(key).substr(0, 32) + ".blob");
}

std::vector<char> BlobCache::load(const std::string& key) const {
  if (folder_.empty()) return {};
  const fs::path path = file_for(key);
  std::error_code absent;
  if (!fs::is_regular_file(path, absent)) return {};  // nobody waits for a pipe
  std::ifstream file(path, std::ios::binary);
  Header header;
  if (!file.read(reinterpret_cast<char*>(&header), sizeof(header))) return {};
  std::error_code code;
  const auto size = fs::file_size(path, code);
  if (code || header.size > kMaxBlobBytes || size != header.size + sizeof(header)) return {};
  std::vector<char> bytes(header.size);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return {};
  const Header expected = header_for(key, bytes);
  if (std::memcmp(&header, &expected, sizeof(header)) != 0) {
    log_warning("the compiled model " + quoted(path) + " is damaged and is made anew");
    return {};
  }
  fs::last_write_time(path, fs::file_time_type::clock::now(), code);
  return bytes;
}

void BlobCache::store(const std::string& key, std::span<const char> bytes) const {
  if (folder_.empty() || bytes.empty()) return;
  const Header header = header_for(key, bytes);
  const fs::path path = file_for(key);
  const std::string_view head(reinterpret_cast<const char*>(&header), sizeof(header));
  if (!keep_file(path, {head, {bytes.data(), bytes.size()}})) {
    log_warning("the compiled model cannot be kept in " + quoted(folder_));
    return;
  }
  forget_oldest();
}

void BlobCache::drop(const std::string& key) const {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove(file_for(key), ignored);
}

void BlobCache::forget_oldest() const {
  // What earlier versions left when they were killed: 17 MB each.
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
  std::error_code code;
  fs::directory_iterator entries(folder_, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
    std::error_code gone;
    const auto time = entries->last_write_time(gone);
    if (!gone && entries->path().extension() == ".part" && time < long_ago) {
      fs::remove(entries->path(), gone);
    }
  }
  keep_newest_files(folder_, ".blob", {.most_files = kMaxBlobs});
}

}  // namespace latent::infer
