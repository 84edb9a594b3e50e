// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/small_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "scratch_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLimit = 100'000;

class SmallFile : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    path_ = folder_ / "state.json";
  }

  void fill(const std::string& text) const { InFolder::fill(path_, text); }

  void expect_refused(ErrorCode code, const std::string& words) const {
    const auto text = read_small_file(path_, kLimit);
    ASSERT_FALSE(text.has_value());
    EXPECT_EQ(text.error().code, code) << text.error().sentence;
    EXPECT_NE(text.error().sentence.find(words), std::string::npos) << text.error().sentence;
    EXPECT_NE(text.error().sentence.find("state.json"), std::string::npos) << text.error().sentence;
  }

  fs::path path_;
};

TEST_F(SmallFile, IsReadToItsLastByte) {
  const std::string text = std::string(70'000, 'x') + std::string("\0\xFF end", 6);
  fill(text);
  EXPECT_EQ(read_small_file(path_, kLimit).value(), text);
  fill("");
  EXPECT_EQ(read_small_file(path_, kLimit).value(), "");
}

TEST_F(SmallFile, MayHaveTheLimitAndNotOneByteMore) {
  fill(std::string(kLimit, 'x'));
  EXPECT_EQ(read_small_file(path_, kLimit).value().size(), kLimit);
  fill(std::string(kLimit + 1, 'x'));
  expect_refused(ErrorCode::TooLarge, "larger than the 100000 bytes");
}

TEST_F(SmallFile, OfGigabytesIsRefusedBeforeItIsRead) {
  fill("");
  fs::resize_file(path_, std::uintmax_t{3} << 30U);  // sparse
  const auto begin = std::chrono::steady_clock::now();
  expect_refused(ErrorCode::TooLarge, "larger");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(200));
}

TEST_F(SmallFile, WhoseSizeIsNotToldIsBoundedAllTheSame) {
  const auto status = read_small_file("/proc/self/status", kLimit);  // says that it has 0 bytes
  ASSERT_TRUE(status) << status.error().sentence;
  EXPECT_NE(status->find("Name:"), std::string::npos);
  const auto refused = read_small_file("/proc/self/status", 10);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
}

TEST_F(SmallFile, ThatGrowsMeanwhileStopsAtTheLimit) {
  fill("x");
  std::atomic<bool> done{false};
  std::thread writer([&] {
    std::ofstream stream(path_, std::ios::binary | std::ios::app);
    while (!done) stream << std::string(5000, 'y') << std::flush;
  });
  std::size_t most = 0;
  while (true) {
    const auto text = read_small_file(path_, kLimit);
    if (!text) break;
    most = std::max(most, text->size());
  }
  done = true;
  writer.join();
  EXPECT_LE(most, kLimit);
  expect_refused(ErrorCode::TooLarge, "larger");
}

TEST_F(SmallFile, ThatIsAPipeIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  expect_refused(ErrorCode::Unsupported, "is a pipe where a file is expected");
}

TEST_F(SmallFile, ThatIsAFolderASocketOrADeviceIsCalledSo) {
  fs::create_directory(path_);
  expect_refused(ErrorCode::Unsupported, "is a folder");
  fs::remove(path_);
  fs::create_symlink("/dev/zero", path_);
  expect_refused(ErrorCode::Unsupported, "is a device");
  fs::remove(path_);

  ASSERT_TRUE(test::make_socket(path_));
  expect_refused(ErrorCode::Unsupported, "is a socket");
}

TEST_F(SmallFile, MayBeALinkToAFileElsewhere) {
  fs::create_symlink("kept elsewhere", path_);
  expect_refused(ErrorCode::NotFound, "there is no");
  std::ofstream(folder_ / "kept elsewhere") << "text";
  EXPECT_EQ(read_small_file(path_, kLimit).value(), "text");
  fs::remove(path_);
  fs::create_symlink("state.json", path_);  // to itself
  expect_refused(ErrorCode::Io, "cannot be read");
}

TEST_F(SmallFile, ThatIsMissingIsNotFound) {
  expect_refused(ErrorCode::NotFound, "there is no");
  path_ = folder_ / "no folder" / "state.json";
  expect_refused(ErrorCode::NotFound, "there is no");
}

TEST_F(SmallFile, ThatMayNotBeReadSaysSo) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  fill("x");
  fs::permissions(path_, fs::perms::none);
  expect_refused(ErrorCode::Io, "Permission denied");
}

}  // namespace
}  // namespace latent
