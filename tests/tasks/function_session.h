// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "tasks/network_session.h"

namespace latent::tasks {

/// What a network is that a test wrote.
using NetworkFunction = std::function<void(ConstTensorView input, TensorView output)>;

/// A session that runs a function in place of a network.
class FunctionSession final : public infer::Session {
 public:
  FunctionSession(const models::NetworkSpec& spec, Size tile, NetworkFunction function)
      : function_(std::move(function)),
        input_{1, spec.input.channels, tile.height / spec.input.unshuffle,
               tile.width / spec.input.unshuffle},
        output_{1, spec.output.channels, tile.height * spec.scale / spec.output.unshuffle,
                tile.width * spec.scale / spec.output.unshuffle} {
    info_.device = "cpu";
  }
  [[nodiscard]] const infer::SessionInfo& info() const override { return info_; }
  [[nodiscard]] TensorShape input_shape() const override { return input_; }
  [[nodiscard]] TensorShape output_shape() const override { return output_; }
  [[nodiscard]] int slots() const override { return 2; }
  Status start(int /*slot*/, ConstTensorView input, TensorView output) override {
    function_(input, output);
    return {};
  }
  Status wait(int /*slot*/) override { return {}; }
  void cancel() override {}
  void resume() override {}

 private:
  NetworkFunction function_;
  TensorShape input_;
  TensorShape output_;
  infer::SessionInfo info_;
};

/// A network of finished pictures: r, g, b and what else it takes, residuals of `scale` times the
/// side.
inline models::NetworkSpec picture_network(int channels = 6, int scale = 1) {
  models::NetworkSpec spec;
  spec.id = "function";
  spec.kind = models::NetworkKind::LatentRgbV1;
  spec.input = {"planes", channels, 1};
  spec.output = {"residual", 3 * scale * scale, scale};
  spec.scale = scale;
  spec.stride_px = 8;
  spec.reach_px = 4;
  spec.memory_bytes_per_px = 200;
  spec.limits.value_min = -0.5;
  spec.limits.value_max = 1.5;
  spec.limits.level_max = 0.4;
  return spec;
}

inline NetworkSession session_of(const models::NetworkSpec& spec, NetworkFunction function) {
  auto network = std::make_shared<models::Network>();
  network->spec = spec;
  infer::EngineRequest request;
  request.device = "cpu";
  request.precision = infer::Precision::F32;
  return {std::move(network), request,
          [spec, function = std::move(function)](
              const models::Network&, Size tile,
              const infer::EngineRequest&) -> Result<std::unique_ptr<infer::Session>> {
            return std::make_unique<FunctionSession>(spec, tile, function);
          }};
}

}  // namespace latent::tasks
