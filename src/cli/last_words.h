// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace latent::cli {

/// Where an exception leaves a thread that is not ours (an engine's, when memory runs out there),
/// nothing can catch it: from now on such an end says one sentence and is exit code 1.
void prepare_last_words();

}  // namespace latent::cli
