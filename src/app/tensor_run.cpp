// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tensor_run.h"

#include <algorithm>
#include <system_error>

#include "app/npy_file.h"
#include "app/standard_paths.h"
#include "base/path.h"
#include "models/registry.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

/// The stems that packages may have (darktable's names, and those of the "latent" block).
std::vector<std::string> stems_of(const models::Package& package) {
  std::vector<std::string> stems{"model",    "model_bayer", "model_linear", "model_xtrans",
                                 "model_x2", "model_x4",    "encoder",      "decoder"};
  for (const auto& [stem, attributes] : package.manifest().attributes) stems.push_back(stem);
  if (package.manifest().latent) {
    for (const auto& [name, facts] : package.manifest().latent->files) {
      if (name.ends_with(".onnx")) stems.push_back(name.substr(0, name.size() - 5));
    }
  }
  std::ranges::sort(stems);
  const auto rest = std::ranges::unique(stems);
  stems.erase(rest.begin(), rest.end());
  std::erase_if(stems, [&](const std::string& stem) {
    return stem.empty() || !package.file(stem + ".onnx").has_value();
  });
  return stems;
}

Result<std::string> network_of(const models::Package& package, const std::string& wanted) {
  const auto stems = stems_of(package);
  std::string known;
  for (const std::string& stem : stems) known += (known.empty() ? "" : ", ") + printable(stem);
  const std::string named = "the package '" + printable(package.manifest().id) + "' ";
  if (!wanted.empty()) {
    if (std::ranges::count(stems, wanted) > 0 || package.file(wanted + ".onnx")) return wanted;
    return fail(ErrorCode::NotFound,
                named + "has no network '" + printable(wanted) + "'; it has " + known);
  }
  if (stems.size() == 1) return stems.front();
  if (stems.empty()) return fail(ErrorCode::NotFound, named + "has no network");
  return fail(ErrorCode::Usage, named + "has several networks; --network chooses one of " + known);
}

}  // namespace

Result<TensorRunReport> run_tensors(const TensorRunJob& job) {
  const models::Registry registry(model_folders());
  LATENT_TRY(const models::Package package, registry.open(job.model));
  TensorRunReport report;
  LATENT_TRY(report.network, network_of(package, job.network));
  infer::OnnxSource source;
  LATENT_TRY(source.bytes, package.file(report.network + ".onnx"));
  LATENT_TRY(const auto session, infer::open_tensor_session(source, job.engine, job.sizes));
  report.session = session->info();
  report.inputs = session->inputs();
  report.outputs = session->outputs();
  if (job.inputs.empty()) return report;
  std::vector<infer::NamedTensor> given;
  for (const auto& [name, file] : job.inputs) {
    LATENT_TRY(auto tensor, read_npy_file(file, name));
    given.push_back(std::move(tensor));
  }
  LATENT_TRY(const auto answers, session->run(given));
  std::error_code problem;
  fs::create_directories(job.output_folder, problem);
  if (problem) {
    return fail(ErrorCode::Io, quoted(job.output_folder) + " cannot be made: " + problem.message());
  }
  for (const infer::NamedTensor& answer : answers) {
    // Names of tensors are the package's: no path may be made of them.
    std::string name = printable(answer.name);
    std::ranges::replace_if(
        name, [](char letter) { return letter == '/' || letter == '\\'; }, '_');
    if (name.empty() || name.front() == '.') name = "output" + name;
    const fs::path file = job.output_folder / (name + ".npy");
    LATENT_CHECK(write_npy_file(file, answer));
    report.written.emplace_back(file, answer.dims);
  }
  return report;
}

Result<std::vector<std::pair<std::string, infer::ProofVerdict>>> run_golden(
    const std::string& model, const infer::EngineRequest& engine) {
  const models::Registry registry(model_folders());
  LATENT_TRY(const models::Package package, registry.open(model));
  std::vector<std::pair<std::string, infer::ProofVerdict>> verdicts;
  if (package.manifest().latent) {
    for (const models::NetworkSpec& spec : package.manifest().latent->networks) {
      LATENT_TRY(const models::Network network,
                 models::load_network(package, spec.kind, spec.scale));
      LATENT_TRY(auto verdict, infer::check_golden(network, engine));
      verdicts.emplace_back(spec.id, std::move(verdict));
    }
  }
  if (!verdicts.empty()) return verdicts;
  return fail(ErrorCode::Unsupported, "the package '" + printable(package.manifest().id) +
                                          "' brings no golden tensors to be checked by");
}

}  // namespace latent::app
