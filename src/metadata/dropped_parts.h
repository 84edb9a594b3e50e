// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "metadata/bytes.h"

namespace latent::metadata {

/// Names, in one sentence, the chunks of a PNG or the segments of a JPEG that say something and that
/// nobody here reads: content credentials, an animation, what a camera of heat adds. What only says
/// how the file is stored goes without a word.
///
/// Source   PNG Specification (Third Edition), 5 and 11; ITU-T T.81, B.1.1; ISO/IEC 19566-5 (JUMBF).
void name_dropped_parts(const ReadAt& read_at, std::vector<std::string>& warnings);

}  // namespace latent::metadata
