// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>
#include <vector>

#include "infer/hosted/hosted.h"
#include "infer/tensor_ports.h"
#include "infer/tile_queue.h"

namespace latent::infer {
namespace {

/// Tiles over a session of tensors.
class HostedTiles : public Session {
 public:
  HostedTiles(std::unique_ptr<TensorSession> tensors, TensorShape input, TensorShape output)
      : tensors_(std::move(tensors)),
        input_(input),
        output_(output),
        queue_([this](ConstTensorView from, TensorView to) { return compute(from, to); }) {
    given_.resize(1);
    given_.front().name = tensors_->inputs().front().name;
    given_.front().dims = {input.n, input.channels, input.height, input.width};
    wanted_ = {output.n, output.channels, output.height, output.width};
  }

  const SessionInfo& info() const override { return tensors_->info(); }
  TensorShape input_shape() const override { return input_; }
  TensorShape output_shape() const override { return output_; }
  int slots() const override { return TileQueue::kSlots; }

  Status start(int slot, ConstTensorView input, TensorView output) override {
    LATENT_ENSURE(input.shape == input_ && output.shape == output_);
    return queue_.start(slot, input, output);
  }
  Status wait(int slot) override { return queue_.wait(slot); }

  void cancel() override {
    queue_.cancel();
    tensors_->cancel();
  }

  void resume() override {
    queue_.resume();
    tensors_->resume();
  }

 private:
  Status compute(ConstTensorView input, TensorView output) {
    given_.front().values.assign(input.data, input.data + input.shape.count());
    LATENT_TRY(const auto found, tensors_->run(given_));
    const NamedTensor& answer = found.front();
    if (answer.dims != wanted_) {
      return fail(ErrorCode::ModelMismatch,
                  "the network is not what its manifest says: its output is " +
                      written(answer.dims) + ", not " + written(wanted_));
    }
    std::ranges::copy(answer.values, output.data);
    return {};
  }

  std::unique_ptr<TensorSession> tensors_;
  TensorShape input_;
  TensorShape output_;
  std::vector<NamedTensor> given_;  ///< of the queue's thread
  std::vector<std::int64_t> wanted_;
  TileQueue queue_;  ///< last: its thread uses the others
};

bool is_as_stated(const std::vector<TensorPort>& ports, const models::TensorSpec& stated,
                  const TensorShape& shape) {
  if (ports.size() != 1) return false;
  const TensorPort& port = ports.front();
  const bool real = port.type == "f32" || port.type == "f16";
  const auto agrees = [&](std::size_t i, std::int64_t wanted) {
    return port.dims[i] == wanted || port.dims[i] == -1;
  };
  return port.name == stated.name && real && port.dims.size() == 4 && agrees(0, shape.n) &&
         agrees(1, shape.channels);
}

}  // namespace

Result<std::unique_ptr<Session>> create_hosted_session(const models::Network& network, Size tile,
                                                       const EngineRequest& request,
                                                       ChosenHost chosen) {
  LATENT_TRY(const TensorShape input, infer::input_shape(network.spec, tile));
  LATENT_TRY(const TensorShape output, infer::output_shape(network.spec, tile));
  LATENT_TRY(const NetworkFile file, file_for(network, request.precision));
  OnnxSource source;
  source.bytes.assign(file.onnx.begin(), file.onnx.end());
  source.optimization = network.optimization;
  std::map<std::string, std::int64_t> sizes{{"batch", input.n}};
  if (network.spatial_dims.size() == 2) {
    sizes[network.spatial_dims[0]] = input.height;
    sizes[network.spatial_dims[1]] = input.width;
  }
  LATENT_TRY(GraphPorts ports, read_graph_ports(source.bytes));
  fix_sizes(ports, sizes);
  if (!is_as_stated(ports.inputs, network.spec.input, input) ||
      !is_as_stated(ports.outputs, network.spec.output, output)) {
    return fail(ErrorCode::ModelMismatch,
                "the network is not what its manifest says: its input or output is another");
  }
  LATENT_TRY(auto tensors,
             open_hosted_tensors(source, request, std::move(ports), sizes, std::move(chosen)));
  return std::unique_ptr<Session>(std::make_unique<HostedTiles>(std::move(tensors), input, output));
}

}  // namespace latent::infer
