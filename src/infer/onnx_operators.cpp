// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnx_operators.h"

#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "base/path.h"
#include "infer/onnx_fields.h"
#include "infer/protobuf.h"

namespace latent::infer {
namespace {

using protobuf::Bytes;
using protobuf::Field;
using protobuf::text_of;
using protobuf::walk;

constexpr int kMostDepth = 16;
constexpr std::size_t kMostShown = 256;  ///< characters of a name

/// ONNX's own, each with a space behind it.
constexpr std::string_view kOperators =
    " "
    "ATen Abs Acos Acosh Add Affine AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh "
    "Attention AveragePool BatchNormalization Bernoulli BitCast BitShift BitwiseAnd "
    "BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike CausalConvWithState Ceil "
    "Celu CenterCropPad Clip Col2Im Compress Concat ConcatFromSequence Constant "
    "ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh Crop CumProd CumSum DFT "
    "DeformConv DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear "
    "DynamicSlice Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU GRUUnit Gather "
    "GatherElements GatherND Gelu Gemm GivenTensorFill GlobalAveragePool GlobalLpPool "
    "GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HammingWindow "
    "HannWindow HardSigmoid HardSwish Hardmax Identity If ImageDecoder ImageScaler "
    "InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less "
    "LessOrEqual LinearAttention Log LogSoftmax Loop LpNormalization LpPool MatMul "
    "MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization "
    "MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss "
    "NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or "
    "PRelu Pad ParametricSoftplus Pow QLinearConv QLinearMatMul QuantizeLinear "
    "RMSNormalization RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike "
    "Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean "
    "ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize "
    "ReverseSequence RoiAlign RotaryEmbedding Round STFT Scale ScaledTanh Scan Scatter "
    "ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty SequenceErase "
    "SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice "
    "Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence "
    "Sqrt Squeeze StringConcat StringNormalizer StringSplit Sub Sum SwiGLU Swish Tan Tanh "
    "TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu Unique "
    "Unsqueeze Upsample Where Xor ";

bool is_of_onnx(const std::string& name) {
  return name.find(' ') == std::string::npos &&
         kOperators.find(" " + name + " ") != std::string_view::npos;
}

std::string domain_of(Bytes bytes) {
  std::string domain = text_of(bytes);
  return domain == "ai.onnx" ? std::string{} : domain;
}

class FindUnknown {
 public:
  std::optional<OperatorName> in(Bytes onnx) {
    const auto walked = walk(onnx, [&](const Field& field) -> Status {
      return field.number == kModelFunction ? name_function(field.bytes) : Status{};
    });
    if (!walked) return std::nullopt;
    // Whatever ends this walk early, the answer is what was found until then.
    (void)walk(onnx, [&](const Field& field) -> Status {
      if (field.number == kModelGraph) return nodes(field.bytes, kGraphNode, 0);
      if (field.number == kModelFunction) return nodes(field.bytes, kFunctionNode, 0);
      return {};
    });
    return found_;
  }

 private:
  Status name_function(Bytes bytes) {
    OperatorName function;
    LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
      if (field.number == kFunctionName) function.name = text_of(field.bytes);
      if (field.number == kFunctionDomain) function.domain = domain_of(field.bytes);
      return {};
    }));
    functions_.emplace(function.domain, function.name);
    return {};
  }

  Status nodes(Bytes bytes, std::uint32_t number, int depth) {
    if (depth > kMostDepth) return {};
    return walk(bytes, [&](const Field& field) -> Status {
      return field.number == number ? node(field.bytes, depth) : Status{};
    });
  }

  Status node(Bytes bytes, int depth) {
    OperatorName named;
    LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
      if (field.number == kNodeOperator) named.name = text_of(field.bytes);
      if (field.number == kNodeDomain) named.domain = domain_of(field.bytes);
      return field.number == kNodeAttribute ? attribute(field.bytes, depth) : Status{};
    }));
    const bool own = named.domain.empty() && is_of_onnx(named.name);
    if (own || functions_.contains({named.domain, named.name})) return {};
    found_ = std::move(named);
    return fail(ErrorCode::Cancelled, "found");
  }

  Status attribute(Bytes bytes, int depth) {
    return walk(bytes, [&](const Field& field) -> Status {
      const bool graph = field.number == kAttributeGraph || field.number == kAttributeGraphs;
      return graph ? nodes(field.bytes, kGraphNode, depth + 1) : Status{};
    });
  }

  std::set<std::pair<std::string, std::string>> functions_;
  std::optional<OperatorName> found_;
};

}  // namespace

std::optional<OperatorName> unknown_operator(std::span<const std::byte> onnx) {
  return FindUnknown().in(onnx);
}

Error explained(Error error, std::span<const std::byte> onnx) {
  if (error.code != ErrorCode::ModelMismatch && error.code != ErrorCode::Device) return error;
  const auto unknown = unknown_operator(onnx);
  if (!unknown) return error;
  const std::string whose = unknown->domain.empty()
                                ? ""
                                : " of '" + printable(unknown->domain.substr(0, kMostShown)) + "'";
  const bool microsofts = unknown->domain == "com.microsoft";
  return fail(ErrorCode::Unsupported,
              "the network needs the operator '" + printable(unknown->name.substr(0, kMostShown)) +
                  "'" + whose + ", which ONNX does not have and this engine neither; " +
                  (microsofts ? "try --engine onnxruntime, or export it" : "export the network") +
                  " with ONNX's own operators")
      .value();
}

}  // namespace latent::infer
