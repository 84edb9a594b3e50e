// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/darktable/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "base/path.h"
#include "infer/onnx_graph.h"

namespace latent::tasks {
namespace {

using models::DarktableKind;

constexpr int kProbeSide = 64;
constexpr int kMostStride = 32;
constexpr int kBlend = 16;
/// Of the largest sample of the right answer: answers of these packages have any scale.
constexpr double kToleranceF32 = 2e-3;
constexpr double kToleranceLow = 0.1;
/// Memory of a U-Net's activations a pixel; tiles are of one size, so that nothing is chosen by it.
constexpr double kMemoryPerPx = 400;

/// Content as photographs have: a gradient, edges, fine structure and noise, in 0..1.
Result<Tensor> plausible_probe(int channels, bool linear) {
  LATENT_TRY(Tensor probe, Tensor::create({1, channels, kProbeSide, kProbeSide}));
  std::uint32_t random = 12345;
  for (int c = 0; c < channels; ++c) {
    float* to = probe.view().plane(c).data();
    for (int y = 0; y < kProbeSide; ++y) {
      for (int x = 0; x < kProbeSide; ++x) {
        random = random * 1664525U + 1013904223U;
        const double noise = static_cast<double>(random >> 8U) / (1U << 24U) - 0.5;
        const double ramp = 0.15 + 0.5 * (x + y) / (2.0 * kProbeSide);
        const double edge = (x / 16 + y / 16) % 2 == 0 ? 0.12 : -0.08;
        const double fine = 0.03 * std::sin(0.9 * x + 0.3 * y + c);
        const double value = std::clamp(ramp + edge + fine + 0.06 * noise, 0.0, 1.0);
        *to++ = static_cast<float>(linear ? value * value : value);
      }
    }
  }
  return probe;
}

std::string doors(const std::vector<infer::TensorPort>& ports) {
  std::string text;
  for (const infer::TensorPort& port : ports) {
    text += (text.empty() ? "'" : ", '") + printable(port.name) + "'";
  }
  return text;
}

Status mismatch(const models::DarktableContract& contract, const std::string& problem) {
  return fail(ErrorCode::ModelMismatch, printable(contract.file) + " is no " +
                                            models::darktable_kind_name(contract.kind) +
                                            " network: " + problem);
}

/// One door against what the contract wants of it; -1 stands for nothing.
Status check_port(const models::DarktableContract& contract, const char* what,
                  const infer::TensorPort& port, int channels, int side) {
  const std::string name = fmt::format("its {} '{}' ", what, printable(port.name));
  if (port.type != "f32" && port.type != "f16") {
    return mismatch(contract, name + "is of type " + port.type + ", not f32 or f16");
  }
  if (!port.ranked) return {};
  const std::int64_t wanted[] = {1, channels, side, side};
  bool agrees = port.dims.size() == 4;
  for (std::size_t i = 0; agrees && i < 4; ++i) {
    agrees = port.dims[i] < 0 || wanted[i] < 0 || port.dims[i] == wanted[i];
  }
  if (agrees) return {};
  std::string found;
  for (const std::int64_t dim : port.dims) {
    found += (found.empty() ? "" : ", ") + (dim < 0 ? std::string("?") : std::to_string(dim));
  }
  return mismatch(contract, fmt::format("{}has the shape [{}] where [1, {}, {}, {}] is wanted",
                                        name, found, channels, side, side));
}

/// The largest power of two up to kMostStride that divides the side.
int stride_of(int side) {
  int stride = 1;
  while (stride < kMostStride && side % (2 * stride) == 0) stride *= 2;
  return stride;
}

models::NetworkSpec spec_of(const models::DarktableContract& contract,
                            const infer::GraphPorts& ports) {
  const bool bayer = contract.kind == DarktableKind::BayerV1;
  const int cells = bayer ? 2 : 1;
  models::NetworkSpec spec;
  spec.id = models::darktable_kind_name(contract.kind);
  spec.file = contract.file;
  spec.kind = models::NetworkKind::LatentRgbV1;
  spec.encoding = models::Encoding::SrgbExtendedV1;
  spec.input = {ports.inputs.front().name, bayer ? 4 : 3, cells};
  spec.output = {ports.outputs.front().name, 3, 1};
  spec.scale = contract.scale;
  spec.stride_px = stride_of(contract.tile * cells);
  // Together with the band over which tiles are mixed: the package's overlap.
  const int overlap = contract.overlap * cells;
  spec.reach_px = overlap - std::min(kBlend, spec.stride_px) / 2;
  spec.memory_bytes_per_px = kMemoryPerPx;
  spec.limits.value_min = 0;
  spec.limits.value_max = 1;
  spec.limits.level_max = 1;
  return spec;
}

/// The package may be for the task and still have nothing for this photograph or factor.
tl::unexpected<Error> has_no(const models::Package& package, DarktableKind kind) {
  const std::string whose = "the package '" + printable(package.manifest().id) + "' ";
  std::string what = std::string("has no ") + models::darktable_kind_name(kind) + " network";
  if (kind == DarktableKind::UpscaleX2) what = "does not enlarge 2 times; use --scale 4";
  if (kind == DarktableKind::UpscaleX4) what = "does not enlarge 4 times; use --scale 2";
  if (kind == DarktableKind::BayerV1) what = "has no network for Bayer sensors";
  if (kind == DarktableKind::LinearV1) what = "has no network for raws without a Bayer mosaic";
  return fail(ErrorCode::ModelMismatch, whose + what);
}

/// What packages call providers, and the words of our command line that mean them.
bool names_device(const std::string& provider, const infer::EngineRequest& request) {
  const std::string device = request.device.substr(0, request.device.find('.'));
  const bool openvino_device = device == "gpu" || device == "npu";
  if (provider == "openvino") return openvino_device || device == "openvino";
  if (provider == "dml") return device == "directml";
  if (provider == "rocm") return device == "migraphx";
  return provider == device;
}

}  // namespace

infer::TileOptions DarktableNetwork::tiles() const {
  const int cells = network->spec.input.unshuffle;
  infer::TileOptions options;
  options.exact = {contract.tile * cells, contract.tile * cells};
  options.blend_px = kBlend;
  // A Bayer frame brings its own margin (raw::BayerFrame).
  options.margin_px = contract.kind == DarktableKind::BayerV1 ? 0 : contract.overlap;
  options.whole_tiles = true;
  options.most_bytes = most_bytes;
  return options;
}

Result<DarktableNetwork> load_darktable_network(const models::Package& package, DarktableKind kind,
                                                models::Compat compat, double level) {
  if (!package.files().contains(models::darktable_file(kind))) return has_no(package, kind);
  DarktableNetwork darktable;
  LATENT_TRY(darktable.contract, models::darktable_contract(package.manifest(), kind, compat));
  const models::DarktableContract& contract = darktable.contract;
  auto network = std::make_shared<models::Network>();
  LATENT_TRY(network->onnx, package.file(contract.file));
  auto ports = infer::read_graph_ports(network->onnx);
  if (!ports) {
    return fail(ErrorCode::ModelMismatch, printable(contract.file) + " " + ports.error().sentence);
  }
  const bool bayer = kind == DarktableKind::BayerV1;
  const std::size_t most_inputs = kind == DarktableKind::Denoise ? 2 : 1;
  if (ports->inputs.empty() || ports->inputs.size() > most_inputs || ports->outputs.size() != 1) {
    return tl::make_unexpected(
        mismatch(contract,
                 fmt::format("it has {} inputs ({}) and {} outputs where {} is wanted",
                             ports->inputs.size(), doors(ports->inputs), ports->outputs.size(),
                             most_inputs == 2 ? "one or two and one" : "one and one"))
            .error());
  }
  const int side = contract.tile;
  LATENT_CHECK(check_port(contract, "input", ports->inputs[0], bayer ? 4 : 3, side));
  LATENT_CHECK(
      check_port(contract, "output", ports->outputs[0], 3, side * (bayer ? 2 : contract.scale)));
  if (ports->inputs.size() == 2) {
    LATENT_CHECK(check_port(contract, "input", ports->inputs[1], 1, side));
    network->onnx =
        infer::with_constant_input(network->onnx, ports->inputs[1].name, {1, 1, side, side},
                                   ports->inputs[1].type, static_cast<float>(level));
    darktable.takes_level = true;
  }
  network->spec = spec_of(contract, *ports);
  models::use_local_int8(*network, package);
  if (network->int8 && darktable.takes_level) {
    network->int8->onnx =
        infer::with_constant_input(network->int8->onnx, ports->inputs[1].name, {1, 1, side, side},
                                   ports->inputs[1].type, static_cast<float>(level));
    network->int8->sha256 = sha256_hex(network->int8->onnx);
  }
  network->only_tile = {side * (bayer ? 2 : 1), side * (bayer ? 2 : 1)};
  network->gives_whole_picture = true;
  network->optimization = package.manifest().hints.optimization_of(
      std::string_view(contract.file).substr(0, contract.file.rfind('.')));
  network->sha256 = sha256_hex(network->onnx);
  network->spatial_dims = {"height", "width"};
  if (ports->inputs[0].symbols.size() == 4) {
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      const std::string& symbol = ports->inputs[0].symbols[i + 2];
      if (!symbol.empty()) network->spatial_dims[i] = symbol;
    }
  }
  LATENT_TRY(network->golden_input, plausible_probe(network->spec.input.channels,
                                                    contract.kind == DarktableKind::BayerV1 ||
                                                        kind == DarktableKind::LinearV1 ||
                                                        kind == DarktableKind::XTransV1));
  network->tolerance_f32 = kToleranceF32;
  network->tolerance_bf16 = kToleranceLow;
  darktable.network = std::move(network);
  return darktable;
}

infer::EngineRequest engine_for(const DarktableNetwork& darktable,
                                const infer::EngineRequest& wanted,
                                std::vector<std::string>& notices) {
  infer::EngineRequest request = wanted;
  const bool on_processor = request.device == "auto" || request.device == "cpu";
  const bool may_choose = request.precision == infer::Precision::Auto && on_processor &&
                          darktable.network->int8.has_value();
  if (!may_choose && (request.precision == infer::Precision::Auto ||
                      request.precision == infer::Precision::Best)) {
    request.precision = infer::Precision::F32;
  }
  for (const std::string& provider : darktable.contract.cpu_only) {
    if (!names_device(provider, request)) continue;
    notices.push_back(
        fmt::format("the package allows no {} for {}, so that it runs on the processor",
                    printable(provider), printable(darktable.contract.file)));
    request.device = "cpu";
    break;
  }
  return request;
}

}  // namespace latent::tasks
