// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/job.h"
#include "app/studio/database.h"

namespace latent::app {

enum class ItemState : std::uint8_t { Waiting, Running, Done, Skipped, Failed, Cancelled };

/// What is to be done to one picture, or was.
struct QueueItem {
  std::int64_t id = 0;
  std::filesystem::path source;
  std::string task;
  std::string summary;  ///< "raw denoise, strength 80"
  ItemState state = ItemState::Waiting;
  std::filesystem::path output;  ///< planned while it runs, written when it is done
  double fraction = 0;           ///< 0..1, only grows while it runs
  double seconds = 0;            ///< it took, or has run
  double megapixels = 0;         ///< of the source; 0: unknown
  std::string message;           ///< one sentence where it failed or was skipped
  std::vector<std::string> notices;
  std::int64_t batch = 0;  ///< items of one click share it
};

/// What is handed in for one picture; `job` has one source, and its output is named by `pattern`.
struct NewItem {
  Job job;
  std::string pattern;
  std::filesystem::path library;
  double megapixels = 0;
};

/// What the runner works with.
struct Order {
  QueueItem item;
  Job job;  ///< its output named, where that could be
};

/// The pictures that wait, run and are done, as data on the disk: what was handed in survives a
/// crash and a power cut, and is done once.
///
/// Threads  any.
class Queue {
 public:
  /// Opens or makes the file.
  ///
  /// Errors   as Database::open().
  [[nodiscard]] static Result<std::unique_ptr<Queue>> open(
      const std::filesystem::path& file, std::vector<std::string>* notices = nullptr);

  /// For the one program that works on the queue, before it begins. Items that ran when the last
  /// one ended are judged: where their result stands whole under its planned name they are done,
  /// else they wait again.
  [[nodiscard]] Status take_over();

  /// Adds a batch at the end, all or nothing.
  [[nodiscard]] Status add(const std::vector<NewItem>& items);
  /// In the order in which they are done.
  [[nodiscard]] Result<std::vector<QueueItem>> items() const;

  /// Takes the first that waits, plans its output and marks it as running; nothing where none
  /// waits. An item whose result need not be made (it is there and the rule says so) or cannot be
  /// named comes back skipped or failed.
  [[nodiscard]] Result<std::optional<Order>> take_next();
  /// Writes down how an item ended; Waiting puts it back.
  [[nodiscard]] Status settle(const QueueItem& item);

  /// Waiting items only; a running one is stopped through the runner.
  [[nodiscard]] Status cancel(std::int64_t id);
  [[nodiscard]] Status cancel_waiting();
  /// Failed, cancelled and skipped items wait again, at their place.
  [[nodiscard]] Status retry(std::int64_t id);
  /// Puts a waiting item before another, or at the end where `before` is 0.
  [[nodiscard]] Status move(std::int64_t id, std::int64_t before);
  /// Forgets what is done, skipped, failed or cancelled.
  [[nodiscard]] Status forget_ended();

 private:
  explicit Queue(Database database) : database_(std::move(database)) {}
  [[nodiscard]] Status judge_interrupted();

  Database database_;
  mutable std::mutex mutex_;
};

/// "raw denoise, strength 80", "upscale 2x".
[[nodiscard]] std::string summary_of(const Job& job);

}  // namespace latent::app
