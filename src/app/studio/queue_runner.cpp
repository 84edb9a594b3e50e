// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/queue_runner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stop_token>
#include <utility>

#include "app/studio/worker_events.h"
#include "base/file_access.h"
#include "base/path.h"
#include "base/threads.h"

namespace latent::app {

namespace {

using Clock = std::chrono::steady_clock;

Descriptor locked(const std::filesystem::path& file) {
  static_cast<void>(make_private_folders(file.parent_path()));
  Descriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.good() && ::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) return {};
  return lock;
}

/// The last line that says something, without the name of the program before it.
std::string last_sentence(std::string errors) {
  while (errors.ends_with('\n')) errors.pop_back();
  const auto line = errors.rfind('\n');
  std::string last = line == std::string::npos ? errors : errors.substr(line + 1);
  if (last.starts_with("latent: ")) last.erase(0, std::strlen("latent: "));
  return printable(last);
}

}  // namespace

QueueRunner::QueueRunner(Queue& queue, std::filesystem::path program, std::filesystem::path lock,
                         Callbacks callbacks)
    : queue_(queue),
      program_(std::move(program)),
      callbacks_(std::move(callbacks)),
      lock_(locked(lock)) {
  if (!is_ours()) return;
  static_cast<void>(queue_.take_over());
  thread_ = std::jthread(
      [this](const std::stop_token& stop) { static_cast<void>(run_safely([&] { run(stop); })); });
}

QueueRunner::~QueueRunner() {
  thread_.request_stop();
  {
    const std::scoped_lock lock(mutex_);
    if (process_ != nullptr) process_->stop();
  }
  woken_.notify_all();
}

void QueueRunner::wake() {
  const std::scoped_lock lock(mutex_);
  work_ = true;
  woken_.notify_all();
}

void QueueRunner::pause() {
  const std::scoped_lock lock(mutex_);
  paused_ = true;
  if (process_ != nullptr) process_->pause();
}

void QueueRunner::go_on() {
  const std::scoped_lock lock(mutex_);
  paused_ = false;
  if (process_ != nullptr) process_->go_on();
  woken_.notify_all();
}

bool QueueRunner::is_paused() const {
  const std::scoped_lock lock(mutex_);
  return paused_;
}

void QueueRunner::cancel(std::int64_t id) {
  static_cast<void>(queue_.cancel(id));
  const std::scoped_lock lock(mutex_);
  if (running_ != id || process_ == nullptr) return;
  cancelled_ = true;
  process_->stop();
}

void QueueRunner::cancel_all() {
  static_cast<void>(queue_.cancel_waiting());
  const std::scoped_lock lock(mutex_);
  if (process_ == nullptr) return;
  cancelled_ = true;
  process_->stop();
}

void QueueRunner::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!woken_.wait(lock, stop, [&] { return work_ && !paused_; })) return;
      work_ = false;
    }
    auto order = queue_.take_next();
    if (!order || !*order) {
      if (callbacks_.idle) callbacks_.idle();
      continue;
    }
    {
      const std::scoped_lock lock(mutex_);
      work_ = true;
    }
    callbacks_.changed((*order)->item);
    if ((*order)->item.state == ItemState::Running) work_on(*std::move(*order), stop);
  }
}

void QueueRunner::work_on(Order order, const std::stop_token& stop) {
  QueueItem& item = order.item;
  auto process = WorkerProcess::start(program_, {"run", "-", "--json"}, to_json(order.job));
  if (!process) {
    item.state = ItemState::Failed;
    item.message = process.error().sentence;
    static_cast<void>(queue_.settle(item));
    callbacks_.changed(item);
    return;
  }
  {
    const std::scoped_lock lock(mutex_);
    running_ = item.id;
    cancelled_ = false;
    process_ = process->get();
    if (paused_) process_->pause();
    if (stop.stop_requested()) process_->stop();
  }
  bool answered = false;
  const auto began = Clock::now();
  const ProcessEnd end = (*process)->wait([&](const std::string& line) {
    const auto event = parse_event(line);
    if (!event) return;
    using Kind = WorkerEvent::Kind;
    if (event->kind == Kind::Progress) {
      item.fraction = std::clamp(event->fraction, item.fraction, 1.0);
      item.seconds = std::chrono::duration<double>(Clock::now() - began).count();
      callbacks_.changed(item);
    }
    if (event->kind != Kind::Done && event->kind != Kind::Skipped && event->kind != Kind::Error) {
      return;
    }
    answered = true;
    item.notices = event->notices;
    item.message = event->message;
    item.state = event->kind == Kind::Done      ? ItemState::Done
                 : event->kind == Kind::Skipped ? ItemState::Skipped
                                                : ItemState::Failed;
    if (event->kind == Kind::Done && event->seconds > 0) {
      item.seconds = event->seconds;
      if (item.megapixels > 0) callbacks_.measured(item.task, event->seconds / item.megapixels);
    }
  });
  {
    const std::scoped_lock lock(mutex_);
    process_ = nullptr;
    running_ = 0;
    if (!answered && cancelled_) item.state = ItemState::Cancelled;
  }
  if (!answered && item.state == ItemState::Running && stop.stop_requested()) {
    item.state = ItemState::Waiting;
  }
  judge(item, end, answered);
  if (item.state == ItemState::Done) item.fraction = 1;
  if (auto settled = queue_.settle(item); !settled) {
    item.message = "the queue cannot be written: " + settled.error().sentence;
  }
  callbacks_.changed(item);
}

void QueueRunner::judge(QueueItem& item, const ProcessEnd& end, bool answered) {
  if (answered || item.state != ItemState::Running) return;
  item.state = ItemState::Failed;
  const std::string file = quoted(item.source.filename());
  if (end.signal != 0) {
    const char* name = ::strsignal(end.signal);
    item.message = fmt::format(
        "the worker ended while it had {} ({}); nothing was written. Try the processor in the AI"
        " settings if a graphics card was used",
        file, name == nullptr ? "a signal" : name);
    return;
  }
  const std::string said = last_sentence(end.errors);
  item.message = said.empty() ? fmt::format("the worker ended before {} was done", file) : said;
}

}  // namespace latent::app
