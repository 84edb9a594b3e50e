// SPDX-License-Identifier: GPL-3.0-or-later
#include "latent/library.h"

#include <utility>

#include "app/reader.h"
#include "app/task_table.h"
#include "facade/convert.h"
#include "facade/state.h"

namespace latent::v0 {

namespace {

app::Places places_of(const LibraryOptions& options) {
  app::Places places = app::standard_places();
  places.built_in.insert(places.built_in.begin(), options.model_folders.begin(),
                         options.model_folders.end());
  if (options.data_folder) places.store = *options.data_folder;
  if (options.cache_folder) places.cache = *options.cache_folder;
  if (options.config_folder) places.config = *options.config_folder;
  return places;
}

/// Collects what a batch tells, and tells the caller.
class Collector final : public app::BatchObserver {
 public:
  explicit Collector(const ProgressFunction& progress) : progress_(progress) {}

  void started(const std::filesystem::path& source, std::size_t index, std::size_t count) override {
    now_ = {source, index, count, 0, nullptr};
    tell();
  }
  void progressed(double fraction_of_file) override {
    now_.fraction = fraction_of_file;
    tell();
  }
  void expects(const std::filesystem::path& /*source*/,
               const app::LargeResult& /*result*/) override {}

  void finished(const app::FileReport& report) override {
    FileResult result = facade::result_of(report.task);
    result.output = report.output;
    result.model = report.model_id;
    result.model_version = report.model_version;
    now_.fraction = 1;
    add(std::move(result));
  }
  void skipped(const std::filesystem::path& /*source*/, const app::Skipped& why) override {
    FileResult result;
    result.state = FileResult::State::Skipped;
    result.reason = why.reason;
    if (why.why == app::Skipped::Why::Exists) result.output = why.other;
    add(std::move(result));
  }
  void failed(const std::filesystem::path& /*source*/, const Error& error) override {
    FileResult result;
    result.failure = facade::failure_of(error);
    add(std::move(result));
  }

  std::vector<FileResult> files;

 private:
  void tell() const {
    if (progress_) progress_(now_);
  }
  void add(FileResult result) {
    result.source = now_.source;
    files.push_back(std::move(result));
    now_.result = &files.back();
    tell();
    now_.result = nullptr;
  }

  const ProgressFunction& progress_;
  Progress now_;
};

}  // namespace

Library::Library(std::shared_ptr<State> state) : state_(std::move(state)) {}
Library::Library(Library&&) noexcept = default;
Library& Library::operator=(Library&&) noexcept = default;
Library::~Library() = default;

Outcome<Library> Library::open(const LibraryOptions& options) {
  return facade::outcome_of<Library>([&]() -> Result<Library> {
    LATENT_TRY(const latent::Limits limits, facade::limits_of(options.limits));
    (void)app::read_files_by({});  // in a cage, where latent-reader is installed with us
    auto state = std::make_shared<State>();
    state->places = places_of(options);
    state->limits = limits;
    state->engine = options.engine;
    LATENT_TRY(app::Job job, app::new_job("denoise"));
    LATENT_CHECK(facade::put_engine(job, options.engine));
    return Library(std::move(state));
  });
}

Outcome<JobResult> Library::run(const Job& job, const ProgressFunction& progress,
                                const std::stop_token& stop) {
  return facade::outcome_of<JobResult>([&]() -> Result<JobResult> {
    LATENT_TRY(const app::Job here, state_->here(JobAccess::of(job)));
    Collector collector(progress);
    LATENT_TRY(const app::BatchResult ran,
               app::run_job(here, collector, stop, state_->workplace()));
    return JobResult{ran.done, ran.skipped, ran.failed, ran.cancelled, std::move(collector.files)};
  });
}

Outcome<JobResult> Library::run(std::string_view job_json, const ProgressFunction& progress,
                                const std::stop_token& stop) {
  const auto job = Job::from_json(job_json);
  if (!job) return job.failure();
  return run(*job, progress, stop);
}

void Library::clear() { state_->warm.clear(); }

}  // namespace latent::v0
