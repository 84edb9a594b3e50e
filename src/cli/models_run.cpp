// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/models_run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <string>

#include "app/tensor_run.h"
#include "base/path.h"
#include "cli/engine_options.h"
#include "cli/exit_code.h"
#include "cli/output.h"

namespace latent::cli {

namespace {

struct Options {
  std::string model;
  std::string network;
  std::vector<std::string> inputs;
  std::vector<std::string> sizes;
  std::string folder;
  bool check_golden = false;
  EngineOptions engine;
};

/// "NAME=VALUE" taken apart.
Result<std::pair<std::string, std::string>> split(const std::string& text, const char* option) {
  const std::size_t at = text.find('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) {
    return fail(ErrorCode::Usage,
                fmt::format("{} takes NAME=VALUE, not '{}'", option, printable(text)));
  }
  return std::pair{text.substr(0, at), text.substr(at + 1)};
}

Result<app::TensorRunJob> job_of(const Options& options) {
  app::TensorRunJob job;
  job.model = options.model;
  job.network = options.network;
  job.output_folder = options.folder;
  for (const std::string& text : options.inputs) {
    LATENT_TRY(const auto input, split(text, "--input"));
    job.inputs[input.first] = input.second;
  }
  for (const std::string& text : options.sizes) {
    LATENT_TRY(const auto size, split(text, "--size"));
    std::int64_t value = 0;
    const char* end = size.second.data() + size.second.size();
    const auto read = std::from_chars(size.second.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end || value < 1) {
      return fail(ErrorCode::Usage,
                  fmt::format("--size {} takes a whole number above 0", printable(size.first)));
    }
    job.sizes[size.first] = value;
  }
  if (!job.inputs.empty() && options.folder.empty()) {
    return fail(ErrorCode::Usage, "--input needs --output-folder, the folder for the outputs");
  }
  LATENT_TRY(job.engine, options.engine.request());
  return job;
}

void print_ports(const char* what, const std::vector<infer::TensorPort>& ports) {
  for (const infer::TensorPort& port : ports) {
    std::string dims;
    for (std::size_t i = 0; i < port.dims.size(); ++i) {
      if (i > 0) dims += ", ";
      dims += port.dims[i] >= 0         ? std::to_string(port.dims[i])
              : port.symbols[i].empty() ? std::string("?")
                                        : printable(port.symbols[i]);
    }
    print(fmt::format("{} {} {} [{}]\n", what, printable(port.name), port.type, dims));
  }
}

int failed(const Error& error) {
  if (error.code == ErrorCode::Usage) return usage_error(error);
  print_error(error.sentence);
  return exit_code_of(error.code);
}

int check_golden(const Options& options, const infer::EngineRequest& engine) {
  const auto report = app::run_golden(options.model, engine);
  if (!report) return failed(report.error());
  print(fmt::format("{} golden tensors match, largest difference {:.2g}\n", report->goldens,
                    report->worst));
  for (const std::string& notice : report->notices) print(fmt::format("{}\n", notice));
  return kAllDone;
}

int run(const Options& options, const std::stop_token& stop) {
  auto job = job_of(options);
  if (!job) return failed(job.error());
  job->engine.stop = stop;
  if (options.check_golden) return check_golden(options, job->engine);
  const auto report = app::run_tensors(*job);
  if (!report) return failed(report.error());
  print(fmt::format("{} by {} on {} in {}\n", printable(report->network),
                    infer::engine_name(report->session.engine), report->session.device,
                    infer::precision_name(report->session.precision)));
  for (const std::string& notice : report->notices) print_error(notice);
  if (job->inputs.empty()) {
    print_ports("input ", report->inputs);
    print_ports("output", report->outputs);
  }
  for (const auto& [file, dims] : report->written) {
    print(fmt::format("{} [{}]\n", displayed(file), fmt::join(dims, ", ")));
  }
  return kAllDone;
}

}  // namespace

void add_models_run(CLI::App& models, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = models.add_subcommand(
      "run", "Run one network of a package on arrays; without --input list its inputs and outputs");
  verb->add_option("package", options->model, "a model's id, or a .dtmodel file")->required();
  verb->add_option("--network", options->network, "name of the ONNX file without .onnx");
  verb->add_option("--input", options->inputs, "NAME=FILE.npy, for every input")
      ->allow_extra_args(false);
  verb->add_option("--size", options->sizes, "NAME=N: size of a free dimension")
      ->allow_extra_args(false);
  verb->add_option("-O,--output-folder", options->folder,
                   "folder for the outputs, one .npy file each");
  verb->add_flag("--check-golden", options->check_golden,
                 "run the package's own golden tensors instead");
  options->engine.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) { return run(*options, stop); };
  });
}

}  // namespace latent::cli
