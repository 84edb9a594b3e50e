// SPDX-License-Identifier: GPL-3.0-or-later
// A reader that a hostile file has taken over: it enters the cage as latent-reader does, and then does
// what LATENT_TEST_MISCHIEF says, at the first request or at the second.
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <string>

#include "base/cage.h"
#include "base/child_process.h"
#include "base/frames.h"
#include "read/caged/answers.h"
#include "read/caged/requests.h"

namespace latent::read {
namespace {

constexpr int kSocket = ChildProcess::kSocket;

void tell(Tell kind, const WireWriter& words) {
  (void)send_frame(kSocket, static_cast<std::uint8_t>(kind), words.bytes());
}

void tell_failure(const std::string& sentence) {
  WireWriter words;
  Error error{ErrorCode::Corrupt, sentence, __FILE__, __LINE__};
  words(error);
  tell(Tell::Failure, words);
}

/// Answers landlock's calls as a kernel that is too old for it does.
void take_landlock_away() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, filter};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/// Everything that must not work, by name where it does.
std::string what_works() {
  std::string works;
  const auto note = [&](const char* name, bool done) {
    if (done) works += std::string(name) + " ";
  };
  note("read", ::open("/etc/passwd", O_RDONLY) >= 0);
  note("write", ::open("/tmp/latent_escaped", O_WRONLY | O_CREAT, 0600) >= 0);
  note("list", ::open("/", O_RDONLY | O_DIRECTORY) >= 0);
  note("reopen", ::open("/proc/self/fd/4", O_RDWR) >= 0);
  note("remove", ::unlink("/tmp/latent_escaped") == 0);
  note("connect", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  note("fork", ::fork() > 0);
  char* nothing[] = {nullptr};
  note("exec", ::execve("/bin/true", nothing, nothing) == 0);
  note("kill", ::kill(::getppid(), 0) == 0);
  note("trace", ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr) == 0);
  char byte = 0;
  iovec here{&byte, 1};
  iovec there{&byte, 1};
  note("peek", ::process_vm_readv(::getppid(), &here, 1, &there, 1, 0) == 1);
  note("code", ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  return works.empty() ? "nothing" : works;
}

/// How much memory it gets, in megabytes.
std::string how_much_memory() {
  constexpr std::size_t kPiece = std::size_t{16} << 20U;
  std::size_t megabytes = 0;
  while (megabytes < 64 * 1024) {
    void* more = ::mmap(nullptr, kPiece, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (more == MAP_FAILED) break;
    megabytes += 16;
  }
  return std::to_string(megabytes);
}

RawFacts good_facts() {
  RawFacts facts;
  facts.buffer = {8, 8};
  facts.active = facts.crop = {0, 0, 8, 8};
  facts.levels.white = {255, 255, 255, 255};
  facts.opens_as_mosaic = true;
  return facts;
}

void answer_open() {
  WireWriter words;
  words(FileFacts(good_facts()), std::string("is a test"));
  tell(Tell::Answer, words);
}

/// A mosaic in which one thing is wrong.
void answer_mosaic(const std::string& lie) {
  static Mosaic mosaic;
  mosaic.samples = *Image<std::uint16_t>::create({8, 8});
  mosaic.samples.view().at(3, 3) = 200;
  mosaic.active = mosaic.crop = {0, 0, 8, 8};
  mosaic.levels.white = {255, 255, 255, 255};
  mosaic.sample_max = 200;
  if (lie == "lie about the largest sample") mosaic.sample_max = 3;
  if (lie == "lie about the active area") mosaic.active = {4, 4, 8, 8};
  if (lie == "lie about the black pattern") mosaic.levels.black.period = {3, 1};
  if (lie == "lie about the orientation") mosaic.orientation = 9;
  if (lie == "lie about the white level") {
    mosaic.levels.white[1] = std::numeric_limits<float>::quiet_NaN();
  }
  WireWriter words;
  words(FileFacts(good_facts()), mosaic);
  if (lie == "say too much") words(1);
  tell(Tell::Answer, words);
}

void misbehave(const std::string& mischief) {
  if (mischief == "crash") ::raise(SIGSEGV);
  if (mischief == "abort") std::abort();
  if (mischief == "end") std::_Exit(7);
  if (mischief == "hang") {
    for (;;) ::pause();
  }
  if (mischief == "spin") {
    for (;;) (void)::getpid();
  }
  if (mischief == "memory") tell_failure("got this many megabytes: " + how_much_memory());
  if (mischief == "escape") tell_failure("could reach this: " + what_works());
}

int run() {
  const char* named = std::getenv("LATENT_TEST_MISCHIEF");
  const std::string mischief = named != nullptr ? named : "";
  if (std::getenv("LATENT_TEST_OLD_KERNEL") != nullptr) take_landlock_away();
  const Cage cage = enter_cage({std::size_t{700} << 20U, 20});
  const std::string later = "later: ";
  for (;;) {
    const auto frame = receive_frame(kSocket, kMostQuestionBytes);
    if (!frame) return 0;
    if (frame->kind == static_cast<std::uint8_t>(Ask::Release)) continue;
    if (mischief == "words") {
      tell_failure("is read in a cage of: " + cage.words());
    } else if (frame->kind == static_cast<std::uint8_t>(Ask::Call)) {
      if (mischief.starts_with(later)) misbehave(mischief.substr(later.size()));
      answer_mosaic(mischief);
    } else if (mischief == "a huge answer") {
      const std::uint8_t header[] = {1, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F};
      if (::write(kSocket, header, sizeof header) < 0) return 1;
    } else if (mischief == "nonsense") {
      tell(Tell::Answer, WireWriter());
    } else {
      misbehave(mischief);
      answer_open();
    }
  }
}

}  // namespace
}  // namespace latent::read

int main() { return latent::read::run(); }
