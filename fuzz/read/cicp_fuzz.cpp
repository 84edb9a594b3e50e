// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a cICP chunk: a profile for as many colours as asked for, or none.
#include "read/picture/cicp.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  const auto cicp = read::parse_cicp({data, size});
  if (cicp.has_value() != (size == 4)) std::abort();
  if (!cicp) return 0;
  for (const int colours : {1, 3}) {
    const auto profile = read::profile_of(*cicp, colours);
    if (profile && profile->channels() != colours) std::abort();
  }
  (void)read::hdr_name(*cicp);
  return 0;
}
