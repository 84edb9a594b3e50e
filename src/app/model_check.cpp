// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/path.h"
#include "infer/deadline.h"
#include "models/manifest/darktable_contract.h"
#include "models/manifest/task_contract.h"
#include "tasks/darktable/network.h"

namespace latent::app {
namespace {

constexpr const char* kNoEngine =
    "its networks were not run: this build has no engine for graphs of this kind";

tl::unexpected<Error> about(const models::Package& package, const std::string& problem,
                            ErrorCode code = ErrorCode::ModelMismatch) {
  return fail(code, package.path(), "model package " + quoted(package.path()) + ": " + problem);
}

models::GraphFacts facts_of(const infer::TensorSession& session) {
  models::GraphFacts facts;
  for (const auto& port : session.inputs()) {
    facts.inputs.push_back({port.name, port.type, port.dims});
  }
  for (const auto& port : session.outputs()) {
    facts.outputs.push_back({port.name, port.type, port.dims});
  }
  return facts;
}

infer::EngineRequest request_of(const CheckTools& tools, const RunControl& control) {
  infer::EngineRequest request = tools.request;
  if (control.stop.stop_possible()) request.stop = control.stop;
  return request;
}

std::string stem_of(const std::string& file) { return file.substr(0, file.rfind('.')); }

Result<std::unique_ptr<infer::TensorSession>> open(const models::Package& package,
                                                   const std::string& file, const CheckTools& tools,
                                                   const infer::EngineRequest& request) {
  infer::OnnxSource source;
  LATENT_TRY(source.bytes, package.file(file));
  source.optimization = package.manifest().hints.optimization_of(stem_of(file));
  auto session = tools.open_graph(source, request, {});
  if (!session) {
    return about(package, "'" + printable(file) + "': " + session.error().sentence,
                 session.error().code);
  }
  return session;
}

/// One golden answer against what came out; gives the largest difference.
Result<double> compare(const std::string& network, const std::string& name,
                       const models::GraphAnswer& answer, const infer::NamedTensor& found,
                       double tolerance) {
  const std::string which =
      fmt::format("the golden output '{}' of '{}'", printable(name), printable(network));
  if (found.dims != answer.dims) {
    return fail(ErrorCode::ModelMismatch, which + " has another shape than config.json says");
  }
  double worst = 0;
  for (std::size_t i = 0; i < answer.indices.size(); ++i) {
    const auto index = static_cast<std::size_t>(answer.indices[i]);
    if (index >= found.values.size()) {
      return fail(ErrorCode::ModelMismatch, which + " has fewer values than its shape says");
    }
    worst = std::max(worst, std::abs(static_cast<double>(found.values[index]) -
                                     static_cast<double>(answer.values[i])));
  }
  if (worst > tolerance) {
    return fail(ErrorCode::ModelMismatch, fmt::format("{} is off by {:.3g} where {:.3g} is allowed",
                                                      which, worst, tolerance));
  }
  return worst;
}

Status all_finite(const std::string& network, const std::vector<infer::NamedTensor>& outputs) {
  for (const auto& output : outputs) {
    if (std::ranges::all_of(output.values, [](float value) { return std::isfinite(value); })) {
      continue;
    }
    return fail(ErrorCode::ModelMismatch,
                fmt::format("the output '{}' of '{}' holds a value that is not finite",
                            printable(output.name), printable(network)));
  }
  return {};
}

Result<double> run_graph_golden(const models::GraphGolden& golden, infer::TensorSession& session,
                                const infer::EngineRequest& request) {
  std::vector<infer::NamedTensor> inputs;
  for (const auto& [name, probe] : golden.inputs) {
    inputs.push_back({name, probe.dims, probe.samples()});
  }
  LATENT_TRY(const auto outputs, infer::run_within(session, inputs, request));
  LATENT_CHECK(all_finite(golden.network, outputs));
  const double tolerance = session.info().precision == infer::Precision::F32
                               ? golden.tolerance_f32
                               : golden.tolerance_bf16;
  double worst = 0;
  for (const auto& [name, answer] : golden.outputs) {
    const auto found = std::ranges::find(outputs, name, &infer::NamedTensor::name);
    if (found == outputs.end()) {
      return fail(
          ErrorCode::ModelMismatch,
          fmt::format("'{}' has no output '{}'", printable(golden.network), printable(name)));
    }
    LATENT_TRY(const double off, compare(golden.network, name, answer, *found, tolerance));
    worst = std::max(worst, off);
  }
  return worst;
}

/// The golden answer of a network's file in 8-bit integers; of one that was made here, that of
/// float32.
Status check_int8(const models::Package& package, const models::Network& network,
                  const CheckTools& tools, const infer::EngineRequest& plain, CheckReport& report) {
  infer::EngineRequest request = plain;
  request.precision = infer::Precision::Int8;
  const auto verdict = tools.run_golden(network, request);
  if (!verdict) return about(package, verdict.error().sentence, verdict.error().code);
  if (!verdict->passed) {
    return about(package,
                 fmt::format("the network '{}' does not give its golden answer in int8 ({})",
                             printable(network.spec.id), verdict->problem));
  }
  ++report.goldens;
  ++report.variants;
  return {};
}

Status check_tiles(const models::Package& package, const CheckTools& tools,
                   const RunControl& control, CheckReport& report) {
  for (const auto& spec : package.manifest().latent->networks) {
    LATENT_CHECK(control.check());
    LATENT_TRY(const auto network, models::load_network(package, spec));
    if (!tools.run_golden) {
      report.notices.emplace_back(kNoEngine);
      continue;
    }
    const auto verdict = tools.run_golden(network, request_of(tools, control));
    if (!verdict) return about(package, verdict.error().sentence, verdict.error().code);
    if (!verdict->passed) {
      return about(package, fmt::format("the network '{}' does not give its golden answer ({})",
                                        printable(spec.id), verdict->problem));
    }
    ++report.goldens;
    report.worst = std::max(report.worst, verdict->worst);
    LATENT_CHECK(control.check());
    if (network.int8) {
      LATENT_CHECK(check_int8(package, network, tools, request_of(tools, control), report));
    }
  }
  return {};
}

Status check_graphs(const models::Package& package, const CheckTools& tools,
                    const RunControl& control, CheckReport& report) {
  const auto& block = *package.manifest().latent;
  if (!block.graphs.empty() && !tools.open_graph) report.notices.emplace_back(kNoEngine);
  if (!tools.open_graph) return {};
  const infer::EngineRequest request = request_of(tools, control);
  for (const models::GraphSpec& spec : block.graphs) {
    LATENT_TRY(const auto session, open(package, spec.file, tools, request));
    const models::GraphFacts facts = facts_of(*session);
    auto verdict = models::hold_to_graph_spec(spec, facts);
    if (verdict) verdict = models::hold_to_task_ports(package.manifest(), spec.id, facts);
    if (!verdict) return about(package, verdict.error().sentence);
    ++report.graphs;
    for (const models::GraphGolden& golden : block.graph_golden) {
      if (golden.network != spec.id) continue;
      LATENT_CHECK(control.check());
      const auto worst = run_graph_golden(golden, *session, request);
      if (!worst) return about(package, worst.error().sentence, worst.error().code);
      ++report.goldens;
      report.worst = std::max(report.worst, *worst);
    }
  }
  return {};
}

/// What a package made for darktable says of its own network, as the task that runs it reads it; and
/// one tile of that.
Status try_network(const models::Package& package, models::DarktableKind kind,
                   const CheckTools& tools, const infer::EngineRequest& request,
                   CheckReport& report) {
  auto loaded = tasks::load_darktable_network(package, kind, models::Compat::None);
  if (!loaded) return about(package, loaded.error().sentence, loaded.error().code);
  for (const std::string& notice : loaded->contract.notices) {
    if (std::ranges::count(report.notices, notice) == 0) report.notices.push_back(notice);
  }
  if (!tools.try_tile) return {};
  const auto ran = tools.try_tile(*loaded->network, loaded->tiles().exact, request);
  if (!ran) {
    return about(package, "'" + printable(loaded->contract.file) + "': " + ran.error().sentence,
                 ran.error().code);
  }
  ++report.tiles;
  if (!loaded->network->int8 || !tools.run_golden) return {};
  return check_int8(package, *loaded->network, tools, request, report);
}

/// Every network that a task of ours finds in the package; one at least.
Status try_networks(const models::Package& package, const CheckTools& tools,
                    const RunControl& control, const infer::EngineRequest& request,
                    CheckReport& report) {
  const std::string& task = package.manifest().task;
  const auto kinds = models::darktable_kinds(task);
  bool any = kinds.empty();
  for (const models::DarktableKind kind : kinds) {
    if (!package.files().contains(models::darktable_file(kind))) continue;
    LATENT_CHECK(control.check());
    LATENT_CHECK(try_network(package, kind, tools, request, report));
    any = true;
  }
  if (any) return {};
  return about(package, "it has no network that " + printable(task) + " uses: none is called " +
                            printable(models::darktable_file(kinds.front())));
}

/// A package without our block has no golden tensors: its graphs are opened and held to the task.
Status check_foreign(const models::Package& package, const CheckTools& tools,
                     const RunControl& control, CheckReport& report) {
  if (!tools.open_graph) {
    report.notices.emplace_back(kNoEngine);
    return {};
  }
  const infer::EngineRequest request = request_of(tools, control);
  for (const auto& entry : package.files()) {
    const std::string& file = entry.first;
    if (!file.ends_with(".onnx")) continue;
    LATENT_CHECK(control.check());
    LATENT_TRY(const auto session, open(package, file, tools, request));
    const auto verdict =
        models::hold_to_task_ports(package.manifest(), stem_of(file), facts_of(*session));
    if (!verdict) return about(package, verdict.error().sentence);
    ++report.graphs;
  }
  LATENT_CHECK(try_networks(package, tools, control, request, report));
  report.notices.emplace_back(
      report.tiles > 0
          ? "it has no golden tensors: its networks ran, but nothing says whether the answers are "
            "right"
          : "it has no golden tensors, so what it computes was not tried");
  return {};
}

}  // namespace

Result<CheckReport> check_package(const models::Package& package, const CheckTools& tools,
                                  const RunControl& control) {
  std::vector<std::string> names;
  for (const auto& entry : package.files()) names.push_back(entry.first);
  const auto files = models::hold_to_task_files(package.manifest(), names);
  if (!files) return about(package, files.error().sentence);
  CheckReport report;
  if (package.manifest().latent) {
    LATENT_CHECK(check_tiles(package, tools, control, report));
    LATENT_CHECK(check_graphs(package, tools, control, report));
  } else {
    LATENT_CHECK(check_foreign(package, tools, control, report));
  }
  return report;
}

}  // namespace latent::app
