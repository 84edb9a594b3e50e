// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/encoding_cache.h"

#include <span>
#include <system_error>

#include "base/hash.h"
#include "base/newest_files.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "tasks/mask/encoding_file.h"

namespace latent::tasks {

namespace fs = std::filesystem;

namespace {

constexpr const char* kEnding = ".encoding";
constexpr std::size_t kMostOfOne = 1'100'000'000;

}  // namespace

fs::path EncodingCache::file_of(const std::string& key) const { return folder_ / (key + kEnding); }

std::optional<std::vector<mask::NetTensor>> EncodingCache::load(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  const fs::path file = file_of(key);
  const auto bytes = read_small_file(file, kMostOfOne);
  if (!bytes) return std::nullopt;
  auto tensors = encoding_of(*bytes, key);
  if (!tensors) return std::nullopt;
  std::error_code unimportant;
  fs::last_write_time(file, fs::file_time_type::clock::now(), unimportant);
  return *std::move(tensors);
}

void EncodingCache::store(const std::string& key,
                          const std::vector<mask::NetTensor>& tensors) const {
  if (folder_.empty()) return;
  const auto bytes = encoding_bytes(key, tensors);
  if (!bytes || bytes->size() > most_bytes_) return;
  std::error_code unimportant;
  fs::create_directories(folder_, unimportant);
  fs::permissions(folder_, fs::perms::owner_all, unimportant);
  const auto written = replace_file(file_of(key), {*bytes});
  if (written) keep_newest_files(folder_, kEnding, {.most_bytes = most_bytes_});
}

std::string encoding_key(const mask::NetTensor& picture, const std::string& model_sha256) {
  constexpr const char* kVersion = "latent encoding 1 ";
  std::string text = kVersion + model_sha256 + " ";
  for (const std::int64_t side : picture.dims) text += std::to_string(side) + " ";
  text += sha256_hex(std::as_bytes(std::span(picture.values)));
  return sha256_hex(std::as_bytes(std::span(text)));
}

}  // namespace latent::tasks
