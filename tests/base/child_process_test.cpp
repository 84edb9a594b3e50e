// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "base/frames.h"

namespace latent {
namespace {

using testing::HasSubstr;

/// A shell that has done `script`, and what it wrote into the socket.
std::string written_by(const std::string& script, std::span<const int> given = {}) {
  auto child = ChildProcess::start("/bin/sh", {"-c", script}, given);
  if (!child) return child.error().sentence;
  std::string text;
  char letter = 0;
  while (::read(child->socket(), &letter, 1) == 1) text += letter;
  return text;
}

TEST(ChildProcess, HasItsSocketWhatItWasGivenAndNothingElse) {
  const Descriptor other(::open("/etc/passwd", O_RDONLY));  // without close-on-exec
  const Descriptor given(::open("/etc/hostname", O_RDONLY));
  const std::array numbers{given.number()};
  const std::string open = written_by("ls /proc/$$/fd | tr '\\n' ' ' >&3", numbers);
  EXPECT_EQ(open.substr(0, 10), "0 1 2 3 4 ") << open;
  EXPECT_EQ(written_by("readlink /proc/$$/fd/4 >&3", numbers), "/etc/hostname\n");
  EXPECT_EQ(written_by("readlink /proc/$$/fd/0 >&3"), "/dev/null\n");
}

TEST(ChildProcess, ThatCannotBeStartedIsSaid) {
  const auto child = ChildProcess::start("/nowhere/at all", {}, {});
  ASSERT_FALSE(child);
  EXPECT_THAT(child.error().sentence, HasSubstr("'/nowhere/at all' cannot be started"));
}

TEST(ChildProcess, SaysHowItEnded) {
  const auto end_of = [](const char* script) {
    auto child = ChildProcess::start("/bin/sh", {"-c", script}, {});
    char letter = 0;
    while (::read(child->socket(), &letter, 1) == 1) continue;
    return child->end();
  };
  EXPECT_EQ(end_of("exit 7"), "ended with code 7");
  EXPECT_THAT(end_of("kill -SEGV $$"), HasSubstr("was ended by signal 11"));
  auto busy = ChildProcess::start("/bin/sleep", {"100"}, {});
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->end(), "was stopped");
  EXPECT_EQ(busy->end(), "has ended");
}

TEST(ChildProcess, LetsItsMemoryBeReadButNoneThatItDoesNotHave) {
  auto child = ChildProcess::start("/bin/sleep", {"100"}, {});
  ASSERT_TRUE(child);
  std::array<std::byte, 8> out{};
  const auto read = child->read_memory(8, out);  // the first page is nobody's
  ASSERT_FALSE(read);
}

}  // namespace
}  // namespace latent
