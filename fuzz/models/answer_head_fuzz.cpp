// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a server's answer, line by line: nothing that stands in no line comes out.
#include "models/manifest/answer_head.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  latent::models::AnswerHead head;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    latent::models::take_head_line(head, text.substr(at, end - at));
    at = end;
  }
  if (head.status < 0 || head.status > 999) std::abort();
  if (head.etag.size() > size || head.modified.size() > size) std::abort();
  return 0;
}
