// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

// Field numbers of onnx.proto (ONNX 1.16), for the .cpp files that look into an ONNX.
namespace latent::infer {

inline constexpr std::uint32_t kModelGraph = 7;
inline constexpr std::uint32_t kModelOperatorSet = 8;
inline constexpr std::uint32_t kModelTraining = 20;
inline constexpr std::uint32_t kModelFunction = 25;
inline constexpr std::uint32_t kTrainingInitialization = 1;
inline constexpr std::uint32_t kTrainingAlgorithm = 2;
inline constexpr std::uint32_t kFunctionName = 1;
inline constexpr std::uint32_t kFunctionNode = 7;
inline constexpr std::uint32_t kFunctionDomain = 10;
inline constexpr std::uint32_t kFunctionAttribute = 11;
inline constexpr std::uint32_t kGraphNode = 1;
inline constexpr std::uint32_t kGraphInitializer = 5;
inline constexpr std::uint32_t kGraphInput = 11;
inline constexpr std::uint32_t kGraphOutput = 12;
inline constexpr std::uint32_t kGraphValueInfo = 13;
inline constexpr std::uint32_t kGraphSparseInitializer = 15;
inline constexpr std::uint32_t kSetDomain = 1;
inline constexpr std::uint32_t kSetVersion = 2;
inline constexpr std::uint32_t kNodeInput = 1;
inline constexpr std::uint32_t kNodeOutput = 2;
inline constexpr std::uint32_t kNodeName = 3;
inline constexpr std::uint32_t kNodeOperator = 4;
inline constexpr std::uint32_t kNodeAttribute = 5;
inline constexpr std::uint32_t kNodeDomain = 7;
inline constexpr std::uint32_t kAttributeName = 1;
inline constexpr std::uint32_t kAttributeInteger = 3;
inline constexpr std::uint32_t kAttributeTensor = 5;
inline constexpr std::uint32_t kAttributeGraph = 6;
inline constexpr std::uint32_t kAttributeTensors = 10;
inline constexpr std::uint32_t kAttributeGraphs = 11;
inline constexpr std::uint32_t kAttributeType = 20;
inline constexpr std::uint32_t kAttributeSparseTensor = 22;
inline constexpr std::uint32_t kAttributeSparseTensors = 23;
inline constexpr std::uint32_t kTensorDims = 1;
inline constexpr std::uint32_t kTensorTypeElement = 1;
inline constexpr std::uint32_t kTensorType = 2;
inline constexpr std::uint32_t kTensorTypeShape = 2;
inline constexpr std::uint32_t kTensorFloats = 4;
inline constexpr std::uint32_t kTensorIntegers = 5;
inline constexpr std::uint32_t kTensorName = 8;
inline constexpr std::uint32_t kTensorRaw = 9;
inline constexpr std::uint32_t kTensorExternalData = 13;
inline constexpr std::uint32_t kTensorLocation = 14;
inline constexpr std::uint32_t kSparseValues = 1;
inline constexpr std::uint32_t kSparseIndices = 2;
inline constexpr std::uint32_t kInfoName = 1;
inline constexpr std::uint32_t kInfoType = 2;
inline constexpr std::uint32_t kTypeTensor = 1;
inline constexpr std::uint32_t kShapeDim = 1;
inline constexpr std::uint32_t kDimValue = 1;
inline constexpr std::uint32_t kDimParam = 2;

// Values of AttributeProto.type and of the types of elements.
inline constexpr std::uint64_t kAttributeIsInteger = 2;
inline constexpr std::uint64_t kElementFloat = 1;
inline constexpr std::uint64_t kElementUint8 = 2;
inline constexpr std::uint64_t kElementInt8 = 3;
inline constexpr std::uint64_t kElementHalf = 10;
inline constexpr std::uint64_t kElementInt64 = 7;

}  // namespace latent::infer
