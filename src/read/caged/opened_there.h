// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "read/opened_file.h"
#include "read/reader.h"

namespace latent::read {

/// Reads the file in a process of its own that can reach nothing else (decision 75). `source` must
/// be of a file (descriptor_of()) and outlive what is returned.
///
/// A reader that crashed, ran out of time or answered wrongly is ended, the question is answered
/// with a sentence, and the next question starts another.
///
/// Errors   as Photograph::open(); Internal where the decoder crashed or answered wrongly;
///          TooLarge where it took too long.
[[nodiscard]] AnyOpenedFile opened_there(const ByteSource& source,
                                         const std::filesystem::path& name, const Limits& limits,
                                         const Reader& reader);

}  // namespace latent::read
