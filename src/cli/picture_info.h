// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/info.h"

namespace latent::cli {

/// Prints what `latent info` says of a finished picture.
void show_picture_info(const std::string& file, const app::PictureInfo& info, bool json);

}  // namespace latent::cli
