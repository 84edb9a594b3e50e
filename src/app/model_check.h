// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "infer/proof.h"
#include "infer/tensor_session.h"
#include "models/store/package.h"

namespace latent::app {

/// infer::open_tensor_session(), or what a test puts in its place.
using OpenGraph = std::function<Result<std::unique_ptr<infer::TensorSession>>(
    const infer::OnnxSource&, const infer::EngineRequest&,
    const std::map<std::string, std::int64_t>&)>;

/// infer::check_golden(), or what a test puts in its place.
using RunGolden =
    std::function<Result<infer::ProofVerdict>(const models::Network&, const infer::EngineRequest&)>;

/// infer::try_one_tile(), or what a test puts in its place.
using TryTile =
    std::function<Status(const models::Network&, Size tile, const infer::EngineRequest&)>;

/// What runs the networks of a package while it is judged. What is empty is not run, with a notice.
struct CheckTools {
  RunGolden run_golden;
  OpenGraph open_graph;
  TryTile try_tile;
  infer::EngineRequest request;  ///< float32 on the processor unless changed
};

/// How a package did.
struct CheckReport {
  int goldens = 0;                   ///< that were run and gave what they should
  int variants = 0;                  ///< of `goldens`: those in 8-bit integers
  int graphs = 0;                    ///< that were opened and have the tensors their task promises
  int tiles = 0;                     ///< networks made for darktable that ran a tile
  double worst = 0;                  ///< largest absolute difference from a golden answer
  std::vector<std::string> notices;  ///< what could not be tried, one sentence each
};

/// Holds a package to its task: the files it must have, the tensors of its graphs, and what comes
/// out when its golden tensors go in. What is made for a task of darktable's that Latent does is read
/// as the task reads it, and runs one tile of the size that the package states.
///
/// Errors   ModelMismatch  a file or tensor is missing or other than promised, or a golden answer
///                         is wrong or not finite; the sentence names it.
///          Device         the engine failed.
///          Cancelled
[[nodiscard]] Result<CheckReport> check_package(const models::Package& package,
                                                const CheckTools& tools, const RunControl& control);

}  // namespace latent::app
