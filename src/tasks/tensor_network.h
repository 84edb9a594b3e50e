// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "infer/engine.h"
#include "infer/tensor_session.h"
#include "models/store/package.h"
#include "tasks/task_report.h"

namespace latent::tasks {

/// model.onnx of a package whose task wants named tensors (erase, depth), opened and proved when it
/// runs first, and kept.
///
/// Threads  one call at a time.
class TensorNetwork {
 public:
  TensorNetwork(models::Package package, infer::EngineRequest engine);

  [[nodiscard]] const models::Package& package() const { return package_; }

  /// Inputs are named by the graph where their name is empty: in its order.
  ///
  /// Errors   as infer::open_proved_tensor_session() and run_within(); Cancelled.
  [[nodiscard]] Result<std::vector<infer::NamedTensor>> run(std::vector<infer::NamedTensor> inputs,
                                                            const RunControl& control,
                                                            TaskReport& report);

  /// The inputs that the graph declares; opens it without proof.
  ///
  /// Errors   as infer::open_tensor_session().
  [[nodiscard]] Result<std::vector<infer::TensorPort>> inputs();

 private:
  models::Package package_;
  infer::EngineRequest engine_;
  std::optional<std::vector<infer::TensorPort>> inputs_;
  std::unique_ptr<infer::TensorSession> session_;
  std::vector<std::vector<std::int64_t>> proved_;  ///< shapes of the inputs that it was proved with
  std::vector<std::string> notices_;
};

}  // namespace latent::tasks
