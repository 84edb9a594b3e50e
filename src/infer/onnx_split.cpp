// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnx_split.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "infer/onnx_edit.h"
#include "infer/onnx_fields.h"
#include "infer/onnx_graph.h"
#include "infer/protobuf.h"

namespace latent::infer {
namespace {

using protobuf::Field;
using protobuf::walk;
using protobuf::Writer;
using Names = std::set<std::string, std::less<>>;

/// Operators that give float32 of float32, and the same for the same.
constexpr std::array<std::string_view, 57> kPlain{"Abs",
                                                  "Add",
                                                  "AveragePool",
                                                  "BatchNormalization",
                                                  "Clip",
                                                  "Concat",
                                                  "Conv",
                                                  "ConvTranspose",
                                                  "Cos",
                                                  "DepthToSpace",
                                                  "Div",
                                                  "Elu",
                                                  "Erf",
                                                  "Exp",
                                                  "Expand",
                                                  "Flatten",
                                                  "Floor",
                                                  "Gather",
                                                  "Gelu",
                                                  "Gemm",
                                                  "GlobalAveragePool",
                                                  "GroupNormalization",
                                                  "HardSigmoid",
                                                  "HardSwish",
                                                  "Identity",
                                                  "InstanceNormalization",
                                                  "LayerNormalization",
                                                  "LeakyRelu",
                                                  "Log",
                                                  "MatMul",
                                                  "Max",
                                                  "MaxPool",
                                                  "Min",
                                                  "Mul",
                                                  "Neg",
                                                  "Pad",
                                                  "Pow",
                                                  "PRelu",
                                                  "Reciprocal",
                                                  "ReduceMax",
                                                  "ReduceMean",
                                                  "ReduceSum",
                                                  "Relu",
                                                  "Reshape",
                                                  "Resize",
                                                  "Sigmoid",
                                                  "Sin",
                                                  "Slice",
                                                  "Softmax",
                                                  "SpaceToDepth",
                                                  "Split",
                                                  "Sqrt",
                                                  "Squeeze",
                                                  "Sub",
                                                  "Tanh",
                                                  "Transpose",
                                                  "Unsqueeze"};
constexpr std::array<std::string_view, 4> kHeavy{"Conv", "ConvTranspose", "Gemm", "MatMul"};
/// These never give the same.
constexpr std::array<std::string_view, 6> kRandom{"Bernoulli",     "Multinomial",
                                                  "RandomNormal",  "RandomNormalLike",
                                                  "RandomUniform", "RandomUniformLike"};

bool is_one_of(const OnnxNode& node, std::span<const std::string_view> kinds) {
  return (node.domain.empty() || node.domain == "ai.onnx") &&
         std::ranges::find(kinds, node.kind) != kinds.end();
}

/// What a tensor hangs on.
enum class Kind : std::uint8_t {
  Known,    ///< constants, and sizes of what stays: at hand in both parts
  Staying,  ///< float32, of the inputs that stay
  Changing
};

/// Hangs every tensor on what it comes from.
class Sorted {
 public:
  Sorted(const OnnxDocument& document, const std::set<std::string>& fixed) {
    kinds_[""] = Kind::Known;  // an input that is left out
    for (const OnnxConstant& constant : document.constants) kinds_[constant.name] = Kind::Known;
    for (const std::string& input : document.inputs) {
      kinds_[input] = fixed.contains(input) ? Kind::Staying : Kind::Changing;
    }
    for (const OnnxNode& node : document.nodes) {
      const Kind kind = kind_of(node);
      for (const std::string& output : node.outputs) kinds_[output] = kind;
    }
  }

  [[nodiscard]] Kind of(const std::string& tensor) const {
    const auto found = kinds_.find(tensor);
    return found == kinds_.end() ? Kind::Changing : found->second;
  }

 private:
  [[nodiscard]] Kind kind_of(const OnnxNode& node) const {
    bool known = true;
    for (const std::string& input : node.inputs) {
      const Kind kind = of(input);
      if (kind == Kind::Changing) return Kind::Changing;
      known = known && kind == Kind::Known;
    }
    const bool ours = node.domain.empty() || node.domain == "ai.onnx";
    if (!ours || is_one_of(node, kRandom)) return Kind::Changing;
    if (known || node.kind == "Shape" || node.kind == "Size") return Kind::Known;
    const bool one = node.outputs.size() == 1 || node.kind == "Split";
    return one && is_one_of(node, kPlain) ? Kind::Staying : Kind::Changing;
  }

  std::map<std::string, Kind, std::less<>> kinds_;
};

/// Which nodes it takes to compute some tensors, and where they begin.
struct Part {
  std::vector<bool> nodes;  ///< of the document's
  Names used;               ///< every tensor that such a node takes
  Names begins;             ///< tensors that no node of the part makes
};

/// `ends_at(tensor)`: no node is taken to make it.
template <class EndsAt>
Part part_for(const OnnxDocument& document, Names wanted, const EndsAt& ends_at) {
  Part part;
  part.nodes.assign(document.nodes.size(), false);
  part.used = wanted;
  for (std::size_t i = document.nodes.size(); i-- > 0;) {  // each stands after those that it needs
    const OnnxNode& node = document.nodes[i];
    const bool needed = std::ranges::any_of(node.outputs, [&](const std::string& output) {
      return wanted.contains(output) && !ends_at(output);
    });
    if (!needed) continue;
    part.nodes[i] = true;
    wanted.insert(node.inputs.begin(), node.inputs.end());
  }
  part.used = wanted;
  Names made;
  for (std::size_t i = 0; i < document.nodes.size(); ++i) {
    if (part.nodes[i])
      made.insert(document.nodes[i].outputs.begin(), document.nodes[i].outputs.end());
  }
  for (const std::string& name : wanted) {
    if (!name.empty() && !made.contains(name)) part.begins.insert(name);
  }
  return part;
}

std::vector<std::byte> port_of(const std::string& name, const std::vector<std::int64_t>& dims) {
  Writer shape;
  for (const std::int64_t side : dims) {
    Writer dim;
    dim.number(kDimValue, static_cast<std::uint64_t>(side));
    shape.piece(kShapeDim, dim.bytes());
  }
  Writer tensor;
  tensor.number(kTensorTypeElement, kElementFloat);
  tensor.piece(kTensorTypeShape, shape.bytes());
  Writer kind;
  kind.piece(kTypeTensor, tensor.bytes());
  Writer info;
  info.text(kInfoName, name);
  info.piece(kInfoType, kind.bytes());
  return info.bytes();
}

Result<std::string> name_of_port(protobuf::Bytes port) {
  std::string name;
  LATENT_CHECK(walk(port, [&](const Field& field) -> Status {
    if (field.number == kInfoName) name = protobuf::text_of(field.bytes);
    return {};
  }));
  return name;
}

/// The document with the nodes of a part, and what these need.
Result<OnnxDocument> cut_to(const OnnxDocument& document, const Part& part) {
  OnnxDocument cut = document;
  cut.nodes.clear();
  for (std::size_t i = 0; i < document.nodes.size(); ++i) {
    if (part.nodes[i]) cut.nodes.push_back(document.nodes[i]);
  }
  std::erase_if(cut.constants,
                [&](const OnnxConstant& constant) { return !part.used.contains(constant.name); });
  Writer rest;
  LATENT_CHECK(walk(document.rest_of_graph, [&](const Field& field) -> Status {
    if (field.number == kGraphValueInfo) return {};  // engines find them out
    if (field.number == kGraphInput) {
      LATENT_TRY(const std::string name, name_of_port(field.bytes));
      if (!part.begins.contains(name)) return {};
    }
    rest.whole(field.whole);
    return {};
  }));
  cut.rest_of_graph = rest.bytes();
  return cut;
}

Names names_of_outputs(const GraphPorts& ports) {
  Names names;
  for (const TensorPort& port : ports.outputs) names.insert(port.name);
  return names;
}

bool has_sparse(const OnnxDocument& document) {
  bool found = false;
  const Status walked = walk(document.rest_of_graph, [&](const Field& field) -> Status {
    found = found || field.number == kGraphSparseInitializer;
    return {};
  });
  return found || !walked;
}

}  // namespace

Result<std::optional<OnnxSplit>> split_onnx(std::span<const std::byte> onnx,
                                            const std::set<std::string>& fixed) {
  LATENT_TRY(const OnnxDocument document, OnnxDocument::read(onnx));
  LATENT_TRY(const GraphPorts ports, read_graph_ports(onnx));
  if (document.has_more_graphs || has_sparse(document)) return std::nullopt;
  for (const TensorPort& port : ports.inputs) {
    if (fixed.contains(port.name) && port.type != "f32") return std::nullopt;
  }
  const Sorted sorted(document, fixed);
  const auto stays = [&](const std::string& name) { return sorted.of(name) == Kind::Staying; };
  const Names outputs = names_of_outputs(ports);
  // An output that stays would be no result of the rest: nobody has such a graph.
  if (std::ranges::any_of(outputs, stays)) return std::nullopt;
  const Part each = part_for(document, outputs, stays);
  OnnxSplit split;
  Names carried;
  for (const std::string& name : each.begins) {
    if (!stays(name)) continue;
    if (fixed.contains(name)) {
      split.fixed.push_back(name);
    } else {
      carried.insert(name);
      split.carried.push_back(name);
    }
  }
  if (carried.empty()) return std::nullopt;
  const Part once = part_for(document, carried, [](const std::string&) { return false; });
  bool heavy = false;
  for (std::size_t i = 0; i < document.nodes.size(); ++i) {
    const OnnxNode& node = document.nodes[i];
    heavy = heavy || (once.nodes[i] && is_one_of(node, kHeavy) && stays(node.outputs.front()));
  }
  if (!heavy) return std::nullopt;
  LATENT_TRY(OnnxDocument first, cut_to(document, once));
  std::vector<std::pair<std::string, std::uint64_t>> given;
  for (const std::string& name : split.carried) given.emplace_back(name, kElementFloat);
  first.give(given);
  split.once = first.write();
  split.whole.assign(onnx.begin(), onnx.end());
  return split;
}

Result<std::vector<std::byte>> OnnxSplit::each(
    const std::vector<std::vector<std::int64_t>>& sizes) const {
  LATENT_ENSURE(sizes.size() == carried.size());
  LATENT_TRY(const OnnxDocument document, OnnxDocument::read(whole));
  LATENT_TRY(const GraphPorts ports, read_graph_ports(whole));
  const Names ends(carried.begin(), carried.end());
  const Part part = part_for(document, names_of_outputs(ports),
                             [&](const std::string& name) { return ends.contains(name); });
  LATENT_TRY(OnnxDocument rest, cut_to(document, part));
  Writer inputs;
  for (std::size_t i = 0; i < carried.size(); ++i) {
    inputs.piece(kGraphInput, port_of(carried[i], sizes[i]));
  }
  rest.rest_of_graph.insert(rest.rest_of_graph.end(), inputs.bytes().begin(), inputs.bytes().end());
  return rest.write();
}

}  // namespace latent::infer
