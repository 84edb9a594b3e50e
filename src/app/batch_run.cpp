// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "app/batch_lease.h"
#include "app/task_table.h"
#include "base/hash.h"
#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Outcome = ItemRecord::Outcome;

namespace {

constexpr std::string_view kJournalEnding = ".jsonl";

/// A part that one process does under one lease.
struct Part {
  std::string name;
  std::size_t first = 0;  ///< items from here
  std::size_t end = 0;    ///< to before here, as far as the share has them
};

/// A job that is open, with the names of its results; kept while parts of it follow each other.
struct OpenJob {
  std::size_t index = 0;
  ManifestJob entry;
  std::string settings;  ///< of its item keys
  Batch batch;
  std::unique_ptr<OutputPlan> plan;
};

/// Everything that a run of a manifest has at hand.
class Runner {
 public:
  Runner(const Manifest& manifest, const BatchRequest& request, ManifestObserver& observer,
         const std::stop_token& stop, const Workplace& at)
      : manifest_(manifest), request_(request), observer_(observer), stop_(stop), at_(at) {}

  Result<ManifestResult> run();

 private:
  class Recorder;

  Status read_state();
  [[nodiscard]] std::vector<Part> parts() const;
  Status run_part_if_free(const Part& part);
  Result<bool> has_work(const Part& part);
  Status run_claims();
  void wait_a_little();
  Status run_leased(const Part& part, const Lease& lease);
  Status run_items(const Part& part, Recorder& recorder, int attempt);
  Status run_items_of_job(std::size_t job, const Part& part, Recorder& recorder, int attempt);
  Result<OpenJob*> open(std::size_t job);
  [[nodiscard]] bool is_finished(std::uint64_t key, int attempt) const;
  Status count_share();
  void advance();

  const Manifest& manifest_;
  const BatchRequest& request_;
  ManifestObserver& observer_;
  const std::stop_token& stop_;
  const Workplace& at_;
  JournalFacts facts_;
  std::unique_ptr<OpenJob> job_;
  ManifestResult result_;
  BatchProgress progress_;
  Clock::time_point started_ = Clock::now();
};

/// Writes into the journal what becomes of each item, and passes it on.
class Runner::Recorder final : public BatchObserver {
 public:
  Recorder(Runner& runner, fs::path journal, const Lease& lease)
      : runner_(runner), journal_path_(std::move(journal)), lease_(lease) {}

  /// The job whose items come now, and the number of the attempt.
  void begin(const OpenJob& job, int attempt) {
    job_ = &job;
    attempt_ = attempt;
  }
  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] bool goes_on() const { return status_.has_value(); }
  [[nodiscard]] std::size_t worth_another_attempt() const { return may_pass_; }
  void count_anew() { may_pass_ = 0; }

  /// Whether an item shall be done now: its lease is ours, and nobody did its content before.
  bool takes(std::size_t index) {
    if (!goes_on()) return false;
    if (!lease_.is_held()) {
      status_ = fail(ErrorCode::Io,
                     "another process took over this part of the batch, because this one did not "
                     "answer for too long; what it did is kept");
      return false;
    }
    if (!runner_.request_.skip_done) return true;
    return !skip_known_content(index);
  }

  void started(const fs::path& source, std::size_t index, std::size_t /*count*/) override {
    record_ = {};
    record_.key = item_key(job_->settings, job_->entry.written.sources[index]);
    record_.source = displayed(source);
    record_.attempt = attempt_;
    record_.sha256 = std::exchange(sha256_, {});
    began_ = Clock::now();
    runner_.observer_.started(source, job_->entry.first + index, runner_.manifest_.items());
  }
  void progressed(double fraction) override { runner_.observer_.progressed(fraction); }
  void expects(const fs::path& source, const LargeResult& result) override {
    runner_.observer_.expects(source, result);
  }
  void finished(const FileReport& report) override {
    record_.outcome = Outcome::Done;
    record_.output = displayed(report.output);
    record_.bytes = report.task.common.output_bytes;
    ++runner_.result_.now.done;
    keep();
    runner_.observer_.finished(report);
    runner_.advance();
  }
  void skipped(const fs::path& source, const Skipped& why) override {
    record_.outcome = Outcome::Skipped;
    record_.code = why.why == Skipped::Why::Exists ? "exists" : "result";
    record_.message = why.reason;
    if (why.why == Skipped::Why::Exists) record_.output = displayed(why.other);
    ++runner_.result_.now.skipped;
    keep();
    runner_.observer_.skipped(source, why);
    runner_.advance();
  }
  void failed(const fs::path& source, const Error& error) override {
    record_.outcome = Outcome::Failed;
    record_.code = error_code_name(error.code);
    record_.message = error.sentence;
    const bool again = may_pass(record_.code) && attempt_ <= runner_.request_.retries;
    if (again) ++may_pass_;
    keep();
    if (again) {
      runner_.observer_.notice(error.sentence + "; it is tried once more at the end");
      return;
    }
    ++runner_.result_.now.failed;
    runner_.observer_.failed(source, error);
    runner_.advance();
  }

 private:
  bool skip_known_content(std::size_t index) {
    const fs::path& source = job_->batch.sources[index];
    // Prompts beside a photograph change its mask, but not the photograph's content.
    const auto* choice = std::get_if<MaskChoice>(&job_->entry.job.settings);
    if (choice != nullptr && choice->prompts == "beside") return false;
    auto hash = sha256_file(source);
    if (!hash) return false;  // the task says why
    const std::string content = *hash + "-" + hex_of_settings();
    const auto known = runner_.facts_.contents.find(content);
    sha256_ = content;
    std::error_code unknown;
    if (known == runner_.facts_.contents.end() || !fs::exists(known->second, unknown)) return false;
    started(source, index, 0);
    skipped(source, {Skipped::Why::Result, {}, "the same content was done: " + known->second});
    return true;
  }

  std::string hex_of_settings() { return fmt::format("{:016x}", item_key(job_->settings, {})); }

  void keep() {
    record_.seconds = std::chrono::duration<double>(Clock::now() - began_).count();
    runner_.facts_.add(record_);
    if (status_) status_ = append();
  }

  Status append() {
    if (!journal_) {
      LATENT_TRY(Journal made, Journal::create(journal_path_));
      journal_.emplace(std::move(made));
    }
    return journal_->append(record_);
  }

  Runner& runner_;
  fs::path journal_path_;
  std::optional<Journal> journal_;  ///< made with its first record
  const Lease& lease_;
  const OpenJob* job_ = nullptr;
  int attempt_ = 1;
  Status status_;
  std::size_t may_pass_ = 0;
  ItemRecord record_;
  std::string sha256_;
  Clock::time_point began_;
};

Status Runner::read_state() {
  std::error_code failed;
  fs::create_directories(request_.state / "journal", failed);
  if (failed) {
    return fail(ErrorCode::Io, request_.state,
                fmt::format("the folder {} cannot be made: {}; name another with --state",
                            quoted(request_.state), failed.message()));
  }
  LATENT_TRY(const auto journals, journals_in(request_.state));
  for (const fs::path& path : journals) LATENT_CHECK(read_journal(path, facts_));
  if (facts_.damaged_lines > 0) {
    observer_.notice(
        fmt::format("{} lines of the journals were cut short; what they told is done again",
                    facts_.damaged_lines));
  }
  return {};
}

std::vector<Part> Runner::parts() const {
  const Share& share = request_.share;
  const std::size_t items = manifest_.items();
  if (share.kind == Share::Kind::Whole) return {{"whole", 0, items}};
  if (share.kind == Share::Kind::Shard) {
    return {{fmt::format("shard-{}-of-{}", share.index, share.count), 0, items}};
  }
  std::vector<Part> parts;
  for (std::size_t first = 0; first < items; first += share.block) {
    parts.push_back({fmt::format("block-{}", first), first, std::min(first + share.block, items)});
  }
  // Each process begins elsewhere, so that they do not follow each other from block to block.
  std::random_device random;
  const auto middle = parts.begin() + static_cast<std::ptrdiff_t>(random() % parts.size());
  std::rotate(parts.begin(), middle, parts.end());
  return parts;
}

bool Runner::is_finished(std::uint64_t key, int attempt) const {
  const auto known = facts_.items.find(key);
  if (known == facts_.items.end()) return false;
  const JournalFacts::Word& word = known->second;
  if (word.outcome != Outcome::Failed) return true;
  if (attempt > 1) return !word.may_pass;
  return !word.may_pass && !request_.retry_failed;
}

/// Counts the items of this share, and those that are finished.
Status Runner::count_share() {
  for (std::size_t index = 0; index < manifest_.jobs(); ++index) {
    LATENT_TRY(const ManifestJob entry, manifest_.job(index));
    const std::string settings = settings_text(entry.written);
    for (std::size_t i = 0; i < entry.job.sources.size(); ++i) {
      if (!request_.share.contains(entry.first + i)) continue;
      ++progress_.of;
      if (is_finished(item_key(settings, entry.written.sources[i]), 1)) ++progress_.finished;
    }
  }
  result_.before = progress_.finished;
  return {};
}

void Runner::advance() {
  ++progress_.finished;
  progress_.failed = result_.now.failed;
  const std::size_t now = progress_.finished - result_.before;
  const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
  const std::size_t left = progress_.of - std::min(progress_.of, progress_.finished);
  progress_.seconds_left = elapsed / static_cast<double>(now) * static_cast<double>(left);
  observer_.advanced(progress_);
}

Result<OpenJob*> Runner::open(std::size_t index) {
  if (job_ && job_->index == index) return job_.get();
  auto opened = std::make_unique<OpenJob>();
  opened->index = index;
  LATENT_TRY(opened->entry, manifest_.job(index));
  opened->settings = settings_text(opened->entry.written);
  job_.reset();  // gives its networks back, for the next to use
  LATENT_TRY(opened->batch, batch_of(opened->entry.job, at_));
  opened->plan = std::make_unique<OutputPlan>(plan_of(opened->batch));
  job_ = std::move(opened);
  return job_.get();
}

Status Runner::run_items_of_job(std::size_t index, const Part& part, Recorder& recorder,
                                int attempt) {
  LATENT_TRY(const ManifestJob entry, manifest_.job(index));
  const std::string settings = settings_text(entry.written);
  const auto wanted = [&](std::size_t i) {
    const std::size_t item = entry.first + i;
    return item >= part.first && item < part.end && request_.share.contains(item) &&
           !is_finished(item_key(settings, entry.written.sources[i]), attempt);
  };
  bool any = false;
  for (std::size_t i = 0; i < entry.job.sources.size() && !any; ++i) any = wanted(i);
  if (!any) return {};
  LATENT_TRY(OpenJob* const job, open(index));
  recorder.begin(*job, attempt);
  const BatchResult did = app::run_part(
      job->batch, *job->plan, [&](std::size_t i) { return wanted(i) && recorder.takes(i); },
      recorder, stop_);
  result_.now.cancelled = result_.now.cancelled || did.cancelled;
  return recorder.status();
}

Status Runner::run_items(const Part& part, Recorder& recorder, int attempt) {
  const std::size_t last = manifest_.job_of(part.end - 1);
  for (std::size_t job = manifest_.job_of(part.first); job <= last; ++job) {
    LATENT_CHECK(run_items_of_job(job, part, recorder, attempt));
    if (result_.now.cancelled || stop_.stop_requested()) break;
  }
  result_.now.cancelled = result_.now.cancelled || stop_.stop_requested();
  return {};
}

Status Runner::run_leased(const Part& part, const Lease& lease) {
  // What the one before us did of this part since we read the journals.
  LATENT_TRY(const auto journals, journals_in(request_.state));
  for (const fs::path& path : journals) {
    const std::string name = path.filename().native();
    if (name.starts_with(part.name + ".")) LATENT_CHECK(read_journal(path, facts_));
  }
  Recorder recorder(
      *this,
      request_.state / "journal" / fmt::format("{}.{}{}", part.name, lease.token(), kJournalEnding),
      lease);
  for (int attempt = 1; attempt <= request_.retries + 1; ++attempt) {
    recorder.count_anew();
    LATENT_CHECK(run_items(part, recorder, attempt));
    if (result_.now.cancelled || recorder.worth_another_attempt() == 0) break;
  }
  return {};
}

Result<bool> Runner::has_work(const Part& part) {
  const std::size_t last = manifest_.job_of(part.end - 1);
  for (std::size_t index = manifest_.job_of(part.first); index <= last; ++index) {
    LATENT_TRY(const ManifestJob entry, manifest_.job(index));
    const std::string settings = settings_text(entry.written);
    for (std::size_t i = 0; i < entry.job.sources.size(); ++i) {
      const std::size_t item = entry.first + i;
      const bool inside = item >= part.first && item < part.end;
      if (inside && !is_finished(item_key(settings, entry.written.sources[i]), 1)) return true;
    }
  }
  return false;
}

/// Block after block; then those that others had, until all are finished: a process that died left
/// its block to whoever comes last.
Status Runner::run_claims() {
  std::vector<Part> left = parts();
  while (!left.empty() && !result_.now.cancelled) {
    std::vector<Part> foreign;
    for (const Part& part : left) {
      LATENT_TRY(const bool work, has_work(part));
      if (!work) continue;
      LATENT_TRY(auto lease,
                 Lease::take(request_.state / "leases", part.name, request_.lease_timeout));
      if (lease) LATENT_CHECK(run_leased(part, *lease));
      if (!lease) foreign.push_back(part);
      if (result_.now.cancelled) return {};
    }
    result_.foreign = std::max(result_.foreign, foreign.size());
    if (!foreign.empty()) wait_a_little();
    left = std::move(foreign);
  }
  return {};
}

void Runner::wait_a_little() {
  constexpr int kSteps = 20;
  for (int step = 0; step < kSteps && !stop_.stop_requested(); ++step) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  result_.now.cancelled = result_.now.cancelled || stop_.stop_requested();
}

Status Runner::run_part_if_free(const Part& part) {
  const auto until = Clock::now() + request_.wait;
  LeaseHolder holder;
  LATENT_TRY(auto lease,
             Lease::take(request_.state / "leases", part.name, request_.lease_timeout, &holder));
  while (!lease && Clock::now() < until && !result_.now.cancelled) {
    wait_a_little();
    LATENT_TRY(lease,
               Lease::take(request_.state / "leases", part.name, request_.lease_timeout, &holder));
  }
  if (result_.now.cancelled) return {};
  if (lease) return run_leased(part, *lease);
  return fail(
      ErrorCode::Usage,
      fmt::format("a process on {} works on this since {}; if it is gone, wait {} seconds "
                  "and start again",
                  printable(holder.host), printable(holder.since), request_.lease_timeout.count()));
}

Result<ManifestResult> Runner::run() {
  LATENT_CHECK(read_state());
  LATENT_CHECK(count_share());
  started_ = Clock::now();
  if (progress_.finished == progress_.of) return result_;
  if (request_.share.kind == Share::Kind::Claim) {
    LATENT_CHECK(run_claims());
    return result_;
  }
  for (const Part& part : parts()) {
    LATENT_CHECK(run_part_if_free(part));
    if (result_.now.cancelled) break;
  }
  return result_;
}

}  // namespace

Result<std::vector<fs::path>> journals_in(const fs::path& state) {
  std::vector<fs::path> journals;
  std::error_code failed;
  for (fs::directory_iterator entry(state / "journal", failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (entry->path().extension() == kJournalEnding) journals.push_back(entry->path());
  }
  if (failed) {
    return fail(ErrorCode::Io, state,
                fmt::format("the folder {} cannot be read: {}", quoted(state), failed.message()));
  }
  std::ranges::sort(journals);
  return journals;
}

Result<ManifestResult> run_manifest(const Manifest& manifest, const BatchRequest& request,
                                    ManifestObserver& observer, const std::stop_token& stop,
                                    const Workplace& at) {
  return Runner(manifest, request, observer, stop, at).run();
}

}  // namespace latent::app
