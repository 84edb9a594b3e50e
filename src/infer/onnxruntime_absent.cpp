// SPDX-License-Identifier: GPL-3.0-or-later
// Built instead of onnxruntime.cpp where the header of ONNX Runtime was not there.
#include "infer/onnxruntime.h"

#include "infer/hosted/hosted.h"
#include "infer/tensor_ports.h"

namespace latent::infer {
namespace {

constexpr const char* kProblem =
    "this build of Latent has no ONNX Runtime engine (its header was missing: LATENT_ORT_INCLUDE)";

}  // namespace

Result<std::unique_ptr<Session>> create_onnxruntime_session(const models::Network& /*network*/,
                                                            Size /*tile*/,
                                                            const EngineRequest& /*request*/) {
  return fail(ErrorCode::NotFound, kProblem);
}

Result<std::unique_ptr<TensorSession>> open_onnxruntime_tensors(
    const OnnxSource& /*source*/, const EngineRequest& /*request*/, GraphPorts /*ports*/,
    const std::map<std::string, std::int64_t>& /*sizes*/, const OrtPluginTarget& /*target*/) {
  return fail(ErrorCode::NotFound, kProblem);
}

Result<std::optional<ChosenHost>> host_of(const EngineRequest& /*request*/) { return std::nullopt; }

Result<std::unique_ptr<Session>> create_hosted_session(const models::Network& /*network*/,
                                                       Size /*tile*/,
                                                       const EngineRequest& /*request*/,
                                                       ChosenHost /*chosen*/) {
  return fail(ErrorCode::NotFound, kProblem);
}

Result<std::unique_ptr<TensorSession>> open_hosted_tensors(
    const OnnxSource& /*source*/, const EngineRequest& /*request*/, GraphPorts /*ports*/,
    const std::map<std::string, std::int64_t>& /*sizes*/, ChosenHost /*chosen*/) {
  return fail(ErrorCode::NotFound, kProblem);
}

void list_plugins(Inventory& inventory, const EngineRequest& request) {
  for (const auto& plugin : find_ort_plugins(request)) {
    inventory.plugins.push_back({plugin, false, kProblem});
  }
}

void list_onnxruntime(Inventory& inventory, const EngineRequest& /*request*/) {
  EngineFacts engine;
  engine.engine = EngineKind::OnnxRuntime;
  engine.problem = kProblem;
  inventory.engines.push_back(std::move(engine));
}

}  // namespace latent::infer
