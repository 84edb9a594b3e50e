// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.h"

#include "app/setting.h"

namespace latent::cli {

Result<Rect> parse_region(const std::string& text) { return app::region_of_text(text, "--region"); }

}  // namespace latent::cli
