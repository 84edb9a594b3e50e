// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as an ONNX: the doors of its graph, or a sentence. An input that is given a constant is
// a door no more.
#include "infer/onnx_graph.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::infer;
  const std::span<const std::byte> onnx(reinterpret_cast<const std::byte*>(data), size);
  const auto ports = read_graph_ports(onnx);
  if (!ports) {
    if (ports.error().sentence.empty()) std::abort();
    return 0;
  }
  if (ports->inputs.empty()) return 0;
  const TensorPort& first = ports->inputs.front();
  const auto constant = with_constant_input(onnx, first.name, {1, 2}, first.type, 0.5F);
  const auto rest = read_graph_ports(constant);
  if (rest && std::ranges::any_of(
                  rest->inputs, [&](const TensorPort& port) { return port.name == first.name; })) {
    std::abort();
  }
  return 0;
}
