// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace latent::write {

/// `map`, a ProfileGainTableMap (52525) or ProfileGainTableMap2 (52544) of a big-endian file, as a
/// little-endian one has it; nothing where the parts that it names do not fill it.
///
/// Source   Adobe, Digital Negative Specification 1.6.0.0 and 1.7.0.0: the layout of both tags.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> little_endian_gain_table_map(
    std::uint16_t tag, std::span<const std::uint8_t> map);

}  // namespace latent::write
