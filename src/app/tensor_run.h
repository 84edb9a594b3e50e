// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/model_check.h"
#include "infer/tensor_session.h"

namespace latent::app {

/// One network of a package, run tensor to tensor.
struct TensorRunJob {
  std::string model;                                    ///< an id, or a path of a package
  std::string network;                                  ///< stem of the ONNX; empty: the only one
  std::map<std::string, std::filesystem::path> inputs;  ///< .npy by input
  std::map<std::string, std::int64_t> sizes;            ///< of free dimensions, by their names
  std::filesystem::path output_folder;                  ///< one <output>.npy each; made if missing
  infer::EngineRequest engine;
};

struct TensorRunReport {
  std::string network;
  infer::SessionInfo session;
  std::vector<infer::TensorPort> inputs;
  std::vector<infer::TensorPort> outputs;
  std::vector<std::pair<std::filesystem::path, std::vector<std::int64_t>>> written;
  std::vector<std::string> notices;  ///< devices that were left because they computed wrongly
};

/// Without inputs only the doors are listed and nothing is run. What is not float32 on the processor
/// must agree with it on the job's own inputs, else the processor computes (infer/tensor_proof.h).
///
/// Errors   NotFound  no such package, network or file; the sentence lists what there is.
///          Usage     an output would replace an input; nothing is written then.
///          Unsupported  two outputs would be one file; nothing is written then.
///          others as open_model(), infer::open_tensor_session(), TensorSession::run() and
///          read_npy_file().
[[nodiscard]] Result<TensorRunReport> run_tensors(const TensorRunJob& job);

/// Runs the golden tensors of a package, every network of it (check_package()).
///
/// Errors   Unsupported    a package without any.
///          ModelMismatch  an answer is wrong; the sentence says by how much.
[[nodiscard]] Result<CheckReport> run_golden(const std::string& model,
                                             const infer::EngineRequest& engine);

}  // namespace latent::app
