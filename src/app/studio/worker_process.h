// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

namespace latent::app {

/// How a process ended.
struct ProcessEnd {
  int exit_code = 0;   ///< of one that ended by itself
  int signal = 0;      ///< that ended it, or 0
  std::string errors;  ///< the last of what it wrote to standard error
};

/// A program of ours at work beside this one: what crashes there costs one picture, never the
/// window. It ends when the thread that started it ends, however that happens (Linux).
///
/// Threads  start() and wait() from one; the others from any.
class WorkerProcess {
 public:
  /// Errors   NotFound  there is no such program; Io.
  [[nodiscard]] static Result<std::unique_ptr<WorkerProcess>> start(
      const std::filesystem::path& program, const std::vector<std::string>& arguments,
      std::string input);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Hands its output on line by line until it ends.
  [[nodiscard]] ProcessEnd wait(const std::function<void(const std::string&)>& line);

  void pause();
  void go_on();
  void stop();  ///< asks it to end, as Ctrl+C does; it leaves no file
  void kill();
  [[nodiscard]] int id() const { return pid_; }

 private:
  WorkerProcess() = default;
  void send(int signal);
  void feed();

  std::atomic<int> pid_{-1};
  std::string input_;
  std::size_t fed_ = 0;
  Descriptor in_;
  Descriptor out_;
  Descriptor err_;
};

/// The program `latent`: $LATENT_PROGRAM, else beside this program, else along $PATH.
[[nodiscard]] std::filesystem::path latent_program();

}  // namespace latent::app
