// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/queue.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <system_error>
#include <utility>

#include "app/output_name.h"
#include "app/studio/name_pattern.h"
#include "app/task_table.h"
#include "base/path.h"
#include "metadata/earlier_work.h"
#include "read/photograph.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr const char* kColumns =
    "SELECT id, source, task, summary, state, output, seconds, megapixels, message, notices, batch";

Schema queue_schema() {
  return {"the queue",
          "CREATE TABLE items(id INTEGER PRIMARY KEY, place REAL, batch INTEGER, sequence INTEGER,"
          " source TEXT, task TEXT, summary TEXT, job TEXT, pattern TEXT, library TEXT,"
          " state INTEGER, output TEXT, before TEXT, seconds REAL, megapixels REAL, message TEXT,"
          " notices TEXT);"
          "CREATE INDEX items_by_state ON items(state, place);",
          {}};
}

std::int64_t number_of(ItemState state) { return static_cast<std::int64_t>(state); }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\n', at);
    lines.push_back(text.substr(at, end == std::string::npos ? end : end - at));
    if (end == std::string::npos) break;
    at = end + 1;
  }
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

QueueItem item_of(const Statement& row) {
  QueueItem item;
  item.id = row.integer(0);
  item.source = row.text(1);
  item.task = row.text(2);
  item.summary = row.text(3);
  const auto state = row.integer(4);
  item.state = state >= 0 && state <= number_of(ItemState::Cancelled)
                   ? static_cast<ItemState>(state)
                   : ItemState::Failed;
  item.output = row.text(5);
  item.seconds = row.real(6);
  item.megapixels = row.real(7);
  item.message = row.text(8);
  item.notices = lines_of(row.text(9));
  item.batch = row.integer(10);
  item.fraction = item.state == ItemState::Done ? 1 : 0;
  return item;
}

/// Which file stands under a name: none, or this one. A result replaces it by another.
std::string identity_of(const fs::path& file) {
  struct stat found {};
  if (file.empty() || ::lstat(file.c_str(), &found) != 0) return "none";
  return fmt::format("{}:{}:{}:{}.{}", found.st_dev, found.st_ino, found.st_size,
                     found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

/// Whether Latent made it: such a file may be replaced where the user says so, and no other.
bool is_result(const fs::path& file) {
  const auto photograph = read::Photograph::open(file);
  return photograph && !metadata::earlier_work(photograph->metadata().xmp).empty();
}

/// Names the job's output; a sentence where nothing is to be done, and `state` says why.
Status plan(Job& job, const std::string& pattern, const PatternFacts& facts, QueueItem& item) {
  LATENT_TRY(fs::path wanted, named_by_pattern(pattern, job, facts));
  LATENT_CHECK(check_is_not_source(wanted, facts.source));
  std::error_code failed;
  // Without its source there is nothing to write: no folder is made where a card was pulled out.
  if (!fs::exists(facts.source, failed)) {
    return fail(ErrorCode::NotFound, facts.source,
                quoted(facts.source) + " is not there any more: was a card or disk removed?");
  }
  fs::create_directories(wanted.parent_path(), failed);
  if (failed) {
    return fail(ErrorCode::Io, wanted,
                fmt::format("the folder {} cannot be made: {}", quoted(wanted.parent_path()),
                            failed.message()));
  }
  std::error_code unknown;
  const bool there = fs::exists(fs::symlink_status(wanted, unknown));
  if (there && job.output.if_exists == IfExists::Skip) {
    item.state = ItemState::Skipped;
    item.message = displayed(wanted) + " is there already";
    item.output = wanted;
    return {};
  }
  const bool replace = there && job.output.if_exists == IfExists::Overwrite && is_result(wanted);
  if (there && !replace) {
    LATENT_TRY(wanted, first_free_name(wanted, [](const fs::path& name) {
                 std::error_code absent;
                 return fs::exists(fs::symlink_status(name, absent));
               }));
  }
  job.output = {wanted, std::nullopt, replace ? IfExists::Overwrite : IfExists::Refuse};
  item.output = wanted;
  return {};
}

}  // namespace

std::string summary_of(const Job& job) {
  if (const auto* upscale = std::get_if<UpscaleChoice>(&job.settings)) {
    return fmt::format("upscale {}x", upscale->scale);
  }
  if (const auto* raw = std::get_if<tasks::RawDenoiseSettings>(&job.settings)) {
    return fmt::format("raw denoise, strength {:.0f}", raw->strength * 100.0);
  }
  if (const auto* denoise = std::get_if<tasks::DenoiseSettings>(&job.settings)) {
    return fmt::format("denoise, strength {:.0f}", denoise->strength * 100.0);
  }
  return job.task;
}

Result<std::unique_ptr<Queue>> Queue::open(const fs::path& file,
                                           std::vector<std::string>* notices) {
  LATENT_TRY(Database database, Database::open(file, queue_schema(), notices));
  LATENT_CHECK(database.run("PRAGMA synchronous=FULL"));  // a power cut loses nothing
  std::unique_ptr<Queue> queue(new Queue(std::move(database)));
  return queue;
}

Status Queue::judge_interrupted() {
  LATENT_TRY(Statement rows,
             database_.prepare("SELECT id, output, before FROM items WHERE state=?"));
  rows.put(number_of(ItemState::Running));
  struct Interrupted {
    std::int64_t id;
    bool written;
  };
  std::vector<Interrupted> found;
  while (true) {
    LATENT_TRY(const bool row, rows.step());
    if (!row) break;
    const fs::path output = rows.text(1);
    const std::string now = identity_of(output);
    // A result gets its name only when it is whole, so another file there is the result.
    found.push_back({rows.integer(0), now != "none" && now != rows.text(2)});
  }
  for (const auto& [id, written] : found) {
    LATENT_TRY(Statement row, database_.prepare("UPDATE items SET state=?, output=CASE WHEN ? THEN"
                                                " output ELSE '' END WHERE id=?"));
    row.put(number_of(written ? ItemState::Done : ItemState::Waiting));
    LATENT_CHECK(row.put(std::int64_t{written}).put(id).run());
  }
  return {};
}

Status Queue::take_over() {
  const std::scoped_lock lock(mutex_);
  return judge_interrupted();
}

Status Queue::add(const std::vector<NewItem>& items) {
  const std::scoped_lock lock(mutex_);
  Transaction transaction(database_);
  LATENT_TRY(Statement last,
             database_.prepare("SELECT COALESCE(MAX(place),0), COALESCE(MAX(batch),0) FROM items"));
  LATENT_TRY([[maybe_unused]] const bool row, last.step());
  double place = last.real(0);
  const std::int64_t batch = last.integer(1) + 1;
  last.reset();
  LATENT_TRY(Statement insert,
             database_.prepare(
                 "INSERT INTO items(place, batch, sequence, source, task, summary, job, pattern,"
                 " library, state, output, before, seconds, megapixels, message, notices)"
                 " VALUES(?,?,?,?,?,?,?,?,?,?,'','',0,?,'','')"));
  std::int64_t sequence = 0;
  for (const NewItem& item : items) {
    if (item.job.sources.size() != 1) {
      return fail(ErrorCode::Internal, "an item of the queue has one source");
    }
    insert.put(++place).put(batch).put(++sequence).put(item.job.sources.front().native());
    insert.put(item.job.task).put(summary_of(item.job)).put(to_json(with_absolute_paths(item.job)));
    insert.put(item.pattern).put(item.library.native()).put(number_of(ItemState::Waiting));
    LATENT_CHECK(insert.put(item.megapixels).run());
  }
  return transaction.commit();
}

Result<std::vector<QueueItem>> Queue::items() const {
  const std::scoped_lock lock(mutex_);
  LATENT_TRY(Statement rows,
             database_.prepare(std::string(kColumns) + " FROM items ORDER BY place"));
  std::vector<QueueItem> items;
  while (true) {
    LATENT_TRY(const bool row, rows.step());
    if (!row) return items;
    items.push_back(item_of(rows));
  }
}

Result<std::optional<Order>> Queue::take_next() {
  const std::scoped_lock lock(mutex_);
  LATENT_TRY(Statement rows, database_.prepare(std::string(kColumns) +
                                               ", job, pattern, library, sequence FROM"
                                               " items WHERE state=? ORDER BY place LIMIT 1"));
  rows.put(number_of(ItemState::Waiting));
  LATENT_TRY(const bool row, rows.step());
  if (!row) return std::optional<Order>{};
  Order order{item_of(rows), {}};
  auto job = from_json(rows.text(11), "the queue", order.item.source.parent_path());
  const std::string pattern = rows.text(12);
  const PatternFacts facts{order.item.source, static_cast<int>(rows.integer(14)), rows.text(13)};
  rows.reset();
  order.item.state = ItemState::Running;
  Status planned = {};
  if (job) {
    order.job = *std::move(job);
    planned = plan(order.job, pattern, facts, order.item);
  } else {
    planned = tl::make_unexpected(job.error());
  }
  if (!planned) {
    order.item.state = ItemState::Failed;
    order.item.message = planned.error().sentence;
  }
  LATENT_TRY(
      Statement update,
      database_.prepare("UPDATE items SET state=?, output=?, before=?, message=? WHERE id=?"));
  update.put(number_of(order.item.state)).put(order.item.output.native());
  update.put(identity_of(order.item.output)).put(order.item.message).put(order.item.id);
  LATENT_CHECK(update.run());
  return std::optional<Order>(std::move(order));
}

Status Queue::settle(const QueueItem& item) {
  const std::scoped_lock lock(mutex_);
  LATENT_TRY(Statement update,
             database_.prepare("UPDATE items SET state=?, output=?, seconds=?, message=?, notices=?"
                               " WHERE id=?"));
  update.put(number_of(item.state));
  update.put(item.state == ItemState::Waiting ? std::string{} : item.output.native());
  update.put(item.seconds).put(item.message).put(text_of(item.notices)).put(item.id);
  return update.run();
}

Status Queue::cancel(std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  LATENT_TRY(Statement update,
             database_.prepare("UPDATE items SET state=? WHERE id=? AND state=?"));
  update.put(number_of(ItemState::Cancelled)).put(id).put(number_of(ItemState::Waiting));
  return update.run();
}

Status Queue::cancel_waiting() {
  const std::scoped_lock lock(mutex_);
  LATENT_TRY(Statement update, database_.prepare("UPDATE items SET state=? WHERE state=?"));
  update.put(number_of(ItemState::Cancelled)).put(number_of(ItemState::Waiting));
  return update.run();
}

Status Queue::retry(std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  LATENT_TRY(Statement update,
             database_.prepare("UPDATE items SET state=?, message='', output='' WHERE id=? AND"
                               " state IN (?,?,?)"));
  update.put(number_of(ItemState::Waiting)).put(id).put(number_of(ItemState::Skipped));
  update.put(number_of(ItemState::Failed)).put(number_of(ItemState::Cancelled));
  return update.run();
}

Status Queue::move(std::int64_t id, std::int64_t before) {
  const std::scoped_lock lock(mutex_);
  Transaction transaction(database_);
  double place = 0;
  {
    LATENT_TRY(Statement around,
               database_.prepare("SELECT (SELECT MAX(place) FROM items WHERE place < b.place AND"
                                 " id<>?), b.place FROM items b WHERE b.id=?"));
    around.put(id).put(before);
    LATENT_TRY(const bool row, around.step());
    LATENT_TRY(Statement last, database_.prepare("SELECT COALESCE(MAX(place),0)+1 FROM items"));
    LATENT_TRY([[maybe_unused]] const bool any, last.step());
    place = row ? (around.real(0) + around.real(1)) / 2 : last.real(0);
  }
  LATENT_TRY(Statement update,
             database_.prepare("UPDATE items SET place=? WHERE id=? AND state=?"));
  LATENT_CHECK(update.put(place).put(id).put(number_of(ItemState::Waiting)).run());
  return transaction.commit();
}

Status Queue::forget_ended() {
  const std::scoped_lock lock(mutex_);
  LATENT_TRY(Statement erase, database_.prepare("DELETE FROM items WHERE state NOT IN (?,?)"));
  return erase.put(number_of(ItemState::Waiting)).put(number_of(ItemState::Running)).run();
}

}  // namespace latent::app
