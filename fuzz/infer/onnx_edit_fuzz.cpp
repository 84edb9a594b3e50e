// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as an ONNX that is taken apart: a sentence, or what comes apart in the same way once it
// was put together again.
#include "infer/onnx_edit.h"

#include <cstdlib>

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
  return 0;
}
