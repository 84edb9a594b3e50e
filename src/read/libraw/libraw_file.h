// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/mosaic.h"
#include "read/libraw/libraw_stream.h"
#include "read/raw_facts.h"
#include "read/sniff.h"

class LibRaw;  // LibRaw's own, at global scope

namespace latent::read {

struct LibRawDelete {
  void operator()(LibRaw* raw) const;
};

/// A LibRaw and what it reads from; behaves as a pointer to the former.
struct LibRawHandle {
  std::unique_ptr<const ByteSource> made;  ///< where the bytes were made for it
  LibRawStream stream;
  std::unique_ptr<LibRaw, LibRawDelete> raw;  ///< goes first

  LibRaw& operator*() const { return *raw; }
  LibRaw* operator->() const { return raw.get(); }
};

/// Opens a file with LibRaw and reads its header; silent, whatever happens, and in bounded time.
/// The picture's size is within `limits` and its data begin inside the file. `source` must outlive
/// the handle.
///
/// Errors   Unsupported, Corrupt, TooLarge; messages are predicates.
[[nodiscard]] Result<LibRawHandle> open_libraw(const ByteSource& source, const Sniffed& sniffed,
                                               const Limits& limits);

/// "0.20.2": of the LibRaw that runs.
[[nodiscard]] std::string libraw_version_number();

/// A LibRaw return code as an error; `doing` completes "stopped while ...".
[[nodiscard]] Status check_libraw(int code, const std::string& doing);

/// Decodes the samples into LibRaw's own buffer. Any complaint of the decoder, also one that it
/// survived, is an error.
///
/// Errors   Corrupt, TooLarge, Unsupported, Cancelled; messages are predicates.
[[nodiscard]] Status unpack_libraw(LibRaw& raw, const RunControl& control);

/// What LibRaw's header parser found; black levels are final only after unpack_libraw(), because
/// some cameras have them measured in the masked margins.
///
/// Errors   Corrupt  levels that contradict each other.
[[nodiscard]] Result<RawFacts> libraw_facts(LibRaw& raw);

/// The colours of the mosaic seen from the buffer's sample (0, 0); mono where there is none.
[[nodiscard]] Result<CfaPattern> libraw_cfa(LibRaw& raw);

/// Copies the unpacked samples out, margins included.
///
/// Shapes   [raw height, raw width]
/// Errors   Unsupported  LibRaw holds another kind of picture; TooLarge.
[[nodiscard]] Result<Image<std::uint16_t>> copy_libraw_samples(LibRaw& raw, const Limits& limits);

}  // namespace latent::read
