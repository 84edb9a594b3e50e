// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>

#include "app/mask_prompts.h"
#include "tasks/mask/prompt_file.h"

/// Prompts from anywhere: an error is good, a crash is bad; and what was read is written so that it
/// is read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)latent::tasks::prompt_list_from_json(text, "the strokes");
  const auto prompts = latent::tasks::prompts_from_json(text, "the prompts");
  if (!prompts) return 0;
  const auto again =
      latent::tasks::prompts_from_json(latent::app::prompts_to_json(*prompts), "the prompts");
  if (!again || *again != *prompts) std::abort();
  return 0;
}
