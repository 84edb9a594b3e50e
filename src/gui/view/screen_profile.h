// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

class QWidget;

namespace latent::gui {

class Studio;

/// The profile that the X server holds for a screen (_ICC_PROFILE, _ICC_PROFILE_1, ...); empty
/// where there is none, and on Wayland, where the compositor converts and none may be applied.
[[nodiscard]] QByteArray x11_screen_profile(int screen);

/// Puts the profile that the settings ask for in force, for the screen that `window` is on.
void use_screen_profile(Studio& studio, const QWidget* window);

/// Which profile is in force, and why, in one sentence.
[[nodiscard]] QString screen_profile_words(Studio& studio);

}  // namespace latent::gui
