// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as an ONNX that an engine would be given: let through, or a sentence. What small limits
// let through, the usual ones do too.
#include "infer/onnx_limits.h"
#include "infer/onnx_operators.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::infer;
  const std::span<const std::byte> onnx(reinterpret_cast<const std::byte*>(data), size);
  const auto judged = judge_onnx(onnx);
  if (!judged && judged.error().sentence.empty()) std::abort();
  const GraphLimits small{1000, 4, 2};
  if (judge_onnx(onnx, small) && !judged) std::abort();
  (void)unknown_operator(onnx);
  return 0;
}
