// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/encoding_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tasks/mask/encoding_file.h"

namespace latent::tasks {
namespace {

namespace fs = std::filesystem;

std::vector<mask::NetTensor> features(float value) {
  mask::NetTensor one{"image_embed", {1, 2, 16, 16}, {}};
  for (int i = 0; i < 512; ++i) one.values.push_back(value + static_cast<float>(i) * 0.125F);
  return {one, {"other", {3}, {1.5F, -2.0F, 0.0F}}};
}

bool equal(const std::vector<mask::NetTensor>& one, const std::vector<mask::NetTensor>& other) {
  if (one.size() != other.size()) return false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i].name != other[i].name || one[i].dims != other[i].dims ||
        one[i].values != other[i].values) {
      return false;
    }
  }
  return true;
}

class Encodings : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_enc_" + std::to_string(::getpid()));
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path only_file() const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(folder_)) found = entry.path();
    return found;
  }
  std::string bytes() const {
    std::ifstream file(only_file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& bytes) const {
    std::ofstream(only_file(), std::ios::binary | std::ios::trunc) << bytes;
  }

  fs::path folder_;
  const std::string key_ = encoding_key({"image", {1, 2}, {0.5F, 0.25F}}, "model");
};

TEST_F(Encodings, ComeBackAsTheyWereStored) {
  const EncodingCache cache(folder_);
  EXPECT_FALSE(cache.load(key_));
  cache.store(key_, features(3));
  const auto found = cache.load(key_);
  ASSERT_TRUE(found);
  EXPECT_TRUE(equal(*found, features(3)));
  EXPECT_EQ(fs::status(only_file()).permissions() & fs::perms::others_all, fs::perms::none);
}

TEST_F(Encodings, AreThoseOfOnePictureAndOneModel) {
  const mask::NetTensor picture{"image", {1, 2}, {0.5F, 0.25F}};
  mask::NetTensor other = picture;
  other.values[1] = 0.2500001F;
  EXPECT_EQ(key_.size(), 64U);
  EXPECT_NE(encoding_key(other, "model"), key_);
  EXPECT_NE(encoding_key(picture, "model 2"), key_);
  EXPECT_EQ(encoding_key(picture, "model"), key_);
}

TEST_F(Encodings, ThatAreDamagedOrForeignAreAsNone) {
  const EncodingCache cache(folder_);
  cache.store(key_, features(1));
  const std::string good = bytes();
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{20}, std::size_t{90}, std::size_t{200}, good.size() - 1}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    write(bad);
    EXPECT_FALSE(cache.load(key_)) << at;
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{140}, good.size() / 2}) {
    write(good.substr(0, size));
    EXPECT_FALSE(cache.load(key_)) << size;
  }
  write(good);
  EXPECT_TRUE(cache.load(key_));
  fs::rename(only_file(), folder_ / (std::string(64, 'a') + ".encoding"));
  EXPECT_FALSE(cache.load(std::string(64, 'a')));
  cache.store(key_, features(2));
  EXPECT_TRUE(cache.load(key_));
}

TEST_F(Encodings, UsedLeastRecentlyGoFirst) {
  const auto size = encoding_bytes(key_, features(0));
  ASSERT_TRUE(size);
  const EncodingCache cache(folder_, size->size() * 5 / 2);
  const auto key = [](char digit) { return std::string(64, digit); };
  const auto age = [&](char digit, int hours) {
    fs::last_write_time(folder_ / (key(digit) + ".encoding"),
                        fs::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  cache.store(key('1'), features(0));
  age('1', 3);
  cache.store(key('2'), features(0));
  age('2', 2);
  ASSERT_TRUE(cache.load(key('1')));  // used now
  cache.store(key('3'), features(0));
  EXPECT_TRUE(cache.load(key('1')));
  EXPECT_FALSE(cache.load(key('2')));
  EXPECT_TRUE(cache.load(key('3')));
}

TEST_F(Encodings, AreKeptNowhereWithoutAFolder) {
  const EncodingCache cache({});
  cache.store(key_, features(0));
  EXPECT_FALSE(cache.load(key_));
  EXPECT_TRUE(cache.keeps_nothing());
}

TEST(EncodingFile, RoundsAsItStores) {
  std::vector<mask::NetTensor> tensors{{"x", {3}, {1.0F / 3, 1e-9F, 70000.0F}}};
  const auto bytes = encoding_bytes(std::string(64, '0'), tensors);
  ASSERT_TRUE(bytes);
  round_to_half(tensors);
  const auto back = encoding_of(*bytes, std::string(64, '0'));
  ASSERT_TRUE(back);
  EXPECT_TRUE(equal(*back, tensors));
  EXPECT_NEAR(tensors[0].values[0], 1.0 / 3, 2e-4);
}

}  // namespace
}  // namespace latent::tasks
