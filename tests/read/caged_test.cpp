// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "base/cage.h"
#include "base/open_descriptor.h"
#include "matchers.h"
#include "read/caged/answers.h"
#include "read/caged/opened_there.h"
#include "read/photograph.h"
#include "read/reader.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// A reader that does what a hostile file might have it do.
class Misbehaving : public testing::Test {
 protected:
  void SetUp() override {
    test::TinyDng dng;
    dng.size = {96, 64};
    dng.samples = test::busy_samples(dng.size);
    file_ = test::write_dng("caged.dng", dng);
  }
  void TearDown() override {
    read_with(std::nullopt);
    ::unsetenv("LATENT_TEST_MISCHIEF");
    ::unsetenv("LATENT_TEST_OLD_KERNEL");
  }
  Result<Photograph> open(const char* mischief, double seconds = 20, const Limits& limits = {}) {
    ::setenv("LATENT_TEST_MISCHIEF", mischief, 1);
    read_with(Reader{LATENT_MISBEHAVING_READER, seconds});
    return Photograph::open(file_, limits);
  }
  /// The sentence, which must be one and name the file.
  std::string refusal(const char* mischief, double seconds = 20, const Limits& limits = {}) {
    const auto opened = open(mischief, seconds, limits);
    if (opened) return "it was opened";
    test::expect_one_sentence(opened.error(), file_);
    return opened.error().sentence;
  }
  std::string refusal_of_mosaic(const char* mischief) {
    const auto opened = open(mischief);
    if (!opened) return "it was not opened: " + opened.error().sentence;
    const auto mosaic = opened->mosaic();
    if (mosaic) return "it was taken";
    test::expect_one_sentence(mosaic.error(), file_);
    return mosaic.error().sentence;
  }

  fs::path file_;
};

TEST_F(Misbehaving, ACrashIsOneSentenceAboutOneFile) {
  EXPECT_THAT(refusal("crash"), HasSubstr("its decoder was ended by signal 11"));
  EXPECT_THAT(refusal("abort"), HasSubstr("its decoder was ended by signal 6"));
  EXPECT_THAT(refusal("end"), HasSubstr("its decoder ended with code 7"));
}

TEST_F(Misbehaving, AHangEndsWhenTheTimeIsOver) {
  for (const char* mischief : {"hang", "spin"}) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_THAT(refusal(mischief, 0.3), HasSubstr("was stopped after 0.3 seconds"));
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  }
}

TEST_F(Misbehaving, AStopIsObeyedWhileItHangs) {
  const auto opened = open("later: hang", 600);
  ASSERT_TRUE(opened) << opened.error().sentence;
  std::stop_source stop;
  std::jthread soon([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto before = std::chrono::steady_clock::now();
  const auto mosaic = opened->mosaic({stop.get_token(), nullptr});
  ASSERT_FALSE(mosaic);
  EXPECT_EQ(mosaic.error().code, ErrorCode::Cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
}

TEST_F(Misbehaving, MemoryIsLimited) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "address sanitizer maps terabytes of its own";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "address sanitizer maps terabytes of its own";
#endif
#endif
  const std::string sentence = refusal("memory");
  const int megabytes = std::atoi(sentence.substr(sentence.rfind(' ')).c_str());
  EXPECT_GT(megabytes, 100) << sentence;
  EXPECT_LT(megabytes, 700) << sentence;
}

TEST_F(Misbehaving, NothingOutsideCanBeReached) {
  if (!cage_of_this_kernel().closed()) GTEST_SKIP() << "this kernel has no cage";
  EXPECT_THAT(refusal("escape"), HasSubstr("nothing"));
}

TEST_F(Misbehaving, NothingOutsideCanBeReachedWithoutLandlock) {
  if (!cage_of_this_kernel().system_calls) GTEST_SKIP() << "this kernel has no seccomp";
  ::setenv("LATENT_TEST_OLD_KERNEL", "1", 1);
  EXPECT_THAT(refusal("words"), HasSubstr(": seccomp"));
  EXPECT_THAT(refusal("words"), Not(HasSubstr("landlock")));
  EXPECT_THAT(refusal("escape"), HasSubstr("nothing"));
}

TEST_F(Misbehaving, AnswersThatDoNotFitAreRefused) {
  for (const char* lie :
       {"lie about the active area", "lie about the black pattern", "lie about the orientation",
        "lie about the white level", "say too much"}) {
    EXPECT_THAT(refusal_of_mosaic(lie), HasSubstr("answered wrongly")) << lie;
  }
  EXPECT_THAT(refusal("nonsense"), HasSubstr("answered wrongly"));
  EXPECT_THAT(refusal("a huge answer"), HasSubstr("answered wrongly"));
}

TEST_F(Misbehaving, WhatIsMeasuredOfSamplesIsMeasuredAnew) {
  const auto opened = open("lie about the largest sample");
  ASSERT_TRUE(opened) << opened.error().sentence;
  const auto mosaic = opened->mosaic();
  ASSERT_TRUE(mosaic) << mosaic.error().sentence;
  EXPECT_EQ(mosaic->sample_max, 200);
}

TEST_F(Misbehaving, LostMetadataIsAWarningAndTheNextQuestionIsAnswered) {
  const auto opened = open("later: crash");
  ASSERT_TRUE(opened) << opened.error().sentence;
  const auto& warnings = opened->metadata().warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("its decoder was ended by signal 11"));
  EXPECT_TRUE(opened->described().empty());
  const auto mosaic = opened->mosaic();
  ASSERT_FALSE(mosaic);
  EXPECT_THAT(mosaic.error().sentence, HasSubstr("signal 11"));
}

TEST_F(Misbehaving, AReaderThatIsNotThereIsSaid) {
  read_with(Reader{"/nowhere/latent-reader", 1});
  const auto opened = Photograph::open(file_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().sentence, HasSubstr("'/nowhere/latent-reader' cannot be started"));
}

// ---- the real one ----

std::vector<std::uint8_t> bytes_of_facts(const Photograph& photograph) {
  WireWriter words;
  words(photograph.facts());
  return words.bytes();
}

std::vector<std::uint8_t> bytes_of_metadata(const Photograph& photograph) {
  WireWriter words;
  words(photograph.metadata(), photograph.described());
  return words.bytes();
}

template <class T>
bool same_samples(const Image<T>& a, const Image<T>& b) {
  const auto left = a.view();
  const auto right = b.view();
  if (left.size() != right.size() || left.channels() != right.channels()) return false;
  for (int y = 0; y < left.height(); ++y) {
    if (std::memcmp(left.row(y).data(), right.row(y).data(), left.row(y).size_bytes()) != 0) {
      return false;
    }
  }
  return true;
}

/// Two answers, or two refusals in the same words.
template <class Answer, class Same>
void expect_same(const Result<Answer>& here, const Result<Answer>& there, const Same& same) {
  ASSERT_EQ(here.has_value(), there.has_value())
      << (here ? "" : here.error().sentence) << (there ? "" : there.error().sentence);
  if (here) {
    EXPECT_TRUE(same(*here, *there));
  } else {
    EXPECT_EQ(here.error().sentence, there.error().sentence);
    EXPECT_EQ(here.error().code, there.error().code);
  }
}

void expect_same_answers(const fs::path& file) {
  SCOPED_TRACE(file.string());
  read_with(std::nullopt);
  const auto here = Photograph::open(file);
  read_with(Reader{LATENT_READER_PROGRAM, 120});
  const auto there = Photograph::open(file);
  ASSERT_EQ(here.has_value(), there.has_value()) << (there ? "" : there.error().sentence);
  if (!here) {
    EXPECT_EQ(here.error().sentence, there.error().sentence);
    return;
  }
  EXPECT_EQ(bytes_of_facts(*here), bytes_of_facts(*there));
  EXPECT_EQ(bytes_of_metadata(*here), bytes_of_metadata(*there));
  expect_same(here->mosaic(), there->mosaic(), [](const Mosaic& a, const Mosaic& b) {
    return same_samples(a.samples, b.samples) && a.sample_max == b.sample_max &&
           a.sample_min == b.sample_min && a.cfa == b.cfa && a.active == b.active;
  });
  expect_same(here->linear(), there->linear(), [](const LinearRaw& a, const LinearRaw& b) {
    return same_samples(a.samples, b.samples) && a.notices == b.notices;
  });
  expect_same(here->exact_floats(), there->exact_floats(),
              [](const ExactFloats& a, const ExactFloats& b) {
                return same_samples(a.samples, b.samples) && a.scale == b.scale;
              });
  expect_same(here->picture(), there->picture(), [](const Picture& a, const Picture& b) {
    return a.samples.index() == b.samples.index() && a.icc == b.icc && a.warnings == b.warnings &&
           std::visit(
               [&](const auto& image) {
                 return same_samples(image, std::get<std::decay_t<decltype(image)>>(b.samples));
               },
               a.samples);
  });
  EXPECT_EQ(bytes_of_facts(*here), bytes_of_facts(*there));
  expect_same(here->rendering<std::uint8_t>({{}, 64}), there->rendering<std::uint8_t>({{}, 64}),
              [](const auto& a, const auto& b) { return same_samples(a, b); });
  expect_same(here->embedded_preview(), there->embedded_preview(),
              [](const auto& a, const auto& b) {
                return a.has_value() == b.has_value() && (!a || a->jpeg == b->jpeg);
              });
  expect_same(here->small_jpeg(64), there->small_jpeg(64), [](const auto& a, const auto& b) {
    return same_samples(a.pixels, b.pixels) && a.icc == b.icc;
  });
}

TEST_F(Misbehaving, TheRealReaderGivesTheSameAnswers) {
  expect_same_answers(file_);
  int count = 0;
  for (const fs::path& folder :
       {fs::path(LATENT_SOURCE_DIR) / "tests/data",
        fs::path(LATENT_SOURCE_DIR) / "tests/data/read/fuzz",
        fs::path(LATENT_SOURCE_DIR) / "docs/images", test::shared_data() / "raw/decodable"}) {
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(folder, absent)) {
      if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
      if (entry.path().extension() == ".png" && count > 40) continue;
      expect_same_answers(entry.path());
      ++count;
    }
  }
  EXPECT_GT(count, 5);
}

/// What a system answers that lets no process read another's memory.
void forbid_peeking() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, filter};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

TEST_F(Misbehaving, PixelsComeThroughTheSharedFileWhereMemoryCannotBeRead) {
  bool forbidden = false;
  std::thread([&] {  // a filter is for the thread that sets it up, and those that it starts
    forbid_peeking();
    char byte = 1;
    iovec here{&byte, 1};
    forbidden = ::process_vm_readv(::getpid(), &here, 1, &here, 1, 0) < 0;
    expect_same_answers(file_);
  })
      .join();
  EXPECT_TRUE(forbidden);
}

}  // namespace
}  // namespace latent::read
