// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/quantise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/path.h"
#include "infer/onnx_edit.h"
#include "infer/onnx_fields.h"
#include "infer/onnx_graph.h"
#include "infer/tensor_session.h"

namespace latent::infer {
namespace {

/// The first in which DequantizeLinear has a scale for each channel.
constexpr std::int64_t kLeastSet = 13;
/// From here on to kLeastSet only the operators of kChanged mean something else.
constexpr std::int64_t kRaisableSet = 11;
constexpr std::array kChanged{"Softmax", "LogSoftmax", "Hardmax", "ReduceSum",
                              "Squeeze", "Unsqueeze",  "Split"};
/// Of the multiplications of a network: what is below costs nothing and only loses quality.
constexpr double kLeastWork = 0.002;
constexpr double kMostWatchedBytes = 256.0 * 1024 * 1024;

Status raise_operator_set(OnnxDocument& document) {
  if (document.operator_set >= kLeastSet) return {};
  const auto old = std::ranges::find_if(document.nodes, [](const OnnxNode& node) {
    return std::ranges::any_of(kChanged, [&](const char* kind) { return node.is(kind); });
  });
  if (document.operator_set < kRaisableSet || document.has_more_graphs ||
      old != document.nodes.end()) {
    return fail(ErrorCode::Unsupported,
                fmt::format("is of ONNX operator set {}, and 8-bit integers need {} or newer; "
                            "converting it with onnx.version_converter may help",
                            document.operator_set, kLeastSet));
  }
  document.operator_set = kLeastSet;
  return {};
}

Result<OnnxDocument> read_network(std::span<const std::byte> onnx) {
  LATENT_TRY(auto document, OnnxDocument::read(onnx));
  for (const OnnxNode& node : document.nodes) {
    if (node.is("QuantizeLinear") || node.is("DequantizeLinear") || node.is("QLinearConv")) {
      return fail(ErrorCode::Unsupported, "is in 8-bit integers already");
    }
  }
  LATENT_CHECK(raise_operator_set(document));
  return document;
}

/// A constant by the name that nodes use: as it is, or behind a Cast to float32.
const OnnxConstant* float_constant(const OnnxDocument& document, const std::string& name) {
  if (const OnnxConstant* direct = document.constant(name)) {
    return direct->type == kElementFloat ? direct : nullptr;
  }
  const OnnxNode* cast = document.maker_of(name);
  if (cast == nullptr || !cast->is("Cast") || cast->inputs.size() != 1 ||
      cast->integer("to") != static_cast<std::int64_t>(kElementFloat)) {
    return nullptr;
  }
  return document.constant(cast->inputs[0]);
}

bool is_roundable(const OnnxDocument& document, const OnnxNode& node) {
  if (node.inputs.size() < 2 || node.outputs.size() != 1) return false;
  const std::string& input = node.inputs[0];
  if (std::ranges::find(document.inputs, input) != document.inputs.end()) return false;
  const OnnxNode* maker = document.maker_of(input);
  if (maker == nullptr || maker->is("Constant")) return false;
  const OnnxConstant* weights = float_constant(document, node.inputs[1]);
  if (weights == nullptr || weights->dims.size() < 3) return false;
  const auto values = weights->floats();
  return values && !values->empty() &&
         std::ranges::all_of(*values, [](float value) { return std::isfinite(value); });
}

/// All but the first and the last.
std::vector<const OnnxNode*> candidates(const OnnxDocument& document) {
  std::vector<const OnnxNode*> every;
  for (const OnnxNode& node : document.nodes) {
    if (node.is("Conv")) every.push_back(&node);
  }
  std::vector<const OnnxNode*> found;
  for (std::size_t i = 1; i + 1 < every.size(); ++i) {
    if (is_roundable(document, *every[i])) found.push_back(every[i]);
  }
  return found;
}

/// Runs a changed copy of the network over tiles.
class Watch {
 public:
  Watch(const models::Network& network, const EngineRequest& request, TensorShape shape)
      : network_(network), request_(request), shape_(shape) {
    request_.device = "cpu";
    request_.precision = Precision::F32;
  }

  Status open(const OnnxDocument& document) {
    OnnxSource source;
    source.bytes = document.write();
    source.optimization = network_.optimization;
    std::map<std::string, std::int64_t> sizes;
    LATENT_TRY(const GraphPorts ports, read_graph_ports(source.bytes));
    for (const TensorPort& port : ports.inputs) {
      const std::array<std::int64_t, 4> wanted{shape_.n, shape_.channels, shape_.height,
                                               shape_.width};
      for (std::size_t i = 0; i < port.symbols.size() && i < wanted.size(); ++i) {
        if (!port.symbols[i].empty()) sizes[port.symbols[i]] = wanted[i];
      }
    }
    session_.reset();
    LATENT_TRY(session_, open_tensor_session(source, request_, sizes));
    return {};
  }

  Result<std::vector<NamedTensor>> run(const Tensor& tile) {
    const ConstTensorView view = tile.view();
    NamedTensor input;
    input.name = network_.spec.input.name;
    input.dims = {shape_.n, shape_.channels, shape_.height, shape_.width};
    input.values.assign(view.data, view.data + view.shape.count());
    return session_->run({input});
  }

 private:
  const models::Network& network_;
  EngineRequest request_;
  TensorShape shape_;
  std::unique_ptr<TensorSession> session_;
};

using Dims = std::vector<std::int64_t>;

/// The shapes of tensors inside of the network.
Result<std::map<std::string, Dims>> shapes_of(const OnnxDocument& document,
                                              const std::set<std::string>& tensors, Watch& watch,
                                              const Tensor& tile) {
  OnnxDocument asking = document;
  std::vector<std::pair<std::string, std::uint64_t>> asked;
  for (const std::string& tensor : tensors) {
    OnnxNode shape;
    shape.name = tensor + ".latent_shape";
    shape.kind = "Shape";
    shape.inputs = {tensor};
    shape.outputs = {shape.name};
    asked.emplace_back(shape.name, kElementInt64);
    asking.nodes.push_back(std::move(shape));
  }
  asking.give(asked);
  LATENT_CHECK(watch.open(asking));
  LATENT_TRY(const auto answers, watch.run(tile));
  std::map<std::string, Dims> shapes;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Dims& dims = shapes[*std::next(tensors.begin(), static_cast<std::ptrdiff_t>(i))];
    for (const float side : answers[i].values) dims.push_back(static_cast<std::int64_t>(side));
  }
  return shapes;
}

double count_of(const Dims& dims) {
  double count = 1;
  for (const std::int64_t side : dims) count *= static_cast<double>(side);
  return count;
}

/// Multiplications of a convolution: its weights for each place of the result.
double work_of(const OnnxDocument& document, const OnnxNode& node, const Dims& output) {
  const OnnxConstant* weights = float_constant(document, node.inputs[1]);
  if (weights == nullptr || output.size() < 3) return 0;
  double places = 1;
  for (std::size_t i = 2; i < output.size(); ++i) places *= static_cast<double>(output[i]);
  return count_of(weights->dims) * places;
}

/// The convolutions that are worth it.
std::vector<RoundableConvolution> worthwhile(const OnnxDocument& document,
                                             const std::map<std::string, Dims>& shapes) {
  double all = 0;
  for (const OnnxNode& node : document.nodes) {
    if (!node.is("Conv") || node.outputs.size() != 1 || node.inputs.size() < 2) continue;
    if (const auto shape = shapes.find(node.outputs[0]); shape != shapes.end()) {
      all += work_of(document, node, shape->second);
    }
  }
  std::vector<RoundableConvolution> found;
  for (const OnnxNode* node : candidates(document)) {
    const double work = work_of(document, *node, shapes.at(node->outputs[0]));
    if (all > 0 && work >= kLeastWork * all) {
      found.push_back({node->outputs[0], node->inputs[0], work / all});
    }
  }
  return found;
}

/// Tensors in groups, each of which is in memory at once.
std::vector<std::vector<std::string>> groups_of(const std::set<std::string>& tensors,
                                                const std::map<std::string, Dims>& shapes) {
  std::vector<std::vector<std::string>> groups;
  double bytes = kMostWatchedBytes;
  for (const std::string& tensor : tensors) {
    const double more = sizeof(float) * count_of(shapes.at(tensor));
    if (groups.empty() || bytes + more > kMostWatchedBytes) {
      groups.emplace_back();
      bytes = 0;
    }
    groups.back().push_back(tensor);
    bytes += more;
  }
  return groups;
}

Result<std::map<std::string, Steps>> steps_of(const OnnxDocument& document,
                                              const std::vector<std::vector<std::string>>& groups,
                                              const std::vector<Tensor>& tiles, Watch& watch,
                                              const RunControl& control) {
  std::map<std::string, Steps> steps;
  std::size_t done = 0;
  for (const auto& group : groups) {
    std::vector<std::pair<std::string, std::uint64_t>> asked;
    for (const std::string& tensor : group) asked.emplace_back(tensor, kElementFloat);
    OnnxDocument watched = document;
    watched.give(asked);
    LATENT_CHECK(watch.open(watched));
    std::vector<ActivationRange> ranges(group.size());
    for (const Tensor& tile : tiles) {
      LATENT_CHECK(control.check());
      LATENT_TRY(const auto answers, watch.run(tile));
      for (std::size_t i = 0; i < group.size(); ++i) ranges[i].add(answers[i].values);
      control.report(static_cast<double>(++done) /
                     static_cast<double>(groups.size() * tiles.size()));
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (ranges[i].is_broken()) {
        return fail(ErrorCode::ModelMismatch,
                    "gives numbers that are not finite (inside, at '" + printable(group[i]) + "')");
      }
      steps[group[i]] = ranges[i].steps();
    }
  }
  return steps;
}

/// Puts the nodes in that make a graph 8-bit.
class Rounder {
 public:
  Rounder(OnnxDocument document, const Calibration& found, const std::set<std::string>& in_float)
      : document_(std::move(document)), found_(found) {
    for (const RoundableConvolution& one : found.convolutions) {
      if (!in_float.contains(one.output)) chosen_.insert(one.output);
    }
  }

  Result<std::vector<std::byte>> run() {
    std::vector<OnnxNode> nodes = std::move(document_.nodes);
    document_.nodes.clear();
    originals_ = nodes;
    for (OnnxNode& node : nodes) {
      if (node.outputs.size() == 1 && chosen_.contains(node.outputs[0])) {
        LATENT_CHECK(round(node));
      }
      document_.nodes.push_back(std::move(node));
    }
    drop_unused();
    return document_.write();
  }

 private:
  template <class T>
  std::string keep(const std::string& name, std::vector<std::int64_t> dims, std::uint64_t type,
                   const std::vector<T>& values) {
    document_.constants.push_back(
        OnnxConstant::of(name, std::move(dims), type, std::as_bytes(std::span(values))));
    return name;
  }

  OnnxNode& add(const char* kind, std::vector<std::string> inputs, const std::string& output) {
    OnnxNode node;
    node.name = output;
    node.kind = kind;
    node.inputs = std::move(inputs);
    node.outputs = {output};
    document_.nodes.push_back(std::move(node));
    return document_.nodes.back();
  }

  /// What goes into a convolution, on its grid; once for all that look at it.
  Result<std::string> rounded_input(const std::string& tensor) {
    const std::string name = tensor + ".latent_rounded";
    if (!made_.insert(name).second) return name;
    const auto found = found_.steps.find(tensor);
    LATENT_ENSURE(found != found_.steps.end());
    const Steps& steps = found->second;
    const std::string scale =
        keep(tensor + ".latent_scale", {}, kElementFloat, std::vector<float>{steps.scale});
    const std::string zero =
        keep(tensor + ".latent_zero", {}, steps.has_signs ? kElementInt8 : kElementUint8,
             std::vector<std::uint8_t>{0});
    const std::string whole = tensor + ".latent_whole";
    add("QuantizeLinear", {tensor, scale, zero}, whole);
    add("DequantizeLinear", {whole, scale, zero}, name);
    return name;
  }

  /// The weights of a convolution, once for all that use them.
  Result<std::string> rounded_weights_of(const std::string& weights) {
    const std::string name = weights + ".latent_rounded";
    if (!made_.insert(name).second) return name;
    const OnnxConstant* constant = behind_cast(weights);
    LATENT_ENSURE(constant != nullptr && !constant->dims.empty());
    LATENT_TRY(const auto values, constant->floats());
    const Dims dims = constant->dims;
    const RoundedWeights rounded = rounded_weights(values, static_cast<std::size_t>(dims[0]));
    const std::string whole = keep(weights + ".latent_whole", dims, kElementInt8, rounded.values);
    const std::string scales =
        keep(weights + ".latent_scale", {dims[0]}, kElementFloat, rounded.scales);
    const std::string zeros = keep(weights + ".latent_zero", {dims[0]}, kElementInt8,
                                   std::vector<std::int8_t>(rounded.scales.size(), 0));
    add("DequantizeLinear", {whole, scales, zeros}, name).add_integer("axis", 0);
    return name;
  }

  [[nodiscard]] const OnnxConstant* behind_cast(const std::string& name) const {
    if (const OnnxConstant* direct = document_.constant(name)) return direct;
    const auto cast = std::ranges::find_if(originals_, [&](const OnnxNode& node) {
      return node.outputs.size() == 1 && node.outputs[0] == name;
    });
    return cast == originals_.end() || cast->inputs.empty() ? nullptr
                                                            : document_.constant(cast->inputs[0]);
  }

  Status round(OnnxNode& node) {
    LATENT_TRY(node.inputs[0], rounded_input(node.inputs[0]));
    LATENT_TRY(node.inputs[1], rounded_weights_of(node.inputs[1]));
    return {};
  }

  /// The float weights that nobody looks at any more, and the Casts before them.
  void drop_unused() {
    if (document_.has_more_graphs) return;
    const auto used = [&] {
      std::set<std::string> names;
      for (const OnnxNode& node : document_.nodes) {
        names.insert(node.inputs.begin(), node.inputs.end());
      }
      return names;
    };
    std::set<std::string> replaced;
    for (const OnnxNode& node : originals_) {
      if (node.outputs.size() == 1 && chosen_.contains(node.outputs[0])) {
        replaced.insert(node.inputs[1]);
      }
    }
    const auto in_use = used();
    std::erase_if(document_.nodes, [&](const OnnxNode& node) {
      if (!node.is("Cast") || node.outputs.size() != 1) return false;
      if (!replaced.contains(node.outputs[0]) || in_use.contains(node.outputs[0])) return false;
      replaced.insert(node.inputs[0]);
      return true;
    });
    const auto still = used();
    std::erase_if(document_.constants, [&](const OnnxConstant& constant) {
      return replaced.contains(constant.name) && !still.contains(constant.name);
    });
  }

  OnnxDocument document_;
  const Calibration& found_;
  std::vector<OnnxNode> originals_;
  std::set<std::string> chosen_;
  std::set<std::string> made_;
};

}  // namespace

Result<Calibration> calibrate(const models::Network& network, const std::vector<Tensor>& tiles,
                              const EngineRequest& request, const RunControl& control) {
  LATENT_ENSURE(!tiles.empty());
  LATENT_TRY(const OnnxDocument document, read_network(network.onnx));
  const auto nodes = candidates(document);
  const auto none = [] {
    return fail(ErrorCode::Unsupported,
                "has no convolution that could be computed in 8-bit integers (the first and the "
                "last stay as they are, and so do those with weights in float16)");
  };
  if (nodes.empty()) return none();
  Watch watch(network, request, tiles.front().shape());
  std::set<std::string> tensors;
  for (const OnnxNode* node : nodes) tensors.insert(node->inputs[0]);
  for (const OnnxNode& node : document.nodes) {
    if (node.is("Conv") && node.outputs.size() == 1) tensors.insert(node.outputs[0]);
  }
  LATENT_TRY(const auto shapes, shapes_of(document, tensors, watch, tiles.front()));
  Calibration found;
  found.convolutions = worthwhile(document, shapes);
  if (found.convolutions.empty()) return none();
  std::set<std::string> watched;
  for (const RoundableConvolution& one : found.convolutions) watched.insert(one.input);
  LATENT_TRY(found.steps, steps_of(document, groups_of(watched, shapes), tiles, watch, control));
  return found;
}

Result<std::vector<std::byte>> rounded_network(std::span<const std::byte> onnx,
                                               const Calibration& found,
                                               const std::set<std::string>& in_float) {
  LATENT_TRY(auto document, read_network(onnx));
  return Rounder(std::move(document), found, in_float).run();
}

}  // namespace latent::infer
