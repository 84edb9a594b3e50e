// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnx_edit.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "infer/half.h"
#include "infer/onnx_fields.h"
#include "infer/protobuf.h"

namespace latent::infer {
namespace {

using protobuf::Bytes;
using protobuf::Field;
using protobuf::Message;
using protobuf::walk;
using protobuf::Writer;

constexpr std::size_t kMostName = 4096;
constexpr std::size_t kMostDims = 64;
/// Elements of a constant that is looked at.
constexpr std::uint64_t kMostElements = std::uint64_t{1} << 29U;

Status corrupt(const char* what) { return fail(ErrorCode::Corrupt, what); }

void append(std::vector<std::byte>& to, Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// A name must come out as it went in.
Result<std::string> name_in(Bytes bytes) {
  if (bytes.size() > kMostName) {
    return fail(ErrorCode::Corrupt, "has a name of more than 4096 characters");
  }
  return protobuf::text_of(bytes);
}

bool holds_graph(Bytes attribute) {
  Message message(attribute);
  while (const auto field = message.next()) {
    if (field->number == kAttributeGraph || field->number == kAttributeGraphs) return true;
  }
  return false;
}

Status read_node(Bytes bytes, OnnxDocument& document) {
  OnnxNode node;
  LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
    const auto named = [&](std::string& to) -> Status {
      LATENT_TRY(to, name_in(field.bytes));
      return {};
    };
    switch (field.number) {
      case kNodeInput:
        return named(node.inputs.emplace_back());
      case kNodeOutput:
        return named(node.outputs.emplace_back());
      case kNodeName:
        return named(node.name);
      case kNodeOperator:
        return named(node.kind);
      case kNodeDomain:
        return named(node.domain);
      case kNodeAttribute:
        if (holds_graph(field.bytes)) document.has_more_graphs = true;
        break;
      default:
        break;
    }
    append(node.rest, field.whole);
    return {};
  }));
  document.nodes.push_back(std::move(node));
  return {};
}

/// The numbers of a repeated field of varints, which stand one by one or together.
std::vector<std::uint64_t> numbers_of(const Field& field) {
  if (field.bytes.empty()) return {field.value};
  std::vector<std::uint64_t> numbers;
  std::uint64_t value = 0;
  unsigned shift = 0;
  for (const std::byte byte : field.bytes) {
    if (shift < 64) value |= (std::to_integer<std::uint64_t>(byte) & 0x7FU) << shift;
    shift += 7;
    if ((byte & std::byte{0x80}) != std::byte{}) continue;
    numbers.push_back(value);
    value = 0;
    shift = 0;
  }
  return numbers;
}

Result<OnnxConstant> read_constant(Bytes bytes) {
  OnnxConstant constant;
  LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
    if (field.number == kTensorName) {
      LATENT_TRY(constant.name, name_in(field.bytes));
    }
    if (field.number == kTensorType) constant.type = field.value;
    if (field.number != kTensorDims) return {};
    for (const std::uint64_t side : numbers_of(field)) {
      if (!std::in_range<std::int64_t>(side) || constant.dims.size() >= kMostDims) {
        return corrupt("has a constant of impossible dimensions");
      }
      constant.dims.push_back(static_cast<std::int64_t>(side));
    }
    return {};
  }));
  constant.message = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  return constant;
}

Result<std::string> read_name_of_port(Bytes bytes) {
  std::string name;
  LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
    if (field.number == kInfoName) {
      LATENT_TRY(name, name_in(field.bytes));
    }
    return {};
  }));
  return name;
}

Status read_graph(Bytes bytes, OnnxDocument& document) {
  return walk(bytes, [&](const Field& field) -> Status {
    if (field.number == kGraphNode) return read_node(field.bytes, document);
    if (field.number == kGraphInitializer) {
      LATENT_TRY(auto constant, read_constant(field.bytes));
      document.constants.push_back(std::move(constant));
      return {};
    }
    if (field.number == kGraphOutput) {
      document.outputs.emplace_back(field.bytes.begin(), field.bytes.end());
      return {};
    }
    if (field.number == kGraphInput) {
      LATENT_TRY(auto name, read_name_of_port(field.bytes));
      document.inputs.push_back(std::move(name));
    }
    append(document.rest_of_graph, field.whole);
    return {};
  });
}

Status read_operator_set(const Field& field, OnnxDocument& document) {
  std::string domain;
  std::uint64_t version = 0;
  LATENT_CHECK(walk(field.bytes, [&](const Field& inner) -> Status {
    if (inner.number == kSetVersion) version = inner.value;
    if (inner.number != kSetDomain) return {};
    LATENT_TRY(domain, name_in(inner.bytes));
    return {};
  }));
  if (domain.empty() || domain == "ai.onnx") {
    document.operator_set =
        static_cast<std::int64_t>(std::min<std::uint64_t>(version, std::uint64_t{1} << 30U));
  } else {
    append(document.rest_of_model, field.whole);
  }
  return {};
}

Writer written(const OnnxNode& node) {
  Writer writer;
  for (const std::string& input : node.inputs) writer.text(kNodeInput, input);
  for (const std::string& output : node.outputs) writer.text(kNodeOutput, output);
  writer.text(kNodeName, node.name);
  writer.text(kNodeOperator, node.kind);
  if (!node.domain.empty()) writer.text(kNodeDomain, node.domain);
  writer.whole(node.rest);
  return writer;
}

/// How many elements dimensions hold; nothing where that is more than anybody looks at.
std::optional<std::size_t> count_of(const std::vector<std::int64_t>& dims) {
  std::uint64_t count = 1;
  for (const std::int64_t side : dims) {
    if (side < 0) return std::nullopt;
    const auto factor = static_cast<std::uint64_t>(side);
    if (factor != 0 && count > kMostElements / factor) return std::nullopt;
    count *= factor;
  }
  return static_cast<std::size_t>(count);
}

void read_values(const Field& field, std::uint64_t type, std::vector<float>& values) {
  const bool half = type == kElementHalf;
  const std::size_t wide = half ? sizeof(std::uint16_t) : sizeof(float);
  if (field.number == kTensorRaw || (field.number == kTensorFloats && !half)) {
    for (std::size_t at = 0; at + wide <= field.bytes.size(); at += wide) {
      std::uint16_t bits = 0;
      float value = 0;
      if (half) {
        std::memcpy(&bits, field.bytes.data() + at, wide);
        value = float_of_half(bits);
      } else {
        std::memcpy(&value, field.bytes.data() + at, wide);
      }
      values.push_back(value);
    }
  }
  if (field.number == kTensorIntegers && half) {
    for (const std::uint64_t bits : numbers_of(field)) {
      values.push_back(float_of_half(static_cast<std::uint16_t>(bits & 0xFFFFU)));
    }
  }
}

}  // namespace

std::optional<std::int64_t> OnnxNode::integer(std::string_view attribute) const {
  Message message(rest);
  while (const auto field = message.next()) {
    if (field->number != kNodeAttribute) continue;
    std::string found;
    std::optional<std::int64_t> value;
    Message inside(field->bytes);
    while (const auto part = inside.next()) {
      if (part->number == kAttributeName) found = protobuf::text_of(part->bytes);
      if (part->number == kAttributeInteger) value = static_cast<std::int64_t>(part->value);
    }
    if (found == attribute) return value;
  }
  return std::nullopt;
}

void OnnxNode::add_integer(std::string_view attribute, std::int64_t value) {
  Writer inside;
  inside.text(kAttributeName, attribute);
  inside.number(kAttributeInteger, static_cast<std::uint64_t>(value));
  inside.number(kAttributeType, kAttributeIsInteger);
  Writer writer;
  writer.piece(kNodeAttribute, inside.bytes());
  append(rest, writer.bytes());
}

Result<std::vector<float>> OnnxConstant::floats() const {
  if (type != kElementFloat && type != kElementHalf) {
    return fail(ErrorCode::Unsupported, "has weights that are no float32 or float16");
  }
  const auto count = count_of(dims);
  if (!count) return fail(ErrorCode::Corrupt, "has a constant of impossible dimensions");
  std::vector<float> values;
  LATENT_CHECK(walk(*message, [&](const Field& field) -> Status {
    read_values(field, type, values);
    return {};
  }));
  if (values.size() != *count) {
    return fail(ErrorCode::Corrupt, "has a constant with more or fewer values than its dimensions");
  }
  return values;
}

OnnxConstant OnnxConstant::of(std::string name, std::vector<std::int64_t> dims, std::uint64_t type,
                              std::span<const std::byte> values) {
  Writer tensor;
  for (const std::int64_t side : dims) {
    tensor.number(kTensorDims, static_cast<std::uint64_t>(side));
  }
  tensor.number(kTensorType, type);
  tensor.text(kTensorName, name);
  tensor.piece(kTensorRaw, values);
  return {std::move(name), std::move(dims), type,
          std::make_shared<const std::vector<std::byte>>(tensor.bytes())};
}

Result<OnnxDocument> OnnxDocument::read(std::span<const std::byte> onnx) {
  OnnxDocument document;
  bool there = false;
  LATENT_CHECK(walk(onnx, [&](const Field& field) -> Status {
    if (field.number == kModelGraph) {
      there = true;
      return read_graph(field.bytes, document);
    }
    if (field.number == kModelOperatorSet) return read_operator_set(field, document);
    if (field.number == kModelFunction) document.has_more_graphs = true;
    append(document.rest_of_model, field.whole);
    return {};
  }));
  if (!there || document.outputs.empty()) {
    return fail(ErrorCode::Corrupt, "is no ONNX network: it has no graph with an output");
  }
  std::set<std::string, std::less<>> constant;
  for (const OnnxConstant& one : document.constants) constant.insert(one.name);
  std::erase_if(document.inputs, [&](const std::string& name) { return constant.contains(name); });
  return document;
}

std::vector<std::byte> OnnxDocument::write() const {
  Writer graph;
  for (const OnnxNode& node : nodes) graph.piece(kGraphNode, written(node).bytes());
  graph.whole(rest_of_graph);
  for (const OnnxConstant& constant : constants) graph.piece(kGraphInitializer, *constant.message);
  for (const auto& output : outputs) graph.piece(kGraphOutput, output);
  Writer set;
  set.number(kSetVersion, static_cast<std::uint64_t>(operator_set));
  Writer model;
  model.whole(rest_of_model);
  model.piece(kModelOperatorSet, set.bytes());
  model.piece(kModelGraph, graph.bytes());
  return model.bytes();
}

void OnnxDocument::give(const std::vector<std::pair<std::string, std::uint64_t>>& names_and_types) {
  outputs.clear();
  for (const auto& [name, type] : names_and_types) {
    Writer tensor;
    tensor.number(kTensorTypeElement, type);
    Writer kind;
    kind.piece(kTypeTensor, tensor.bytes());
    Writer info;
    info.text(kInfoName, name);
    info.piece(kInfoType, kind.bytes());
    outputs.push_back(info.bytes());
  }
}

const OnnxConstant* OnnxDocument::constant(std::string_view name) const {
  const auto found = std::ranges::find(constants, name, &OnnxConstant::name);
  return found == constants.end() ? nullptr : &*found;
}

const OnnxNode* OnnxDocument::maker_of(std::string_view tensor) const {
  const auto found = std::ranges::find_if(nodes, [&](const OnnxNode& node) {
    return std::ranges::find(node.outputs, tensor) != node.outputs.end();
  });
  return found == nodes.end() ? nullptr : &*found;
}

}  // namespace latent::infer
