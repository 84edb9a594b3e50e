// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tensor_run.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <system_error>

#include "app/model_defaults.h"
#include "app/model_manager.h"
#include "app/npy_file.h"
#include "app/output_name.h"
#include "base/path.h"
#include "infer/deadline.h"
#include "infer/tensor_proof.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

/// Names of the package's networks: its ONNX files without their ending.
std::vector<std::string> stems_of(const models::Package& package) {
  constexpr std::string_view kEnding = ".onnx";
  std::vector<std::string> stems;
  for (const auto& [name, facts] : package.files()) {
    if (name.ends_with(kEnding)) stems.push_back(name.substr(0, name.size() - kEnding.size()));
  }
  return stems;
}

Result<std::string> network_of(const models::Package& package, const std::string& wanted) {
  const auto stems = stems_of(package);
  std::string known;
  for (const std::string& stem : stems) known += (known.empty() ? "" : ", ") + printable(stem);
  const std::string named = "the package '" + printable(package.manifest().id) + "' ";
  if (!wanted.empty()) {
    if (std::ranges::count(stems, wanted) > 0) return wanted;
    return fail(ErrorCode::NotFound,
                named + "has no network '" + printable(wanted) + "'; it has " + known);
  }
  if (stems.size() == 1) return stems.front();
  if (stems.empty()) return fail(ErrorCode::NotFound, named + "has no network");
  return fail(ErrorCode::Usage, named + "has several networks; --network chooses one of " + known);
}

/// Names of tensors are the package's: no path may be made of them.
fs::path file_of(const fs::path& folder, const infer::NamedTensor& answer) {
  std::string name = printable(answer.name);
  std::ranges::replace_if(
      name, [](char letter) { return letter == '/' || letter == '\\'; }, '_');
  if (name.empty() || name.front() == '.') name.insert(0, "output");
  return folder / (name + ".npy");
}

/// Errors   Unsupported  two answers would be one file; Usage  an answer would replace an input.
Status check_files(const TensorRunJob& job, const std::vector<infer::NamedTensor>& answers) {
  std::set<fs::path> files;
  for (const infer::NamedTensor& answer : answers) {
    const fs::path file = file_of(job.output_folder, answer);
    if (!files.insert(file).second) {
      return fail(ErrorCode::Unsupported, file,
                  "two answers of the network would both be written to " + quoted(file) +
                      "; one of them is called '" + printable(answer.name) + "'");
    }
    for (const auto& [name, input] : job.inputs) LATENT_CHECK(check_is_not_source(file, input));
  }
  return {};
}

/// Without inputs nothing is computed, so nothing needs to be proved.
Result<std::unique_ptr<infer::TensorSession>> open_session(const infer::OnnxSource& source,
                                                           const TensorRunJob& job,
                                                           const infer::TensorProbe& probe,
                                                           TensorRunReport& report) {
  if (probe.inputs.empty()) return infer::open_tensor_session(source, job.engine, job.sizes);
  LATENT_TRY(auto proved, infer::open_proved_tensor_session(source, job.engine, job.sizes, probe));
  report.notices = std::move(proved.notices);
  return std::move(proved.session);
}

}  // namespace

Result<TensorRunReport> run_tensors(const TensorRunJob& job) {
  LATENT_TRY(const models::Package package, open_model(job.model));
  TensorRunReport report;
  LATENT_TRY(report.network, network_of(package, job.network));
  infer::OnnxSource source;
  LATENT_TRY(source.bytes, package.file(report.network + ".onnx"));
  source.optimization = package.manifest().hints.optimization_of(report.network);
  infer::TensorProbe given;
  for (const auto& [name, file] : job.inputs) {
    LATENT_TRY(auto tensor, read_npy_file(file, name));
    given.inputs.push_back(std::move(tensor));
  }
  LATENT_TRY(const auto session, open_session(source, job, given, report));
  report.session = session->info();
  report.inputs = session->inputs();
  report.outputs = session->outputs();
  if (job.inputs.empty()) return report;
  LATENT_TRY(const auto answers, infer::run_within(*session, given.inputs, job.engine));
  LATENT_CHECK(check_files(job, answers));
  std::error_code problem;
  fs::create_directories(job.output_folder, problem);
  if (problem) {
    return fail(ErrorCode::Io, job.output_folder,
                quoted(job.output_folder) + " cannot be made: " + problem.message());
  }
  for (const infer::NamedTensor& answer : answers) {
    const fs::path file = file_of(job.output_folder, answer);
    LATENT_CHECK(write_npy_file(file, answer));
    report.written.emplace_back(file, answer.dims);
  }
  return report;
}

Result<CheckReport> run_golden(const std::string& model, const infer::EngineRequest& engine) {
  LATENT_TRY(const models::Package package, open_model(model));
  CheckTools tools = standard_model_setup().check;
  tools.request = engine;
  LATENT_TRY(CheckReport report, check_package(package, tools, {}));
  if (report.goldens > 0) return report;
  return fail(ErrorCode::Unsupported, "the package '" + printable(package.manifest().id) +
                                          "' brings no golden tensors to be checked by");
}

}  // namespace latent::app
