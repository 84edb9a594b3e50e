// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/path.h"

extern char** environ;

namespace latent {

namespace {

/// glibc takes pages of 2 MB for large blocks then, which saves most of the time in which the system
/// hands out memory.
constexpr const char* kLargePages = "GLIBC_TUNABLES=glibc.malloc.hugetlb=1";

/// Everything of this process' environment but what steers the loader's and glibc's own ways.
std::vector<std::string> environment_of_child() {
  std::vector<std::string> texts;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!text.starts_with("GLIBC_TUNABLES=") && !text.starts_with("LD_PRELOAD=")) {
      texts.emplace_back(text);
    }
  }
  texts.emplace_back(kLargePages);
  return texts;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// What posix_spawn does between fork and exec.
class Actions {
 public:
  Actions() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }

  /// `from` are all above the places where they go, so that none is overwritten before it is moved.
  void place(std::span<const int> from) {
    for (int stream = 0; stream < ChildProcess::kSocket; ++stream) {
      ::posix_spawn_file_actions_addopen(&actions_, stream, "/dev/null", O_RDWR, 0);
    }
    int to = ChildProcess::kSocket;
    for (const int number : from) ::posix_spawn_file_actions_adddup2(&actions_, number, to++);
#ifdef __GLIBC__
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, to);
#endif
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// The same descriptors under numbers that no place of the child has.
Result<std::vector<Descriptor>> lifted(std::span<const int> numbers) {
  const int lowest = ChildProcess::kSocket + static_cast<int>(numbers.size());
  std::vector<Descriptor> all;
  for (const int number : numbers) {
    all.emplace_back(::fcntl(number, F_DUPFD_CLOEXEC, lowest));
    if (!all.back().good()) return fail(ErrorCode::Io, "this process has too many files open");
  }
  return all;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::filesystem::path& program,
                                         const std::vector<std::string>& arguments,
                                         std::span<const int> given) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(ErrorCode::Io, "this process has too many files open");
  }
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  std::vector<int> numbers{theirs.number()};
  numbers.insert(numbers.end(), given.begin(), given.end());
  LATENT_TRY(const std::vector<Descriptor> high, lifted(numbers));
  std::ranges::transform(high, numbers.begin(), &Descriptor::number);

  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> texts = environment_of_child();
  Actions actions;
  actions.place(numbers);
  pid_t id = -1;
  const int error = ::posix_spawn(&id, program.c_str(), &actions.actions_, &actions.attributes_,
                                  pointers(words).data(), pointers(texts).data());
  if (error != 0) {
    return fail(ErrorCode::Io, fmt::format("{} cannot be started ({})", quoted(program),
                                           std::generic_category().message(error)));
  }
  return ChildProcess(id, std::move(ours));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : id_(std::exchange(other.id_, -1)), socket_(std::move(other.socket_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    end();
    id_ = std::exchange(other.id_, -1);
    socket_ = std::move(other.socket_);
  }
  return *this;
}

ChildProcess::~ChildProcess() { end(); }

Status ChildProcess::read_memory(std::uint64_t address, std::span<std::byte> out) const {
#ifdef __linux__
  while (!out.empty()) {
    iovec to{out.data(), out.size()};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process
    iovec from{reinterpret_cast<void*>(address), out.size()};
    const ssize_t count = ::process_vm_readv(id_, &to, 1, &from, 1, 0);
    if (count < 0 && (errno == EPERM || errno == ENOSYS)) {
      return fail(ErrorCode::Unsupported, "this system lets no process read another's memory");
    }
    if (count <= 0) return fail(ErrorCode::Io, "the other process is gone");
    out = out.subspan(static_cast<std::size_t>(count));
    address += static_cast<std::uint64_t>(count);
  }
  return {};
#else
  (void)address;
  (void)out;
  return fail(ErrorCode::Unsupported, "this system lets no process read another's memory");
#endif
}

std::string ChildProcess::end() {
  if (id_ < 0) return "has ended";
  socket_.close();
  int status = 0;
  pid_t ended = ::waitpid(id_, &status, WNOHANG);
  bool ours = false;
  if (ended == 0) {
    ours = true;
    ::kill(id_, SIGKILL);
    do {
      ended = ::waitpid(id_, &status, 0);
    } while (ended < 0 && errno == EINTR);
  }
  const bool known = ended == std::exchange(id_, -1);
  if (!known) return "has ended";  // somebody else in this process waits for every child
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (ours && signal == SIGKILL) return "was stopped";
    return fmt::format("was ended by signal {} ({})", signal, ::strsignal(signal));
  }
  return fmt::format("ended with code {}", WEXITSTATUS(status));
}

}  // namespace latent
