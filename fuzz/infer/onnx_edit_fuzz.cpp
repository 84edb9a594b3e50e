// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as an ONNX that is taken apart: a sentence, or what comes apart in the same way once it
// was put together again.
#include "infer/onnx_edit.h"

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "infer/onnx_split.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::infer;
  const auto document = OnnxDocument::read({reinterpret_cast<const std::byte*>(data), size});
  if (!document) {
    if (document.error().sentence.empty()) std::abort();
    return 0;
  }
  for (const OnnxConstant& constant : document->constants) {
    const auto values = constant.floats();
    if (!values && values.error().sentence.empty()) std::abort();
  }
  for (const OnnxNode& node : document->nodes) (void)node.integer("axis");
  const auto again = OnnxDocument::read(document->write());
  if (!again || again->nodes.size() != document->nodes.size() ||
      again->constants.size() != document->constants.size() || again->inputs != document->inputs ||
      again->outputs != document->outputs) {
    std::abort();
  }
  if (document->inputs.empty()) return 0;
  const auto split =
      split_onnx({reinterpret_cast<const std::byte*>(data), size}, {document->inputs.front()});
  if (!split || !*split) return 0;
  const OnnxSplit& parts = **split;
  const std::vector<std::vector<std::int64_t>> sizes(parts.carried.size(), {1, 2});
  if (!OnnxDocument::read(parts.once) || !parts.each(sizes)) std::abort();
  return 0;
}
