// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "base/threads.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

/// The share of a file after which its pace says something: rows come out a row of tiles at a time.
constexpr double kPaceFraction = 0.1;

/// Passes progress on, and announces a large result once its pace is known.
class Progress {
 public:
  Progress(const fs::path& source, BatchObserver& observer)
      : source_(source), observer_(observer) {}

  void foresee(const LargeResult& result) {
    if (result.size.area() > kLargeResultPixels) large_ = result;
  }

  void operator()(double fraction) {
    if (large_ && fraction >= kPaceFraction) {
      const std::chrono::duration<double> elapsed = Clock::now() - started_;
      large_->seconds = elapsed.count() / fraction;
      observer_.expects(source_, *large_);
      large_.reset();
    }
    observer_.progressed(fraction);
  }

 private:
  using Clock = std::chrono::steady_clock;
  const fs::path& source_;
  BatchObserver& observer_;
  std::optional<LargeResult> large_;
  Clock::time_point started_ = Clock::now();
};

/// Nothing below may throw; what a library throws all the same ends here, not the batch.
Result<TaskAnswer> run_guarded(const Batch& batch, const fs::path& source, const OutputName& output,
                               BatchObserver& observer, const std::stop_token& stop) {
  try {
    Progress progress(source, observer);
    return batch.run(
        source, output, [&](const LargeResult& result) { progress.foresee(result); },
        RunControl{stop, [&](double fraction) { progress(fraction); }});
  } catch (...) {
    Error error = error_of_exception();
    error.sentence = quoted(source) + ": " + error.sentence;
    error.subject = source;
    return tl::make_unexpected(std::move(error));
  }
}

enum class Outcome { Done, Skipped, Failed, Cancelled };

/// Whether the name was free when the work began and is not any more.
bool was_taken_meanwhile(const Error& error, const OutputName& name) {
  std::error_code unknown;
  return error.code == ErrorCode::Usage && !name.overwrite &&
         fs::exists(fs::symlink_status(name.path, unknown));
}

Skipped skip_of(const LeftOut& left) {
  switch (left.why) {
    case LeftOut::Why::SameFile:
      return {Skipped::Why::SameFile, left.other,
              fmt::format("it is the same file as {}, which is in the list already",
                          quoted(left.other))};
    case LeftOut::Why::ResultOf:
      return {Skipped::Why::ResultOf, left.other,
              fmt::format("it is the result of {}, which is in the list too", quoted(left.other))};
    case LeftOut::Why::Result:
      break;
  }
  return {
      Skipped::Why::Result,
      {},
      fmt::format("{} has processed it in this way before; to process it once more, use --again "
                  "(again in a job)",
                  printable(left.words))};
}

/// Nothing where another program took the name while the result was made.
std::optional<Outcome> run_as(const Batch& batch, const fs::path& source,
                              const Result<OutputName>& name, BatchObserver& observer,
                              const std::stop_token& stop) {
  if (!name) {
    observer.failed(source, name.error());
    return Outcome::Failed;
  }
  if (name->skip) {
    observer.skipped(source,
                     {Skipped::Why::Exists, name->path, displayed(name->path) + " is there"});
    return Outcome::Skipped;
  }
  auto report = run_guarded(batch, source, *name, observer, stop);
  if (report && !report->done_before_by.empty()) {
    observer.skipped(source, skip_of({LeftOut::Why::Result, {}, report->done_before_by}));
    return Outcome::Skipped;
  }
  if (report) {
    const fs::path& written = report->common.output;  // perhaps the next free name
    const fs::path output = written.empty() ? name->path : written;
    observer.finished({source, output, batch.model_id, batch.model_version, *std::move(report)});
    return Outcome::Done;
  }
  if (report.error().code == ErrorCode::Cancelled) return Outcome::Cancelled;
  if (was_taken_meanwhile(report.error(), *name)) return std::nullopt;
  observer.failed(source, report.error());
  return Outcome::Failed;
}

/// Where the name was taken meanwhile the rule is asked again, and says now what it would have said
/// then: skip it or refuse; the next free name was taken by the task itself, as far as it can.
Outcome run_one(const Batch& batch, const OutputPlan& plan, std::size_t index,
                BatchObserver& observer, const std::stop_token& stop) {
  constexpr int kAttempts = 4;
  const fs::path& source = batch.sources[index];
  if (const auto& left = plan.left_out(index)) {
    observer.skipped(source, skip_of(*left));
    return Outcome::Skipped;
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto outcome = run_as(batch, source, plan.name(index), observer, stop);
    if (outcome) return *outcome;
  }
  observer.failed(source, fail(ErrorCode::Usage, source,
                               "other programs take the name of the result of " + quoted(source) +
                                   " again and again")
                              .value());
  return Outcome::Failed;
}

}  // namespace

OutputPlan plan_of(const Batch& batch) {
  return {batch.sources, batch.suffix, batch.extension, batch.output, batch.results, batch.names};
}

BatchResult run_batch(const Batch& batch, BatchObserver& observer, const std::stop_token& stop) {
  return run_part(
      batch, plan_of(batch), [](std::size_t) { return true; }, observer, stop);
}

BatchResult run_part(const Batch& batch, const OutputPlan& plan,
                     const std::function<bool(std::size_t index)>& wanted, BatchObserver& observer,
                     const std::stop_token& stop) {
  BatchResult result;
  for (std::size_t index = 0; index < batch.sources.size(); ++index) {
    const fs::path& source = batch.sources[index];
    result.cancelled = stop.stop_requested();
    if (result.cancelled) break;
    if (!wanted(index)) continue;
    observer.started(source, index, batch.sources.size());
    switch (run_one(batch, plan, index, observer, stop)) {
      case Outcome::Done:
        ++result.done;
        break;
      case Outcome::Skipped:
        ++result.skipped;
        break;
      case Outcome::Failed:
        ++result.failed;
        break;
      case Outcome::Cancelled:
        result.cancelled = true;
        return result;
    }
  }
  return result;
}

}  // namespace latent::app
