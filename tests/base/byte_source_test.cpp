// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_source.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <numeric>
#include <thread>
#include <vector>

namespace latent {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ByteSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_bytes_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    path_ = folder_ / "photo.raw";
    write("0123456789");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& text) const { write(path_, text); }
  /// After the clock of file times has moved on.
  static void write(const fs::path& path, const std::string& text) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::ofstream(path, std::ios::binary) << text;
  }

  static void expect_changed(const Status& status) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Io);
    EXPECT_EQ(status.error().sentence,
              "was changed while it was read; run it again when nothing writes to it");
  }

  fs::path folder_;
  fs::path path_;
};

TEST_F(ByteSourceTest, GivesAnyPartAndRefusesWhatLiesBehindTheEnd) {
  const auto source = open_bytes(path_);
  ASSERT_TRUE(source) << source.error().sentence;
  EXPECT_EQ((*source)->size(), 10U);
  std::vector<std::uint8_t> part(3);
  ASSERT_TRUE((*source)->read_at(7, part));
  EXPECT_THAT(part, testing::ElementsAre('7', '8', '9'));
  const auto behind = (*source)->read_at(8, part);
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().code, ErrorCode::Corrupt);
  EXPECT_TRUE((*source)->unchanged());
}

TEST_F(ByteSourceTest, NoticesAFileThatIsWrittenToWithItsSizeKept) {
  const auto source = open_bytes(path_);
  ASSERT_TRUE(source);
  write("abcdefghij");
  expect_changed((*source)->unchanged());
}

TEST_F(ByteSourceTest, ReadingPastAnEndThatCameNearerIsAChangeNoDamage) {
  const auto source = open_bytes(path_);
  ASSERT_TRUE(source);
  fs::resize_file(path_, 4);
  std::vector<std::uint8_t> part(3);
  EXPECT_TRUE((*source)->read_at(0, part));
  expect_changed((*source)->read_at(5, part));
}

TEST_F(ByteSourceTest, NoticesAnotherFileUnderTheSameName) {
  const auto source = open_bytes(path_);
  ASSERT_TRUE(source);
  write(folder_ / "other", "abcdefghij");
  fs::rename(folder_ / "other", path_);
  expect_changed((*source)->unchanged());
}

TEST_F(ByteSourceTest, AFileThatWasMovedAwayIsStillWhole) {
  const auto source = open_bytes(path_);
  ASSERT_TRUE(source);
  fs::rename(path_, folder_ / "elsewhere");
  EXPECT_TRUE((*source)->unchanged());
  std::vector<std::uint8_t> all(10);
  EXPECT_TRUE((*source)->read_at(0, all));
}

TEST_F(ByteSourceTest, AllOfItIsACopyThatOutlivesTheFile) {
  std::optional<WholeBytes> whole;
  {
    const auto source = open_bytes(path_);
    ASSERT_TRUE(source);
    auto taken = (*source)->whole();
    ASSERT_TRUE(taken) << taken.error().sentence;
    whole = *std::move(taken);
  }
  write("abcdefghij");
  EXPECT_EQ(whole->bytes().size(), 10U);
  EXPECT_EQ(whole->bytes()[9], '9');
}

TEST_F(ByteSourceTest, ALargeFileIsMappedAndNotCopied) {
  const std::uint64_t size = std::uint64_t{3} << 30U;  // of holes
  fs::resize_file(path_, size);
  const auto source = open_bytes(path_);
  ASSERT_TRUE(source);
  const auto whole = (*source)->whole();
  ASSERT_TRUE(whole) << whole.error().sentence;
  EXPECT_EQ(whole->bytes().size(), size);
  EXPECT_EQ(whole->bytes()[9], '9');
  EXPECT_EQ(whole->bytes()[size - 1], 0);
}

TEST_F(ByteSourceTest, MemoryIsNotCopied) {
  std::vector<std::uint8_t> bytes(100);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  const MemoryBytes source(bytes);
  const auto whole = source.whole();
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->bytes().data(), bytes.data());
  EXPECT_TRUE(source.unchanged());
}

TEST_F(ByteSourceTest, OpensNothingButFilesAndNeverWaits) {
  const auto missing = open_bytes(folder_ / "nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_THAT(missing.error().sentence, HasSubstr("nothing' does not exist"));
  const auto folder = open_bytes(folder_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::Usage);
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto waited = open_bytes(pipe);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ErrorCode::Usage);
  EXPECT_THAT(waited.error().sentence, HasSubstr("is a device or a pipe"));
}

}  // namespace
}  // namespace latent
