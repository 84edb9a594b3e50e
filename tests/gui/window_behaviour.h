// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QElapsedTimer>

#include "gui/view/main_window.h"
#include "gui/view/viewer.h"
#include "gui_test.h"

namespace latent::gui {

class WindowBehaviour : public StudioTest {
 protected:
  /// A window on one picture whose preview is there, at 100 %.
  void show_picture(Studio& studio, MainWindow& window, const char* task = "denoise") {
    studio.restore().set_task(QLatin1String(task));
    window.resize(1400, 900);
    window.show();
    window.open({photos()});
    ASSERT_TRUE(wait_for([&] { return studio.preview().look() != nullptr; }));
    window.viewer().set_zoom(1, QPointF(window.viewer().rect().center()));
    // What is found out of a photograph may begin its preview anew: whole, and so for a while.
    QElapsedTimer whole;
    whole.start();
    ASSERT_TRUE(wait_for([&] {
      const PreviewModel& preview = studio.preview();
      if (!preview.is_complete(QRect(QPoint(0, 0), preview.size()))) whole.restart();
      return whole.hasExpired(500);
    })) << studio.preview().problem().toStdString();
  }
};

}  // namespace latent::gui
