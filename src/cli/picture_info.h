// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/info.h"

namespace latent::cli {

/// Prints what `latent info` says of a finished picture, for a person.
void print_picture_info(const app::PictureInfo& info);

}  // namespace latent::cli
