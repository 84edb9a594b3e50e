// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <system_error>

#include "app/standard_paths.h"
#include "cli/exit_code.h"

namespace latent::cli {

namespace {

/// A standard stream without a buffer, which remembers that it failed.
class Stream {
 public:
  explicit Stream(int descriptor) : descriptor_(descriptor) {}

  void write(std::string_view text) {
    const std::lock_guard lock(mutex_);
    while (!text.empty() && problem_ == 0) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written >= 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        pollfd room{descriptor_, POLLOUT, 0};
        (void)::poll(&room, 1, -1);
      } else if (errno != EINTR) {
        problem_ = errno;
      }
    }
  }

  /// The errno of the first write that failed; 0: none did.
  [[nodiscard]] int problem() const { return problem_; }

 private:
  int descriptor_;
  std::mutex mutex_;
  std::atomic<int> problem_ = 0;
};

Stream& standard_output() {
  static Stream stream(STDOUT_FILENO);
  return stream;
}

Stream& standard_error() {
  static Stream stream(STDERR_FILENO);
  return stream;
}

}  // namespace

void prepare_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // Takes the lowest number that is free, which is this one: those below are open by now.
    (void)::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

void print(std::string_view text) { standard_output().write(text); }

void print_error(const std::string& message) { print_aside("latent: " + message + "\n"); }

void print_aside(std::string_view text) { standard_error().write(text); }

bool all_is_written() { return standard_output().problem() == 0; }

int finish_streams(int code) {
  // Libraries, and the log of base, write through stdio.
  const bool library_failed = std::fflush(stdout) != 0 || std::ferror(stderr) != 0;
  const int problem = standard_output().problem();
  if (problem != 0 && problem != EPIPE) {
    print_error("the report could not be written to standard output: " +
                std::generic_category().message(problem));
  }
  const bool lost = problem != 0 || standard_error().problem() != 0 || library_failed;
  return lost && code == kAllDone ? kSomeFailed : code;
}

int usage_error(const Error& error) {
  print_error(error.sentence);
  return kUsage;
}

void print_folder_notices() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const std::string& notice : app::folder_notices()) print_error(notice);
  });
}

}  // namespace latent::cli
