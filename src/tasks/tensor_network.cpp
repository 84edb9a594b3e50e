// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/tensor_network.h"

#include <algorithm>
#include <stop_token>
#include <utility>

#include "infer/deadline.h"
#include "infer/tensor_proof.h"

namespace latent::tasks {

TensorNetwork::TensorNetwork(models::Package package, infer::EngineRequest engine)
    : package_(std::move(package)), engine_(std::move(engine)) {}

Result<std::vector<infer::TensorPort>> TensorNetwork::inputs() {
  if (!inputs_) {
    infer::OnnxSource source;
    LATENT_TRY(source.bytes, package_.file("model.onnx"));
    source.optimization = package_.manifest().hints.optimization_of("model");
    infer::EngineRequest plain = engine_;
    plain.device = "cpu";
    plain.precision = infer::Precision::F32;
    LATENT_TRY(const auto session, infer::open_tensor_session(source, plain));
    inputs_ = session->inputs();
  }
  return *inputs_;
}

Result<std::vector<infer::NamedTensor>> TensorNetwork::run(std::vector<infer::NamedTensor> inputs,
                                                           const RunControl& control,
                                                           TaskReport& report) {
  std::vector<std::vector<std::int64_t>> shapes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    shapes.push_back(inputs[i].dims);
    if (!inputs[i].name.empty()) continue;
    LATENT_TRY(const auto ports, this->inputs());
    if (i < ports.size()) inputs[i].name = ports[i].name;
  }
  infer::EngineRequest engine = engine_;
  engine.stop = control.stop;
  if (!session_ || shapes != proved_) {
    infer::OnnxSource source;
    LATENT_TRY(source.bytes, package_.file("model.onnx"));
    source.optimization = package_.manifest().hints.optimization_of("model");
    infer::TensorProbe probe;
    probe.inputs = inputs;
    LATENT_TRY(auto proved, infer::open_proved_tensor_session(source, engine, {}, probe));
    session_ = std::move(proved.session);
    notices_ = std::move(proved.notices);
    proved_ = shapes;
  }
  report.network_ran = true;
  report.session = session_->info();
  for (const std::string& notice : notices_) {
    if (std::ranges::find(report.notices, notice) == report.notices.end()) {
      report.notices.push_back(notice);
    }
  }
  return infer::run_within(*session_, inputs, engine);
}

}  // namespace latent::tasks
