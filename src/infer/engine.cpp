// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/engine.h"

#include <utility>

#include <fmt/format.h>

#include "base/path.h"
#include "infer/onnx_limits.h"
#include "infer/onnx_operators.h"
#include "infer/onnxruntime.h"
#include "infer/openvino.h"

namespace latent::infer {
namespace {

/// `scale`: pixels of the tensor's picture a side of one of the frame.
Result<TensorShape> shape_of(const models::TensorSpec& tensor, int stride, Size tile, int scale) {
  LATENT_ENSURE(stride > 0 && tensor.unshuffle > 0 && tile.width > 0 && tile.height > 0);
  LATENT_ENSURE(tile.width % stride == 0 && tile.height % stride == 0);
  LATENT_ENSURE(stride * scale % tensor.unshuffle == 0);
  return TensorShape{1, tensor.channels, tile.height * scale / tensor.unshuffle,
                     tile.width * scale / tensor.unshuffle};
}

/// OpenVINO runs the processor and Intel's devices; what it has no word for is ONNX Runtime's.
EngineKind engine_for(const EngineRequest& request) {
  if (request.engine != EngineKind::Auto) return request.engine;
  return is_openvino_device(request.device) ? EngineKind::OpenVino : EngineKind::OnnxRuntime;
}

}  // namespace

Status Session::run(ConstTensorView input, TensorView output) {
  LATENT_CHECK(start(0, input, output));
  return wait(0);
}

Result<TensorShape> input_shape(const models::NetworkSpec& spec, Size tile) {
  return shape_of(spec.input, spec.stride_px, tile, 1);
}

Result<TensorShape> output_shape(const models::NetworkSpec& spec, Size tile) {
  return shape_of(spec.output, spec.stride_px, tile, spec.scale);
}

Patience patience_of(const EngineRequest& request) {
  Patience patience;
  patience.stop = request.stop;
  patience.seconds = request.start_seconds;
  patience.too_late =
      fail(ErrorCode::Device, fmt::format("the network was not compiled within {:g} seconds; "
                                          "--limit-start allows more, a smaller network needs less",
                                          request.start_seconds))
          .value();
  return patience;
}

Status check_graph(std::span<const std::byte> onnx) {
  auto judged = judge_onnx(onnx);
  if (judged) return {};
  Error error = std::move(judged).error();
  if (error.code == ErrorCode::Corrupt) error.code = ErrorCode::ModelMismatch;
  error.sentence = "the network " + error.sentence;
  return tl::make_unexpected(std::move(error));
}

Result<NetworkFile> file_for(const models::Network& network, Precision precision) {
  if (precision != Precision::Int8) return NetworkFile{network.onnx, network.sha256};
  if (network.int8) return NetworkFile{network.int8->onnx, network.int8->sha256};
  return fail(ErrorCode::Unsupported,
              "the model has no file of this network in 8-bit integers; use --precision auto");
}

Result<std::unique_ptr<Session>> create_session(const models::Network& network, Size tile,
                                                const EngineRequest& request) {
  if (request.threads < 0 || request.threads > 1024 || request.streams < 0) {
    return fail(ErrorCode::Usage, "the number of threads must be from 0 (all) to 1024");
  }
  LATENT_TRY(const NetworkFile file, file_for(network, request.precision));
  LATENT_CHECK(check_graph(file.onnx));
  auto session = engine_for(request) == EngineKind::OpenVino
                     ? create_openvino_session(network, tile, request)
                     : create_onnxruntime_session(network, tile, request);
  if (session) return session;
  return tl::make_unexpected(explained(std::move(session).error(), file.onnx));
}

}  // namespace latent::infer
