// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "base/byte_source.h"

class LibRaw_abstract_datastream;  // LibRaw's own, at global scope

namespace latent::read {

struct LibRawStreamDelete {
  void operator()(LibRaw_abstract_datastream* stream) const;
};
using LibRawStream = std::unique_ptr<LibRaw_abstract_datastream, LibRawStreamDelete>;

/// A ByteSource as LibRaw wants to see it, read through a window of 64 KiB.
///
/// LibRaw's header parsers believe counts that stand in the file: four flipped bytes make one of
/// them read four thousand million entries. So the stream counts the calls and ends, as a file that
/// is too short ends, after `most_calls`. `source` must outlive it.
[[nodiscard]] LibRawStream make_libraw_stream(const ByteSource& source, std::uint64_t most_calls);

/// Lets a stream of make_libraw_stream() be called without end: decoding is bounded by the size of
/// the picture, and can be cancelled.
void lift_call_limit(LibRaw_abstract_datastream& stream);

}  // namespace latent::read
