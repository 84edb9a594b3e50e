// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "base/path_list.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kKeptErrors = 8192;
constexpr std::size_t kLongestLine = std::size_t{4} << 20U;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::Io, "no pipe to another program can be made");
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, int in, int out, int err, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);  // Ctrl+C in the terminal is for the window
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

/// Takes what is there; false at the end.
bool drain(int from, std::string& into) {
  std::array<char, 65536> block{};
  const ssize_t count = ::read(from, block.data(), block.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  into.append(block.data(), static_cast<std::size_t>(count));
  return count > 0;
}

void hand_on(std::string& text, const std::function<void(const std::string&)>& line) {
  std::size_t at = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    line(text.substr(at, end - at));
    at = end + 1;
  }
  text.erase(0, at);
  if (text.size() > kLongestLine) text.clear();
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(
    const fs::path& program, const std::vector<std::string>& arguments, std::string input) {
  if (::access(program.c_str(), X_OK) != 0) {
    return fail(ErrorCode::NotFound, program,
                quoted(program) + " is not there; reinstall Latent, or name it in LATENT_PROGRAM");
  }
  LATENT_TRY(Pipe in, make_pipe());
  LATENT_TRY(Pipe out, make_pipe());
  LATENT_TRY(Pipe err, make_pipe());
  std::vector<std::string> words{program.native()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // a worker that ends early is an error of its own, not ours
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return fail(ErrorCode::Io, "no other process can be started");
  if (child == 0) {
    become(pointers.data(), in.read.number(), out.write.number(), err.write.number(), parent);
  }
  ::setpgid(child, child);  // here too: whoever comes first
  std::unique_ptr<WorkerProcess> process(new WorkerProcess);
  process->pid_ = child;
  process->input_ = std::move(input);
  process->in_ = std::move(in.write);
  process->out_ = std::move(out.read);
  process->err_ = std::move(err.read);
  ::fcntl(process->in_.number(), F_SETFL, O_NONBLOCK);
  return process;
}

WorkerProcess::~WorkerProcess() {
  const int pid = pid_.exchange(-1);
  if (pid <= 0) return;
  ::kill(-pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

void WorkerProcess::feed() {
  const ssize_t count = ::write(in_.number(), input_.data() + fed_, input_.size() - fed_);
  if (count < 0 && errno != EAGAIN && errno != EINTR) return in_.close();
  if (count > 0) fed_ += static_cast<std::size_t>(count);
  if (fed_ == input_.size()) in_.close();
}

ProcessEnd WorkerProcess::wait(const std::function<void(const std::string&)>& line) {
  std::string text;
  ProcessEnd end;
  if (input_.empty()) in_.close();
  while (out_.good() || err_.good()) {
    std::array<pollfd, 3> watched{pollfd{out_.number(), POLLIN, 0},
                                  pollfd{err_.number(), POLLIN, 0},
                                  pollfd{in_.number(), POLLOUT, 0}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) break;
    if (watched[0].revents != 0 && !drain(out_.number(), text)) out_.close();
    hand_on(text, line);
    if (watched[1].revents != 0 && !drain(err_.number(), end.errors)) err_.close();
    if (end.errors.size() > kKeptErrors) end.errors.erase(0, end.errors.size() - kKeptErrors);
    if (watched[2].revents != 0) feed();
  }
  if (!text.empty()) line(text);
  const int pid = pid_.load();
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  return end;
}

void WorkerProcess::send(int signal) {
  const int pid = pid_.load();
  if (pid > 0) ::kill(-pid, signal);  // and whatever it started: become() made it a group
}
void WorkerProcess::pause() { send(SIGSTOP); }
void WorkerProcess::go_on() { send(SIGCONT); }
void WorkerProcess::stop() {
  send(SIGTERM);
  send(SIGCONT);
}
void WorkerProcess::kill() { send(SIGKILL); }

fs::path latent_program() {
  const char* named = std::getenv("LATENT_PROGRAM");
  if (named != nullptr && named[0] != '\0') return named;
  std::error_code failed;
  const fs::path own = fs::read_symlink("/proc/self/exe", failed);
  const fs::path beside = own.parent_path() / "latent";
  if (!failed && ::access(beside.c_str(), X_OK) == 0) return beside;
  const char* path = std::getenv("PATH");
  for (const fs::path& folder : path_list(path == nullptr ? "" : path)) {
    const fs::path found = folder / "latent";
    if (found.is_absolute() && ::access(found.c_str(), X_OK) == 0) return found;
  }
  return beside;
}

}  // namespace latent::app
