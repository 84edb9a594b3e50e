// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QColor>

class QApplication;

namespace latent::gui {

/// The colours of one theme: greys without a tint, one accent.
struct Theme {
  bool dark = true;
  QColor window;
  QColor panel;
  QColor field;
  QColor line;
  QColor text;
  QColor secondary;
  QColor accent;
  QColor on_accent;  ///< text on it
  QColor done;
  QColor attention;
  QColor stage;    ///< around the picture
  QColor outline;  ///< of controls: 3:1 on the panel

  [[nodiscard]] static const Theme& dark_theme();
  [[nodiscard]] static const Theme& light_theme();
  /// The one that is in use.
  [[nodiscard]] static const Theme& now();
};

/// Dresses the program; may be called again while it runs.
void apply_theme(QApplication& program, bool dark);

/// A length of the design, given at a font of 13 px, at the font in use.
[[nodiscard]] int dp(double px);

}  // namespace latent::gui
