// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnx_graph.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "infer/half.h"
#include "infer/onnx_fields.h"
#include "infer/protobuf.h"

namespace latent::infer {
namespace {

using protobuf::Bytes;
using protobuf::Field;
using protobuf::text_of;
using protobuf::walk;
using protobuf::Writer;

constexpr std::size_t kMostPorts = 1024;
constexpr std::size_t kMostDims = 64;

/// ONNX's element types, by number.
constexpr std::array kElements{"undefined", "f32", "u8",        "i8",         "u16", "i16",
                               "i32",       "i64", "string",    "bool",       "f16", "f64",
                               "u32",       "u64", "complex64", "complex128", "bf16"};

Status corrupt(const char* what) { return fail(ErrorCode::Corrupt, what); }

Status read_dim(Bytes bytes, TensorPort& port) {
  std::int64_t size = -1;
  std::string symbol;
  LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
    if (field.number == kDimValue) {
      size = std::in_range<std::int64_t>(field.value) && field.value > 0
                 ? static_cast<std::int64_t>(field.value)
                 : -1;
    }
    if (field.number == kDimParam) symbol = text_of(field.bytes);
    return {};
  }));
  if (port.dims.size() >= kMostDims) return corrupt("has a tensor of more than 64 dimensions");
  port.dims.push_back(size);
  port.symbols.push_back(size < 0 ? std::move(symbol) : std::string{});
  return {};
}

Status read_tensor_type(Bytes bytes, TensorPort& port) {
  return walk(bytes, [&](const Field& field) -> Status {
    if (field.number == kTensorTypeElement) {
      port.type = field.value < kElements.size() ? kElements[static_cast<std::size_t>(field.value)]
                                                 : "unknown";
    }
    if (field.number != kTensorTypeShape) return {};
    port.ranked = true;
    return walk(field.bytes, [&](const Field& dim) -> Status {
      return dim.number == kShapeDim ? read_dim(dim.bytes, port) : Status{};
    });
  });
}

Result<TensorPort> read_port(Bytes bytes) {
  TensorPort port;
  port.type = "unknown";
  LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
    if (field.number == kInfoName) port.name = text_of(field.bytes);
    if (field.number != kInfoType) return {};
    return walk(field.bytes, [&](const Field& type) -> Status {
      return type.number == kTypeTensor ? read_tensor_type(type.bytes, port) : Status{};
    });
  }));
  return port;
}

/// The name of a TensorProto, or of the values of a SparseTensorProto.
Result<std::string> name_of(Bytes bytes, std::uint32_t number) {
  std::string name;
  LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
    if (number == kGraphSparseInitializer && field.number == kSparseValues) {
      LATENT_TRY(name, name_of(field.bytes, kGraphInitializer));
    }
    if (number == kGraphInitializer && field.number == kTensorName) name = text_of(field.bytes);
    return {};
  }));
  return name;
}

Status read_graph(Bytes bytes, GraphPorts& ports, std::set<std::string>& initialised) {
  return walk(bytes, [&](const Field& field) -> Status {
    if (field.number == kGraphInitializer || field.number == kGraphSparseInitializer) {
      LATENT_TRY(auto name, name_of(field.bytes, field.number));
      initialised.insert(std::move(name));
    }
    if (field.number == kGraphInput || field.number == kGraphOutput) {
      auto& list = field.number == kGraphInput ? ports.inputs : ports.outputs;
      if (list.size() >= kMostPorts) return corrupt("has more than 1024 inputs or outputs");
      LATENT_TRY(auto port, read_port(field.bytes));
      list.push_back(std::move(port));
    }
    return {};
  });
}

}  // namespace

Result<GraphPorts> read_graph_ports(std::span<const std::byte> onnx) {
  GraphPorts ports;
  std::set<std::string> initialised;
  bool there = false;
  LATENT_CHECK(walk(onnx, [&](const Field& field) -> Status {
    if (field.number != kModelGraph) return {};
    there = true;
    return read_graph(field.bytes, ports, initialised);
  }));
  if (!there || ports.outputs.empty()) {
    return fail(ErrorCode::Corrupt, "is no ONNX network: it has no graph with an output");
  }
  std::erase_if(ports.inputs,
                [&](const TensorPort& port) { return initialised.contains(port.name); });
  return ports;
}

std::vector<std::byte> with_constant_input(std::span<const std::byte> onnx,
                                           const std::string& input,
                                           const std::vector<std::int64_t>& dims,
                                           const std::string& type, float value) {
  std::size_t count = 1;
  Writer tensor;
  for (const std::int64_t side : dims) {
    tensor.number(kTensorDims, static_cast<std::uint64_t>(side));
    count *= static_cast<std::size_t>(side);
  }
  const bool half = type == "f16";
  const auto element = std::ranges::find(kElements, half ? std::string_view("f16") : "f32");
  tensor.number(kTensorType, static_cast<std::uint64_t>(element - kElements.begin()));
  tensor.text(kTensorName, input);
  if (half) {
    const std::vector<std::uint16_t> samples(count, half_of(value));
    tensor.piece(kTensorRaw, std::as_bytes(std::span(samples)));
  } else {
    const std::vector<float> samples(count, value);
    tensor.piece(kTensorRaw, std::as_bytes(std::span(samples)));
  }
  Writer graph;
  graph.piece(kGraphInitializer, tensor.bytes());
  Writer model;
  model.piece(kModelGraph, graph.bytes());
  std::vector<std::byte> result(onnx.begin(), onnx.end());
  result.insert(result.end(), model.bytes().begin(), model.bytes().end());
  return result;
}

}  // namespace latent::infer
