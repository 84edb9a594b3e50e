// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"

namespace latent::colour {

/// Whether the tags of a profile promise no more than its bytes hold: lcms2 makes room for as many
/// names, curves and grid points as a tag says, before it reads one. Judged are the types that
/// lcms2 is asked for; what lies behind the end of a tag but inside the profile counts as there,
/// as it does for lcms2. Tags that begin outside are left to lcms2, which leaves them out.
///
/// `icc` has at least a header and the number of its tags.
///
/// Source   ICC.1:2022, sections 7.3 and 10.
/// Errors   Corrupt; the message is a predicate.
[[nodiscard]] Status check_icc_tags(std::span<const std::uint8_t> icc);

}  // namespace latent::colour
