// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>

#include "app/job.h"

/// A job from anywhere: an error is good, a crash is bad; and what was read is written so that it
/// is read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto job = latent::app::from_json(text, "the job", "/folder");
  if (!job) return 0;
  const std::string written = latent::app::to_json(*job);
  const auto again = latent::app::from_json(written, "the job", {});
  if (!again || latent::app::to_json(*again) != written) std::abort();
  return 0;
}
