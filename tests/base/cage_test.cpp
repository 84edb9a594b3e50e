// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cage.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>
#include <vector>

namespace latent {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

/// Runs `body` in a process of its own and gives what it returns.
#define EXPECT_INSIDE(body) \
  EXPECT_EXIT(std::_Exit((body)() ? 0 : 1), testing::ExitedWithCode(0), "")

TEST(Cage, SaysInWordsWhatItHas) {
  EXPECT_EQ(Cage{}.words(), "none");
  EXPECT_EQ((Cage{4, true, true}).words(), "landlock 4, seccomp, limits of memory and time");
  EXPECT_FALSE((Cage{0, false, true}).closed());
  EXPECT_TRUE((Cage{0, true, false}).closed());
}

TEST(Cage, LetsNothingBeOpenedAndKeepsWhatIsOpen) {
  if (!cage_of_this_kernel().closed()) GTEST_SKIP() << "this kernel has no cage";
  EXPECT_INSIDE([] {
    const int before = ::open("/etc/passwd", O_RDONLY);
    const Cage cage = enter_cage({});
    char byte = 0;
    return cage.closed() && ::open("/etc/passwd", O_RDONLY) < 0 &&
           ::socket(AF_INET, SOCK_STREAM, 0) < 0 && ::pread(before, &byte, 1, 0) == 1;
  });
}

TEST(Cage, AllowsThreadsAndMemoryButNoProcessesAndNoCode) {
  if (!cage_of_this_kernel().system_calls) GTEST_SKIP() << "this kernel has no seccomp";
  if (kSanitized) GTEST_SKIP() << "sanitizers look at memory by pipes, which the cage refuses";
  EXPECT_INSIDE([] {
    (void)enter_cage({});
    int sum = 0;
    std::vector<int> many(1'000'000, 1);
    std::thread([&] { sum = many[5] + many[6]; }).join();
    void* code = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return sum == 2 && ::fork() < 0 && code == MAP_FAILED;
  });
}

TEST(Cage, LimitsMemory) {
  if (kSanitized) GTEST_SKIP() << "address sanitizer maps terabytes of its own";
  EXPECT_INSIDE([] {
    constexpr std::size_t kLimit = std::size_t{256} << 20U;
    (void)enter_cage({kLimit, 0});
    return std::malloc(2 * kLimit) == nullptr && std::malloc(kLimit / 4) != nullptr;
  });
}

TEST(Cage, LimitsTime) {
  EXPECT_EXIT(
      {
        (void)enter_cage({0, 1});
        for (;;) (void)::getpid();
      },
      [](int status) { return WIFSIGNALED(status); }, "");
}

TEST(Cage, IsEnteredByWhatTheKernelOffers) {
  EXPECT_INSIDE([] {
    const Cage offered = cage_of_this_kernel();
    const Cage entered = enter_cage({});
    return offered.landlock == entered.landlock && offered.system_calls == entered.system_calls;
  });
}

}  // namespace
}  // namespace latent
