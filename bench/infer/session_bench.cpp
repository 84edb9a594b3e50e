// SPDX-License-Identifier: GPL-3.0-or-later
// What a tile costs: size, streams, engine and precision. Each run checks its answer against the
// golden pair of the package.
#include <benchmark/benchmark.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "infer/proof.h"
#include "models/store/registry.h"

namespace latent::infer {
namespace {

const models::Network* shipped() {
  static const auto network = []() -> std::optional<models::Network> {
    const models::Registry registry({std::filesystem::path(LATENT_SOURCE_DIR) / "weights"});
    auto package = registry.open("latent-raw");
    if (!package) return std::nullopt;
    auto loaded = models::load_network(*package, models::NetworkKind::LatentCfaV1);
    if (!loaded) return std::nullopt;
    return *std::move(loaded);
  }();
  return network ? &*network : nullptr;
}

/// Peak memory of this process so far, MiB; 0 where the system does not tell.
double peak_mebibytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

/// Tiles of the session, two under way, as in run_tiles().
struct Flow {
  std::unique_ptr<Session> session;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;

  static Result<Flow> create(const models::Network& network, Size tile,
                             const EngineRequest& request) {
    Flow flow;
    LATENT_TRY(flow.session, create_session(network, tile, request));
    for (int i = 0; i < flow.session->slots(); ++i) {
      LATENT_TRY(auto input, probe_tile(network, flow.session->input_shape()));
      LATENT_TRY(auto output, Tensor::create(flow.session->output_shape()));
      flow.inputs.push_back(std::move(input));
      flow.outputs.push_back(std::move(output));
    }
    return flow;
  }

  Status start(int slot) {
    const auto at = static_cast<std::size_t>(slot);
    return session->start(slot, inputs[at].view(), outputs[at].view());
  }
};

void tile(benchmark::State& state, EngineKind engine, Precision precision) {
  const models::Network* network = shipped();
  if (network == nullptr) {
    state.SkipWithError("no weights/latent-raw.dtmodel in this checkout");
    return;
  }
  const int side = static_cast<int>(state.range(0));
  EngineRequest request;
  request.engine = engine;
  request.precision = precision;
  request.streams = static_cast<int>(state.range(1));
  const auto golden = check_golden(*network, request);
  auto flow = Flow::create(*network, {side, side}, request);
  if (!flow || !golden || !golden->passed) {
    state.SkipWithError(!flow     ? flow.error().sentence.c_str()
                        : !golden ? golden.error().sentence.c_str()
                                  : golden->problem.c_str());
    return;
  }
  const int slots = flow->session->slots();
  for (int slot = 0; slot < slots; ++slot)
    (void)flow->session->run(flow->inputs[0].view(), flow->outputs[0].view());
  for (int slot = 0; slot < slots; ++slot) (void)flow->start(slot);
  int slot = 0;
  for (auto _ : state) {
    const bool good = flow->session->wait(slot) && flow->start(slot);
    if (!good) state.SkipWithError("the session failed");
    slot = (slot + 1) % slots;
  }
  for (int i = 0; i < slots; ++i) (void)flow->session->wait(i);
  const double pixels = static_cast<double>(side) * side * static_cast<double>(state.iterations());
  state.counters["us_per_px"] =
      benchmark::Counter(pixels / 1e6, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["peak_MiB"] = peak_mebibytes();
}

/// From nothing to the first answer: package, engine, compiled model (from the cache after the
/// first time), one tile.
void first_tile(benchmark::State& state, Precision precision) {
  const auto weights = std::filesystem::path(LATENT_SOURCE_DIR) / "weights";
  EngineRequest request;
  request.precision = precision;
  request.cache_dir = std::filesystem::path(LATENT_BINARY_DIR) / "bench-cache";
  const int side = static_cast<int>(state.range(0));
  const auto start = [&]() -> Status {
    LATENT_TRY(const auto package, models::Registry({weights}).open("latent-raw"));
    LATENT_TRY(const auto network, models::load_network(package, models::NetworkKind::LatentCfaV1));
    LATENT_TRY(const auto proved, open_proved_session(network, {side, side}, request));
    LATENT_TRY(const auto input, probe_tile(network, proved.session->input_shape()));
    LATENT_TRY(auto output, Tensor::create(proved.session->output_shape()));
    return proved.session->run(input.view(), output.view());
  };
  if (auto warmed = start(); !warmed) {
    state.SkipWithError(warmed.error().sentence.c_str());
    return;
  }
  for (auto _ : state) {
    if (auto started = start(); !started) state.SkipWithError(started.error().sentence.c_str());
  }
}

BENCHMARK_CAPTURE(tile, openvino_bf16, EngineKind::OpenVino, Precision::Bf16)
    ->ArgsProduct({{512, 768, 1024, 1280, 1536, 2048}, {1, 2}})
    ->ArgNames({"side", "streams"})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(tile, openvino_f32, EngineKind::OpenVino, Precision::F32)
    ->ArgsProduct({{512, 1024}, {1, 2}})
    ->ArgNames({"side", "streams"})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(tile, onnxruntime_f32, EngineKind::OnnxRuntime, Precision::F32)
    ->Args({1024, 1})
    ->ArgNames({"side", "streams"})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(first_tile, automatic, Precision::Auto)
    ->Args({512})
    ->Args({1024})
    ->ArgNames({"side"})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace latent::infer
