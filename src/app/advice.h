// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace latent::app {

/// What a word that is not known may have been meant for, as the end of a sentence: "; did you mean
/// strength?" where one of `known` is near, else "; there are ..." with all of them.
[[nodiscard]] std::string advice(std::string_view word, const std::vector<std::string>& known);

}  // namespace latent::app
