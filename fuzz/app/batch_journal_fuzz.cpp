// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch_journal.h"

#include <cstdlib>

/// A line of a journal from anywhere: an error is good, a crash is bad; and what was read is written
/// so that it is read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto record = latent::app::record_of(text);
  if (!record) return 0;
  latent::app::JournalFacts facts;
  facts.add(*record);
  const std::string line = latent::app::to_line(*record);
  if (line.find('\n') != line.size() - 1) std::abort();
  const auto again = latent::app::record_of(line);
  if (!again || latent::app::to_line(*again) != line) std::abort();
  return 0;
}
