// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/path.h"
#include "cli/batch_reporters.h"
#include "cli/terminal.h"

namespace latent::cli {

namespace {

class TextReporter final : public app::BatchObserver {
 public:
  explicit TextReporter(Verbosity verbosity) : verbosity_(verbosity) {}

  void started(const std::filesystem::path& source, std::size_t index, std::size_t count) override {
    if (verbosity_ == Verbosity::Quiet) return;
    const std::string name = displayed(source.filename());
    bar_ = std::make_unique<ProgressBar>(
        count > 1 ? fmt::format("{} ({} of {})", name, index + 1, count) : name);
    bar_->update(0.0);
  }

  void progressed(double fraction) override {
    if (bar_) bar_->update(fraction);
  }

  void expects(const std::filesystem::path& source, const app::LargeResult& result) override {
    if (bar_) bar_->clear();
    print_error(fmt::format(
        "{}: the result will have {:.0f} megapixels, {} before compression; "
        "about {} in all",
        quoted(source), static_cast<double>(result.size.area()) / 1e6,
        readable_bytes(static_cast<double>(result.bytes)), readable_duration(result.seconds)));
  }

  void finished(const app::FileReport& report) override {
    bar_.reset();
    const tasks::TaskReport& task = report.task.common;
    for (const std::string& notice : task.notices) {
      print_error(quoted(report.source) + ": " + notice);
    }
    if (verbosity_ == Verbosity::Quiet) return;
    const std::string where =
        task.network_ran
            ? fmt::format("{} on {} in {}", readable_bytes(bytes_of(task)), task.session.device,
                          infer::precision_name(task.session.precision))
            : readable_bytes(bytes_of(task));
    print(fmt::format("{} -> {}  ({:.1f} MP, {}, {})\n", displayed(report.source),
                      displayed(report.output), static_cast<double>(task.result.area()) / 1e6,
                      readable_duration(task.seconds.total), where));
    if (verbosity_ == Verbosity::Verbose) print_details(report);
  }

  void skipped(const std::filesystem::path& source, const app::Skipped& why) override {
    bar_.reset();
    if (verbosity_ == Verbosity::Quiet) return;
    print(fmt::format("{} skipped: {}\n", displayed(source), why.reason));
  }

  void failed(const std::filesystem::path& /*source*/, const Error& error) override {
    bar_.reset();
    print_error(error.sentence);
  }

 private:
  static double bytes_of(const tasks::TaskReport& task) {
    return static_cast<double>(task.output_bytes);
  }

  static void print_details(const app::FileReport& report) {
    const tasks::TaskReport& task = report.task.common;
    const auto& seconds = task.seconds;
    for (const std::string& line : report.task.details) print(fmt::format("  {}\n", line));
    if (task.network_ran) {
      print(fmt::format("  model {} {}; {} {}; {} tiles, {:.2f} x the pixels\n",
                        printable(report.model_id), printable(report.model_version),
                        infer::engine_name(task.session.engine), task.session.engine_version,
                        task.tiles, task.redundancy));
    }
    print(fmt::format(
        "  seconds: read {:.2f}, noise {:.2f}, prepare {:.2f}, first tile {:.2f}, pack {:.2f}, "
        "infer {:.2f}, unpack {:.2f}, write {:.2f}\n",
        seconds.read, seconds.noise, seconds.prepare, seconds.first_tile, seconds.pack,
        seconds.infer, seconds.unpack, seconds.write));
  }

  Verbosity verbosity_;
  std::unique_ptr<ProgressBar> bar_;
};

}  // namespace

std::unique_ptr<app::BatchObserver> text_reporter(Verbosity verbosity) {
  return std::make_unique<TextReporter>(verbosity);
}

}  // namespace latent::cli
