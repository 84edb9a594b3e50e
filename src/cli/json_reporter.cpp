// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/path.h"
#include "cli/batch_reporters.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace latent::cli {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr auto kProgressInterval = std::chrono::milliseconds(100);

void print_line(const Json& event) { print(event.dump() + "\n"); }

Json seconds_json(const tasks::TaskTimes& seconds) {
  return {{"read", seconds.read},       {"noise", seconds.noise},
          {"prepare", seconds.prepare}, {"first_tile", seconds.first_tile},
          {"pack", seconds.pack},       {"infer", seconds.infer},
          {"unpack", seconds.unpack},   {"write", seconds.write},
          {"total", seconds.total}};
}

const char* word_of(app::Skipped::Why why) {
  switch (why) {
    case app::Skipped::Why::Exists:
      return "exists";
    case app::Skipped::Why::Result:
      return "result";
    case app::Skipped::Why::SameFile:
      return "same_file";
    case app::Skipped::Why::ResultOf:
      return "result_of";
  }
  return "exists";
}

class JsonReporter final : public app::BatchObserver {
 public:
  void started(const std::filesystem::path& source, std::size_t index, std::size_t count) override {
    file_ = displayed(source);
    started_ = Clock::now();
    last_ = {};
    print_line({{"event", "start"}, {"file", file_}, {"index", index}, {"count", count}});
  }

  void progressed(double fraction) override {
    const auto now = Clock::now();
    if (now - last_ < kProgressInterval) return;
    last_ = now;
    const double left =
        seconds_left(std::chrono::duration<double>(now - started_).count(), fraction);
    Json event{{"event", "progress"}, {"file", file_}, {"fraction", fraction}};
    event["seconds_left"] = left < 0 ? Json(nullptr) : Json(left);
    print_line(event);
  }

  void expects(const std::filesystem::path& /*source*/, const app::LargeResult& result) override {
    print_line({{"event", "large"},
                {"file", file_},
                {"megapixels", static_cast<double>(result.size.area()) / 1e6},
                {"bytes", result.bytes},
                {"seconds", result.seconds}});
  }

  void finished(const app::FileReport& report) override {
    const tasks::TaskReport& task = report.task.common;
    Json event{{"event", "done"},
               {"file", file_},
               {"output", displayed(report.output)},
               {"bytes", task.output_bytes},
               {"megapixels", static_cast<double>(task.result.area()) / 1e6}};
    event.update(Json::parse(report.task.facts));
    event["model"] = printable(report.model_id);
    event["model_version"] = printable(report.model_version);
    event["network_ran"] = task.network_ran;
    event["engine"] = infer::engine_name(task.session.engine);
    event["engine_version"] = task.session.engine_version;
    event["device"] = task.session.device;
    event["precision"] = infer::precision_name(task.session.precision);
    event["tiles"] = task.tiles;
    event["redundancy"] = task.redundancy;
    event["notices"] = task.notices;
    event["seconds"] = seconds_json(task.seconds);
    print_line(event);
  }

  void skipped(const std::filesystem::path& /*source*/, const app::Skipped& why) override {
    const bool exists = why.why == app::Skipped::Why::Exists;
    Json event{{"event", "skipped"}, {"file", file_}, {"reason", word_of(why.why)}};
    event["output"] = exists ? Json(displayed(why.other)) : Json(nullptr);
    event["same_as"] = exists || why.other.empty() ? Json(nullptr) : Json(displayed(why.other));
    event["message"] = why.reason;
    print_line(event);
  }

  void failed(const std::filesystem::path& /*source*/, const Error& error) override {
    print_line({{"event", "error"},
                {"file", file_},
                {"code", error_code_name(error.code)},
                {"message", error.sentence}});
  }

 private:
  std::string file_;
  Clock::time_point started_;
  Clock::time_point last_;
};

}  // namespace

std::unique_ptr<app::BatchObserver> json_reporter() { return std::make_unique<JsonReporter>(); }

}  // namespace latent::cli
