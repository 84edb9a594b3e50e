// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/threads.h"
#include "infer/hosted/hosted.h"
#include "infer/tensor_ports.h"

namespace latent::infer {
namespace {

constexpr int kSlots = 2;

/// Tiles over a session of tensors: one thread runs what is started, in order.
class HostedTiles : public Session {
 public:
  HostedTiles(std::unique_ptr<TensorSession> tensors, TensorShape input, TensorShape output)
      : tensors_(std::move(tensors)), input_(input), output_(output) {
    given_.resize(1);
    given_.front().name = tensors_->inputs().front().name;
    given_.front().dims = {input.n, input.channels, input.height, input.width};
    wanted_ = {output.n, output.channels, output.height, output.width};
    worker_ = std::thread([this] { work(); });
  }
  ~HostedTiles() override {
    {
      const std::scoped_lock lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    worker_.join();
  }

  const SessionInfo& info() const override { return tensors_->info(); }
  TensorShape input_shape() const override { return input_; }
  TensorShape output_shape() const override { return output_; }
  int slots() const override { return kSlots; }

  Status start(int slot, ConstTensorView input, TensorView output) override {
    LATENT_ENSURE(slot >= 0 && slot < kSlots);
    LATENT_ENSURE(input.shape == input_ && output.shape == output_);
    const std::scoped_lock lock(mutex_);
    Job& job = jobs_[static_cast<std::size_t>(slot)];
    LATENT_ENSURE(!job.busy);
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    job = {input, output, true, std::nullopt};
    queue_.push_back(slot);
    wake_.notify_all();
    return {};
  }

  Status wait(int slot) override {
    LATENT_ENSURE(slot >= 0 && slot < kSlots);
    std::unique_lock lock(mutex_);
    Job& job = jobs_[static_cast<std::size_t>(slot)];
    if (!job.busy) return {};
    wake_.wait(lock, [&] { return job.result.has_value(); });
    job.busy = false;
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    return *std::move(job.result);
  }

  void cancel() override {
    cancelled_ = true;
    tensors_->cancel();
  }

  void resume() override {
    cancelled_ = false;
    tensors_->resume();
  }

 private:
  struct Job {
    ConstTensorView input;
    TensorView output;
    bool busy = false;
    std::optional<Status> result;
  };

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return ending_ || !queue_.empty(); });
      if (queue_.empty()) return;
      Job& job = jobs_[static_cast<std::size_t>(queue_.front())];
      queue_.pop_front();
      const ConstTensorView input = job.input;
      const TensorView output = job.output;
      lock.unlock();
      Status result = cancelled_ ? Status(fail(ErrorCode::Cancelled, "cancelled"))
                                 : run_safely([&] { return compute(input, output); });
      lock.lock();
      job.result = std::move(result);
      wake_.notify_all();
    }
  }

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
  std::vector<NamedTensor> given_;  ///< of the worker
  std::vector<std::int64_t> wanted_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::array<Job, kSlots> jobs_;
  std::deque<int> queue_;
  std::atomic<bool> cancelled_ = false;
  bool ending_ = false;
  std::thread worker_;
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
