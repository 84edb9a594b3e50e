// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <filesystem>

namespace latent::gui {

/// From now on a crash writes what is known of it (signal, addresses, version) to crash.txt in the
/// folder. It is sent to nobody.
///
/// Returns  a sentence where the last run left such a report, which is moved to crash-before.txt;
///          else empty.
[[nodiscard]] QString keep_crash_reports(const std::filesystem::path& folder);

}  // namespace latent::gui
