// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/batch_report.h"
#include "app/batch_run.h"
#include "base/path.h"
#include "cli/batch_reporters.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"
#include "cli/pattern_job.h"
#include "cli/report_options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

struct Options {
  std::vector<std::string> inputs;
  PatternJob pattern;
  std::vector<std::string> match;
  std::string shard;
  bool claim = false;
  bool resume = false;
  bool report_only = false;
  std::string state;
  std::string report_folder;
  std::size_t pictures = 60;
  int lease_s = 300;
  int wait_s = 0;
  app::BatchRequest request;
  LimitOptions limits;
  ReportOptions report;
};

/// How all of it stands, now and then, beside what a reporter says of each file.
class Reporter final : public app::ManifestObserver {
 public:
  Reporter(std::unique_ptr<app::BatchObserver> files, bool json, bool quiet)
      : files_(std::move(files)), json_(json), quiet_(quiet) {}

  void started(const fs::path& source, std::size_t index, std::size_t count) override {
    files_->started(source, index, count);
  }
  void progressed(double fraction) override { files_->progressed(fraction); }
  void expects(const fs::path& source, const app::LargeResult& result) override {
    files_->expects(source, result);
  }
  void finished(const app::FileReport& report) override { files_->finished(report); }
  void skipped(const fs::path& source, const app::Skipped& why) override {
    files_->skipped(source, why);
  }
  void failed(const fs::path& source, const Error& error) override {
    files_->failed(source, error);
  }
  void notice(const std::string& sentence) override {
    if (json_) {
      print(Json{{"event", "notice"}, {"message", sentence}}.dump() + "\n");
    } else {
      print_error(sentence);
    }
  }
  void advanced(const app::BatchProgress& progress) override {
    const auto now = Clock::now();
    if (now - last_ < (json_ ? kJsonInterval : kTextInterval)) return;
    last_ = now;
    if (json_) {
      Json event{{"event", "batch"},
                 {"finished", progress.finished},
                 {"of", progress.of},
                 {"failed", progress.failed}};
      event["seconds_left"] = progress.seconds_left < 0 ? Json() : Json(progress.seconds_left);
      print(event.dump() + "\n");
    } else if (!quiet_) {
      print(fmt::format("{} of {} finished, {} failed, about {} left\n", progress.finished,
                        progress.of, progress.failed, readable_duration(progress.seconds_left)));
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kJsonInterval{100};
  static constexpr std::chrono::milliseconds kTextInterval{30'000};
  std::unique_ptr<app::BatchObserver> files_;
  bool json_;
  bool quiet_;
  Clock::time_point last_ = Clock::now();
};

Result<app::Share> share_of(const Options& options) {
  app::Share share = options.request.share;
  if (options.claim) share.kind = app::Share::Kind::Claim;
  if (options.shard.empty()) return share;
  share.kind = app::Share::Kind::Shard;
  const char* const end = options.shard.data() + options.shard.size();
  const auto index = std::from_chars(options.shard.data(), end, share.index);
  const bool slash = index.ec == std::errc() && index.ptr != end && *index.ptr == '/';
  const auto count = slash ? std::from_chars(index.ptr + 1, end, share.count)
                           : std::from_chars_result{end, std::errc::invalid_argument};
  if (count.ec != std::errc() || count.ptr != end || share.index >= share.count) {
    return fail(ErrorCode::Usage,
                fmt::format("--shard takes I/N with I from 0 to N-1, as in 0/8; it is '{}'",
                            printable(options.shard)));
  }
  return share;
}

Result<app::Manifest> manifest_of(const Options& options) {
  app::ManifestRequest request;
  request.inputs = {options.inputs.begin(), options.inputs.end()};
  request.match = options.match;
  LATENT_TRY(request.limits, options.limits.limits());
  LATENT_TRY(request.pattern_job, options.pattern.read());
  return app::Manifest::open(request);
}

Status hold_resume(const Options& options, const app::BatchRequest& request) {
  std::error_code unknown;
  if (!options.resume || fs::is_directory(request.state / "journal", unknown)) return {};
  return fail(
      ErrorCode::Usage, request.state,
      fmt::format("there is nothing to resume: {} holds no journal", quoted(request.state)));
}

void print_end(const Options& options, const app::ManifestResult& result) {
  if (options.report.json) {
    print(Json{{"event", "end"},
               {"done", result.now.done},
               {"skipped", result.now.skipped},
               {"failed", result.now.failed},
               {"before", result.before},
               {"cancelled", result.now.cancelled}}
              .dump() +
          "\n");
    return;
  }
  std::string line = fmt::format("{} done, {} skipped, {} failed", result.now.done,
                                 result.now.skipped, result.now.failed);
  if (result.before > 0) line += fmt::format(", {} finished before", result.before);
  print(line + "\n");
}

Status write_report(const Options& options, const app::Manifest& manifest,
                    const app::BatchRequest& request, const std::stop_token& stop) {
  LATENT_TRY(const auto report, app::report_on(manifest, request.state));
  app::ReportFiles files;
  files.folder = options.report_folder;
  files.pictures = options.pictures;
  LATENT_TRY(files.limits, options.limits.limits());
  LATENT_CHECK(app::write_report(report, files, stop));
  if (!options.report.json) {
    print(fmt::format("report: {}\n", displayed(files.folder / "report.html")));
  }
  return {};
}

int code_of(const app::BatchResult& result) {
  if (result.cancelled) return kCancelled;
  return result.failed > 0 ? kSomeFailed : kAllDone;
}

int failed_with(const Error& error) {
  print_error(error.sentence);
  return error.code == ErrorCode::Usage ? kUsage : exit_code_of(error.code);
}

int run(Options& options, const std::stop_token& stop) {
  const auto manifest = manifest_of(options);
  if (!manifest) return usage_error(manifest.error());
  app::BatchRequest& request = options.request;
  const auto share = share_of(options);
  if (!share) return usage_error(share.error());
  request.share = *share;
  request.lease_timeout = std::chrono::seconds(options.lease_s);
  request.wait = std::chrono::seconds(options.wait_s);
  request.state = options.state.empty() ? manifest->usual_state_folder() : fs::path(options.state);
  if (const auto held = hold_resume(options, request); !held) return usage_error(held.error());
  int code = kAllDone;
  if (!options.report_only) {
    print_folder_notices();
    const Verbosity verbosity = options.report.quiet ? Verbosity::Quiet : Verbosity::Normal;
    Reporter reporter(options.report.json ? json_reporter() : text_reporter(verbosity),
                      options.report.json, options.report.quiet);
    app::WarmModels warm;
    app::Workplace at;
    at.warm = &warm;
    const auto result = app::run_manifest(*manifest, request, reporter, stop, at);
    if (!result) return failed_with(result.error());
    print_end(options, *result);
    code = code_of(result->now);
  }
  if (options.report_folder.empty() || code == kCancelled) return code;
  if (const auto written = write_report(options, *manifest, request, stop); !written) {
    return failed_with(written.error());
  }
  return code;
}

void declare_share(CLI::App& verb, Options& options) {
  auto* shard = verb.add_option("--shard", options.shard,
                                "only every Nth item, from I (0 to N-1): for Slurm arrays, GNU "
                                "parallel, Kubernetes and HTCondor")
                    ->type_name("I/N");
  auto* claim = verb.add_flag("--claim", options.claim,
                              "take block after block that no other process has; start it on as "
                              "many machines as you like")
                    ->excludes(shard);
  verb.add_option("--block", options.request.share.block, "items of a block of --claim")
      ->check(CLI::Range(1, 1'000'000))
      ->needs(claim)
      ->capture_default_str();
  verb.add_option("--lease-timeout", options.lease_s,
                  "seconds after which the work of a machine that is silent goes to another")
      ->check(CLI::Range(2, 86'400))
      ->capture_default_str();
  verb.add_option("--wait", options.wait_s, "seconds to wait for a share that another process has")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
}

void declare_work(CLI::App& verb, Options& options) {
  verb.add_option("inputs", options.inputs,
                  "manifests (.jsonl: a job on each line) or jobs (.json); with --task or --job "
                  "folders and photographs")
      ->required()
      ->type_name("INPUT");
  options.pattern.declare(verb);
  verb.add_option("--match", options.match, "of folders only these names, as in \"*.NEF\"")
      ->type_name("PATTERN")
      ->allow_extra_args(false);
}

}  // namespace

void add_batch(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "batch", "Do many jobs, on one machine or many; what is finished is never done again");
  declare_work(*verb, *options);
  declare_share(*verb, *options);
  app::BatchRequest& request = options->request;
  verb->add_option("--state", options->state,
                   "folder of the journals, shared by all machines; default: beside the manifest")
      ->type_name("DIR");
  verb->add_flag("--resume", options->resume, "refuse to begin anew where there is no journal");
  verb->add_flag("--retry-failed", request.retry_failed, "try again what failed for good before");
  verb->add_option("--retries", request.retries,
                   "more attempts where disk or device failed, at the end")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  verb->add_flag("--skip-done", request.skip_done,
                 "skip sources whose content was done with the same settings under another name");
  verb->add_option("--report", options->report_folder,
                   "folder for report.html and report.json on all of the batch")
      ->type_name("DIR");
  verb->add_flag("--report-only", options->report_only, "write the report and do nothing else")
      ->needs("--report");
  verb->add_option("--pictures", options->pictures, "pairs of small pictures in the report")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  options->limits.declare(*verb);
  options->report.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
