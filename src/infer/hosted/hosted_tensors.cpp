// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "infer/deadline.h"
#include "infer/hosted/hosted.h"
#include "infer/tensor_ports.h"

namespace latent::infer {

using models::Json;

namespace {

/// For a run to end by itself when it is stopped; then its process is.
constexpr double kGraceSeconds = 5;

/// What latent-engine opens, and opens again in a new process where the old one has ended.
struct Order {
  std::vector<std::byte> onnx;
  Json::Object words;
  EngineRequest request;
};

class HostedTensors : public TensorSession {
 public:
  HostedTensors(Order order, GraphPorts ports, SessionInfo info, EngineHost host)
      : order_(std::move(order)),
        ports_(std::move(ports)),
        info_(std::move(info)),
        host_(std::move(host)) {}

  const std::vector<TensorPort>& inputs() const override { return ports_.inputs; }
  const std::vector<TensorPort>& outputs() const override { return ports_.outputs; }
  const SessionInfo& info() const override { return info_; }

  Result<std::vector<NamedTensor>> run(const std::vector<NamedTensor>& given) override {
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    LATENT_TRY(const auto ordered, in_order_of(ports_.inputs, given));
    LATENT_CHECK(begin());
    auto found = host_->run(ordered, overdue_.get_token());
    end();
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    if (found) LATENT_CHECK(held_to_ports(*found));
    return found;
  }

  void cancel() override {
    const std::scoped_lock lock(mutex_);
    cancelled_ = true;
    if (!running_ || grace_) return;
    host_->stop();
    grace_.emplace(kGraceSeconds, [this] { overdue_.request_stop(); });
  }

  void resume() override { cancelled_ = false; }

 private:
  /// A process that has ended is started anew.
  Status begin() {
    const std::scoped_lock lock(mutex_);
    if (host_->gone()) {
      LATENT_TRY(auto again, host_of(order_.request));
      if (!again) return fail(ErrorCode::NotFound, "the plug-in is there no more");
      LATENT_CHECK(again->host.open(order_.words, order_.onnx, order_.request));
      host_.emplace(std::move(again->host));
    }
    overdue_ = std::stop_source();
    running_ = true;
    return {};
  }

  void end() {
    const std::scoped_lock lock(mutex_);
    running_ = false;
    grace_.reset();
  }

  Status held_to_ports(std::vector<NamedTensor>& found) const {
    const bool same =
        std::ranges::equal(found, ports_.outputs, {}, &NamedTensor::name, &TensorPort::name);
    if (same) return {};
    return fail(ErrorCode::Device, "the plug-in answers with other tensors than the network's");
  }

  Order order_;
  GraphPorts ports_;
  SessionInfo info_;
  std::optional<EngineHost> host_;
  std::mutex mutex_;
  bool running_ = false;
  std::stop_source overdue_;
  std::optional<Deadline> grace_;
  std::atomic<bool> cancelled_ = false;
};

/// A plug-in computes as it likes; f16 holds it to what 16 bits may lose.
Result<Precision> hosted_precision(Precision asked) {
  if (asked == Precision::F16 || asked == Precision::Int8) return asked;
  if (asked != Precision::Bf16) return Precision::F32;
  return fail(ErrorCode::Unsupported,
              "plug-ins of ONNX Runtime run a network in f32, f16 or int8, not bf16; use "
              "--precision auto");
}

}  // namespace

Result<std::unique_ptr<TensorSession>> open_hosted_tensors(
    const OnnxSource& source, const EngineRequest& request, GraphPorts ports,
    const std::map<std::string, std::int64_t>& sizes, ChosenHost chosen) {
  LATENT_TRY(const Precision precision, hosted_precision(request.precision));
  const HostedDevice device = chosen.host.devices()[chosen.device];
  const auto level = source.optimization.at(device.word.substr(0, device.word.find('.')));
  Json::Object fixed;
  for (const auto& [name, size] : sizes) fixed.emplace(name, Json(size));
  Order order{source.bytes,
              Json::Object{{"device", Json(static_cast<std::int64_t>(chosen.device))},
                           {"threads", Json(std::int64_t{request.threads})},
                           {"optimization", Json(models::graph_optimization_name(level))},
                           {"sizes", Json(std::move(fixed))}},
              request};
  order.request.stop = {};
  LATENT_CHECK(chosen.host.open(order.words, order.onnx, request));
  SessionInfo info{EngineKind::OnnxRuntime, precision, device.word, device.name, device.driver};
  return std::unique_ptr<TensorSession>(std::make_unique<HostedTensors>(
      std::move(order), std::move(ports), std::move(info), std::move(chosen.host)));
}

}  // namespace latent::infer
