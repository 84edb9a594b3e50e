// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/proof_steps.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "infer/hosted/hosted.h"

namespace latent::infer {

bool is_judge(const SessionInfo& info) {
  return info.device == "cpu" && info.precision == Precision::F32;
}

EngineRequest judge_request(const EngineRequest& request) {
  EngineRequest judge = request;
  judge.device = "cpu";
  judge.precision = Precision::F32;
  return judge;
}

std::vector<EngineRequest> proof_ladder(const EngineRequest& request) {
  std::vector<EngineRequest> steps{request};
  const bool on_processor = request.device == "cpu" || request.device == "auto";
  const bool lowered = request.precision == Precision::Bf16 ||
                       request.precision == Precision::Int8 || request.precision == Precision::F16;
  if (!on_processor && asks_for_plugin(request)) {
    // What a plug-in computes in is its own affair; what is lost decides.
    if (request.precision == Precision::Auto || request.precision == Precision::Best) {
      steps.push_back(request);
      steps.back().precision = Precision::F16;
    }
  } else if (lowered && !on_processor) {
    steps.push_back(request);
    steps.back().precision = Precision::F32;
  }
  steps.push_back(judge_request(request));
  return steps;
}

bool is_second_look(const EngineRequest& step) {
  return step.precision == Precision::F16 && asks_for_plugin(step);
}

std::string session_words(const SessionInfo& info) {
  return std::string(engine_name(info.engine)) + " on " + info.device + " in " +
         precision_name(info.precision);
}

std::string optimization_words(const SessionInfo& info, const models::OptimizationRule& rule) {
  if (info.engine != EngineKind::OnnxRuntime) return {};
  const auto allowed = rule.at(info.device.substr(0, info.device.find('.')));
  if (allowed == models::GraphOptimization::All) return {};
  return std::string("|") + models::graph_optimization_name(allowed);
}

bool is_final(const Error& error, const std::string& device, bool as_asked) {
  if (error.code == ErrorCode::ModelMismatch || error.code == ErrorCode::Internal ||
      error.code == ErrorCode::Cancelled) {
    return true;
  }
  // The processor may have memory where a device has none, not the other way round.
  if (error.code == ErrorCode::TooLarge && (device == "cpu" || device == "auto")) return true;
  const bool not_there = error.code == ErrorCode::NotFound ||
                         error.code == ErrorCode::Unsupported || error.code == ErrorCode::Usage;
  return as_asked && not_there;
}

ProofVerdict compare_in(const models::Network& network, Precision precision, ConstTensorView found,
                        ConstTensorView expected, double scale) {
  if (precision == Precision::F32) return compare(found, expected, scale * network.tolerance_f32);
  if (precision != Precision::Int8 || !network.spec.int8) {
    return compare(found, expected, scale * network.tolerance_bf16);
  }
  const models::Int8Variant& stated = *network.spec.int8;
  ProofVerdict verdict = compare(found, expected, stated.most_from_f32);
  if (verdict.passed && !(verdict.rms <= stated.rms_from_f32)) {
    verdict.passed = false;
    verdict.problem = fmt::format("the answer is wrong by {:.2g} (RMS) where {:.2g} is allowed",
                                  verdict.rms, stated.rms_from_f32);
  }
  return verdict;
}

double largest(ConstTensorView tensor) {
  double most = 0;
  for (std::size_t i = 0; i < tensor.shape.count(); ++i) {
    most = std::max(most, std::abs(double{tensor.data[i]}));
  }
  return most;
}

ProofVerdict refused_verdict(std::string problem) {
  ProofVerdict verdict;
  verdict.problem = std::move(problem);
  return verdict;
}

}  // namespace latent::infer
