// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "infer/engine.h"

namespace latent::infer {

/// Where an ONNX graph lies: in memory, or in a file where `bytes` is empty. A file is read whole;
/// what it names beside itself is not (judge_onnx()).
struct OnnxSource {
  std::vector<std::byte> bytes;
  std::filesystem::path file;
  models::OptimizationRule optimization = {};  ///< as models::Network
};

/// One input or output of a graph, as the graph declares it.
struct TensorPort {
  std::string name;
  std::string type;                  ///< "f32", "f16", "i64", ...: ONNX's element type
  std::vector<std::int64_t> dims;    ///< -1: free
  std::vector<std::string> symbols;  ///< as many as dims: the name of a free one, or empty
  bool ranked = false;               ///< whether the number of dimensions is declared at all
};

/// A float32 tensor of any rank, C order; what the graph wants in another type is converted at its
/// door (f16 rounded to nearest even, integers exactly).
struct NamedTensor {
  std::string name;
  std::vector<std::int64_t> dims;
  std::vector<float> values;
};

/// Any ONNX graph, several inputs and outputs, free dimensions: for packages whose tasks want more
/// than one picture in and one out (masks, depth, erase), for checking packages at import, and for
/// `latent models run`. Tiles of pictures go through Session.
///
/// Threads  run() from one thread at a time, cancel() from any. Sessions share nothing: one may
///          encode in the background while another decodes, also over the same graph.
class TensorSession {
 public:
  TensorSession() = default;
  TensorSession(const TensorSession&) = delete;
  TensorSession& operator=(const TensorSession&) = delete;
  virtual ~TensorSession() = default;

  /// In the order of the graph, initialisers left out.
  [[nodiscard]] virtual const std::vector<TensorPort>& inputs() const = 0;
  [[nodiscard]] virtual const std::vector<TensorPort>& outputs() const = 0;
  [[nodiscard]] virtual const SessionInfo& info() const = 0;

  /// Runs once. Inputs are found by name; every input of the graph must be there, with the rank and
  /// the fixed sizes that it declares.
  ///
  /// Returns  every output, in the order of the graph.
  /// Errors   ModelMismatch  an input is missing, unknown or has another shape; the sentence names
  ///                         it and says what is wanted.
  ///          Device         the engine failed.
  ///          TooLarge       there is not enough memory.
  ///          Cancelled      cancel() was called.
  [[nodiscard]] virtual Result<std::vector<NamedTensor>> run(
      const std::vector<NamedTensor>& inputs) = 0;

  /// Ends the run under way as soon as the engine can; every later run() is Cancelled, until
  /// resume().
  virtual void cancel() = 0;

  /// Makes a cancelled session of use again, when nothing is under way.
  virtual void resume() = 0;
};

/// Opens a graph with the engine, device and precision asked for. `sizes` fixes free dimensions by
/// their symbolic names; what stays free takes its size from each run's tensors.
///
/// Errors   as create_session().
[[nodiscard]] Result<std::unique_ptr<TensorSession>> open_tensor_session(
    const OnnxSource& source, const EngineRequest& request,
    const std::map<std::string, std::int64_t>& sizes = {});

}  // namespace latent::infer
