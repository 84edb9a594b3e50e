// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnx_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
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

constexpr std::uint32_t kExternal = 1;  ///< a tensor's location: another file

/// The name under which a node calls a function; the standard's domain has two names.
std::string key_of(std::string domain, const std::string& name) {
  if (domain == "ai.onnx") domain.clear();
  return domain + '\n' + name;
}

/// A graph or a function: what stands in it, and how often it calls each function.
struct Body {
  std::size_t parts = 0;
  std::map<std::string, std::size_t> calls;
};

class JudgeOnnx {
 public:
  explicit JudgeOnnx(const GraphLimits& limits) : limits_(limits) {}

  Status model(Bytes onnx) {
    LATENT_CHECK(name_functions(onnx));
    Body main;
    LATENT_CHECK(walk(onnx, [&](const Field& field) -> Status {
      if (field.number == kModelGraph) return graph(field.bytes, 0, main);
      if (field.number == kModelFunction) return function(field.bytes);
      if (field.number == kModelTraining) return training(field.bytes, main);
      return {};
    }));
    return expanded(main, 0).map([](std::size_t) {});
  }

 private:
  enum class Visit : std::uint8_t { New, Open, Done };
  struct Function : Body {
    Visit visit = Visit::New;
    std::size_t expanded = 0;
  };

  /// Which functions there are, before it is counted who calls them.
  Status name_functions(Bytes onnx) {
    return walk(onnx, [&](const Field& field) -> Status {
      if (field.number != kModelFunction) return {};
      LATENT_TRY(const std::string key, function_key(field.bytes));
      functions_[key];
      return functions_.size() > limits_.max_parts ? too_many() : Status{};
    });
  }

  static Result<std::string> function_key(Bytes bytes) {
    std::string name;
    std::string domain;
    LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
      if (field.number == kFunctionName) name = text_of(field.bytes);
      if (field.number == kFunctionDomain) domain = text_of(field.bytes);
      return {};
    }));
    return key_of(domain, name);
  }

  Status function(Bytes bytes) {
    LATENT_TRY(const std::string key, function_key(bytes));
    Body& body = functions_[key];
    return walk(bytes, [&](const Field& field) -> Status {
      if (field.number == kFunctionNode) return node(field.bytes, 0, body);
      if (field.number == kFunctionAttribute)
        return attribute(field.bytes, 0, body).map([](bool) {});
      return {};
    });
  }

  Status training(Bytes bytes, Body& body) {
    return walk(bytes, [&](const Field& field) -> Status {
      const bool is_graph =
          field.number == kTrainingInitialization || field.number == kTrainingAlgorithm;
      return is_graph ? graph(field.bytes, 0, body) : Status{};
    });
  }

  Status graph(Bytes bytes, int depth, Body& body) {
    if (depth > limits_.max_depth) {
      return fail(ErrorCode::TooLarge,
                  fmt::format("has branches in branches more than {} deep", limits_.max_depth));
    }
    return walk(bytes, [&](const Field& field) -> Status {
      if (field.number == kGraphNode) return node(field.bytes, depth, body);
      if (field.number == kGraphInitializer) return tensor(field.bytes, body);
      if (field.number == kGraphSparseInitializer) return sparse(field.bytes, body);
      return {};
    });
  }

  Status node(Bytes bytes, int depth, Body& body) {
    LATENT_CHECK(count(body));
    std::string name;
    std::string domain;
    bool holds_graph = false;
    LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
      if (field.number == kNodeOperator) name = text_of(field.bytes);
      if (field.number == kNodeDomain) domain = text_of(field.bytes);
      if (field.number != kNodeAttribute) return {};
      LATENT_TRY(const bool graphs, attribute(field.bytes, depth, body));
      holds_graph = holds_graph || graphs;
      return {};
    }));
    const std::string key = key_of(domain, name);
    if (holds_graph && key != key_of("", "If")) {
      return fail(ErrorCode::Unsupported,
                  "has an operator '" + printable(name) +
                      "' that repeats a part of the network, perhaps for ever; no package for "
                      "Latent needs one: export the network without loops");
    }
    if (functions_.contains(key)) ++body.calls[key];
    return {};
  }

  /// Whether there is a graph in it.
  Result<bool> attribute(Bytes bytes, int depth, Body& body) {
    bool graphs = false;
    LATENT_CHECK(walk(bytes, [&](const Field& field) -> Status {
      switch (field.number) {
        case kAttributeTensor:
        case kAttributeTensors:
          return tensor(field.bytes, body);
        case kAttributeSparseTensor:
        case kAttributeSparseTensors:
          return sparse(field.bytes, body);
        case kAttributeGraph:
        case kAttributeGraphs:
          graphs = true;
          return graph(field.bytes, depth + 1, body);
        default:
          return {};
      }
    }));
    return graphs;
  }

  Status tensor(Bytes bytes, Body& body) {
    LATENT_CHECK(count(body));
    return walk(bytes, [](const Field& field) -> Status {
      // An enumeration has 32 bits, however many are written.
      const bool outside =
          field.number == kTensorExternalData ||
          (field.number == kTensorLocation && static_cast<std::uint32_t>(field.value) == kExternal);
      if (!outside) return {};
      return fail(ErrorCode::Unsupported,
                  "keeps weights in another file (external data), which Latent does not read, "
                  "since the hash of the package would not tell what ran; export the network "
                  "with its weights inside");
    });
  }

  Status sparse(Bytes bytes, Body& body) {
    return walk(bytes, [&](const Field& field) -> Status {
      const bool is_tensor = field.number == kSparseValues || field.number == kSparseIndices;
      return is_tensor ? tensor(field.bytes, body) : Status{};
    });
  }

  Status count(Body& body) const {
    return ++body.parts > limits_.max_parts ? too_many() : Status{};
  }

  [[nodiscard]] Status too_many() const {
    return fail(ErrorCode::TooLarge,
                fmt::format("has more than {} operators and constants, the most that Latent takes; "
                            "use a smaller network",
                            limits_.max_parts));
  }

  /// Parts of a body with those of all that it calls, as engines write functions out.
  Result<std::size_t> expanded(const Body& body, std::size_t depth) {
    std::size_t total = body.parts;
    for (const auto& [key, times] : body.calls) {
      Function& callee = functions_[key];
      if (callee.visit == Visit::Open || depth > kMostCalls) {
        return fail(ErrorCode::Unsupported,
                    "has functions that call themselves, or each other more than 100 deep");
      }
      if (callee.visit == Visit::New) {
        callee.visit = Visit::Open;
        LATENT_TRY(callee.expanded, expanded(callee, depth + 1));
        callee.visit = Visit::Done;
      }
      // Both are at most max_parts, so nothing overflows.
      total += times * callee.expanded;
      if (total > limits_.max_parts) return tl::make_unexpected(too_many().error());
    }
    return total;
  }

  static constexpr std::size_t kMostCalls = 100;

  const GraphLimits& limits_;
  std::map<std::string, Function> functions_;
};

}  // namespace

Status judge_onnx(std::span<const std::byte> onnx, const GraphLimits& limits) {
  if (onnx.size() > limits.max_bytes) {
    return fail(ErrorCode::TooLarge,
                fmt::format("is larger than {} MB, the most that an ONNX may be",
                            limits.max_bytes / 1'000'000));
  }
  return JudgeOnnx(limits).model(onnx);
}

}  // namespace latent::infer
