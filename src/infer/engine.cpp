// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/engine.h"

#include <utility>

#include <fmt/format.h>

#include "infer/onnx_limits.h"

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

}  // namespace latent::infer
