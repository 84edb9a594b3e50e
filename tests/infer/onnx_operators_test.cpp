// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnx_operators.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace latent::infer {
namespace {

using testing::HasSubstr;

/// A field of Protocol Buffers with a short piece of bytes.
std::string piece(int number, const std::string& content) {
  EXPECT_LT(content.size(), 128U);
  std::string text;
  text += static_cast<char>(number << 3 | 2);
  text += static_cast<char>(content.size());
  return text + content;
}

std::string node(const std::string& name, const std::string& domain = "",
                 const std::string& more = "") {
  return piece(1, piece(4, name) + (domain.empty() ? "" : piece(7, domain)) + more);
}

std::string model(const std::string& nodes, const std::string& more = "") {
  return piece(7, nodes) + more;
}

std::optional<OperatorName> unknown_in(const std::string& onnx) {
  return unknown_operator(std::as_bytes(std::span(onnx)));
}

TEST(OnnxOperators, WhatOnnxDefinesIsKnownUnderBothNamesOfItsDomain) {
  EXPECT_FALSE(unknown_in(model(node("Conv") + node("Relu", "ai.onnx") + node("DepthToSpace"))));
}

TEST(OnnxOperators, AnotherDomainOrAnotherNameIsUnknown) {
  EXPECT_EQ(unknown_in(model(node("Conv") + node("FancyDenoise", "my.own"))),
            (OperatorName{"FancyDenoise", "my.own"}));
  EXPECT_EQ(unknown_in(model(node("Convolve"))), (OperatorName{"Convolve", ""}));
  EXPECT_EQ(unknown_in(model(node("Conv", "my.own"))), (OperatorName{"Conv", "my.own"}));
}

TEST(OnnxOperators, WhatTheFileDefinesItselfIsKnownAndWhatThatUsesIsLookedAt) {
  const std::string fine = piece(1, "Fancy") + piece(10, "my.own") + piece(7, piece(4, "Add"));
  // The nodes of a function are its field 7.
  EXPECT_FALSE(
      unknown_in(model(node("Fancy", "my.own"),
                       std::string("\xca\x01", 2) + static_cast<char>(fine.size()) + fine)));
  const std::string odd = piece(1, "Fancy") + piece(10, "my.own") + piece(7, piece(4, "Odd"));
  EXPECT_EQ(unknown_in(model(node("Fancy", "my.own"),
                             std::string("\xca\x01", 2) + static_cast<char>(odd.size()) + odd)),
            (OperatorName{"Odd", ""}));
}

TEST(OnnxOperators, BranchesAreLookedInto) {
  const std::string branch = piece(5, piece(6, node("Odd")));
  EXPECT_EQ(unknown_in(model(node("If", "", branch))), (OperatorName{"Odd", ""}));
}

TEST(OnnxOperators, OnlyWhatAnEngineRefusedIsExplained) {
  const std::string onnx = model(node("FancyDenoise", "my.own"));
  const auto bytes = std::as_bytes(std::span(onnx));
  const Error refused = fail(ErrorCode::ModelMismatch, "the engine's own words").value();
  EXPECT_THAT(explained(refused, bytes).sentence,
              HasSubstr("needs the operator 'FancyDenoise' of 'my.own', which ONNX does not have"));
  EXPECT_EQ(explained(refused, bytes).code, ErrorCode::Unsupported);
  const Error cancelled = fail(ErrorCode::Cancelled, "cancelled").value();
  EXPECT_EQ(explained(cancelled, bytes).sentence, "cancelled");
  const std::string plain = model(node("Conv"));
  EXPECT_EQ(explained(refused, std::as_bytes(std::span(plain))).sentence, refused.sentence);
}

TEST(OnnxOperators, BytesThatAreNoOnnxTellNothing) {
  EXPECT_FALSE(unknown_in(""));
  EXPECT_FALSE(unknown_in("\x3a\x7f"));
}

}  // namespace
}  // namespace latent::infer
