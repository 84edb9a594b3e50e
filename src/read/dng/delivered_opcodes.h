// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/geometry.h"
#include "image/mosaic.h"
#include "read/dng/dng_file.h"

// Opcode lists as they are true of the samples that the reader gives, which are not always those of
// the file: it has linearised them, or cut their margins, or LibRaw has applied a part of a list.
namespace latent::read {

/// What of OpcodeList1 is lost where samples are linearised, or lose the black of their rows and
/// columns, before it: one sentence, or empty. Sites that it names stay named.
[[nodiscard]] std::string lost_by_linearisation(const DngFile& dng);

/// Makes OpcodeList1 speak of linearised samples: what works on values goes (as
/// lost_by_linearisation() says), and FixBadPixelsConstant, whose value is the stored one, becomes
/// a list of its sites.
///
/// Memory   the stored samples once more, where there is such an opcode.
/// Errors   as read_dng_samples().
[[nodiscard]] Status deliver_first_list(const ByteSource& source, const DngFile& dng,
                                        const Limits& limits, const RunControl& control,
                                        std::vector<CarriedTag>& tags);

/// Counts OpcodeList1 from the corner of what was cut out of the picture, and takes MaskedAreas
/// away, which were cut off. Gives what is lost, one sentence, or nothing.
[[nodiscard]] std::string cut_tags(Size picture, const Rect& left, std::vector<CarriedTag>& tags);

/// Whether LibRaw, which applies nothing but the MapPolynomials of OpcodeList2 while it decodes
/// lossy tiles, one for each colour, applies them all and as the list means them.
[[nodiscard]] bool libraw_applies(std::span<const std::uint8_t> list, Size frame);

/// Takes what LibRaw has applied out of OpcodeList2. Gives what is lost because it came before
/// that, one sentence, or nothing.
[[nodiscard]] std::string take_out_applied(std::vector<CarriedTag>& tags);

}  // namespace latent::read
