// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latent::models {

/// What one answer of a server said of itself.
struct AnswerHead {
  long status = 0;                           ///< of the last status line; 0: none, or no number
  std::optional<std::uint64_t> length;       ///< Content-Length
  std::optional<std::uint64_t> range_start;  ///< of Content-Range
  std::string etag;
  std::string modified;  ///< Last-Modified
};

/// Takes one line of an answer's head, as it came over the network. A status line begins a new
/// answer: each redirect has one.
///
/// Source   RFC 9110, 8.3, 8.8 and 14.4.
void take_head_line(AnswerHead& head, std::string_view line);

}  // namespace latent::models
