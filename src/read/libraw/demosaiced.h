// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/run_control.h"
#include "image/linear_raw.h"
#include "read/raw_file.h"

namespace latent::read {

/// As Photograph::demosaiced(); messages are predicates.
[[nodiscard]] Result<LinearRaw> demosaic(RawFile& file, const RunControl& control);

}  // namespace latent::read
