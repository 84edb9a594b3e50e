// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "base/byte_source.h"
#include "base/descriptor.h"
#include "base/result.h"

namespace latent {

/// The descriptor that a source reads its file from; -1 of one in memory. It stays the source's.
[[nodiscard]] int descriptor_of(const ByteSource& source);

/// The bytes of a file that somebody else has opened for us.
///
/// Errors   Io  it is no file; the message is a predicate.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> bytes_of(Descriptor descriptor);

}  // namespace latent
