// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace latent::models {

/// A step of a change to the store, for the test that kills the program at each: raises SIGKILL
/// where the environment's LATENT_TEST_STOP_AT is this very word, else does nothing.
void checkpoint(const char* step);

}  // namespace latent::models
