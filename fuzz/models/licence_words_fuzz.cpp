// SPDX-License-Identifier: GPL-3.0-or-later
// Any words as a licence's: what is restricted to research is not said to be open.
#include "models/trust/licence_words.h"

#include <cstddef>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace latent::models;
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)says_undisclosed(text);
  (void)says_open_licence(text);
  const bool research = says_research_only(text);
  if (research != says_research_only(text + " ")) __builtin_trap();
  return 0;
}
