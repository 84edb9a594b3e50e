// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>

#include "fill/spot_list.h"

/// A list of spots from anywhere: an error is good, a crash is bad; and what was read is written so
/// that it is read again, and scales to a picture.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = latent::fill::spots_from_json(text, "the list");
  if (!list) return 0;
  (void)latent::fill::spots_in(*list, {600, 400});
  const auto again = latent::fill::spots_from_json(latent::fill::spots_to_json(*list), "the list");
  if (!again || again->spots.size() != list->spots.size()) std::abort();
  return 0;
}
