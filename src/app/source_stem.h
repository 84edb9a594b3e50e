// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace latent::app {

/// The stem of the source of which this file is a result, by the names that the tasks give:
/// "photo" for "photo_denoise_upscale-2x_1"; what a source is called stays as it is.
///
/// Threads  any
[[nodiscard]] std::string source_stem(std::string_view stem);

}  // namespace latent::app
