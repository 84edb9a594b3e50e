// SPDX-License-Identifier: GPL-3.0-or-later
// Where the window stands, how large it is, and what is remembered of that.
#include <QtCore/QByteArray>
#include <QtGui/QCloseEvent>
#include <QtGui/QScreen>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QToolButton>

#include "gui/view/main_window.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

void MainWindow::restore_places() {
  const auto bytes = [&](const char* key) {
    return QByteArray::fromBase64(QByteArray::fromStdString(studio_.settings().word(key)));
  };
  resize(dp(1440), dp(900));
  restoreGeometry(bytes("window"));
  if (!columns_->restoreState(bytes("columns"))) {
    columns_->setSizes({dp(208), dp(916), dp(316)});
  }
  findChild<QToolButton*>(QStringLiteral("theme"))
      ->setText(Theme::now().dark ? tr("Light") : tr("Dark"));
}

void MainWindow::show_on_screen() {
  const QSize room = screen()->availableSize();
  const bool fits = width() <= room.width() && height() <= room.height();
  resize(size().boundedTo(room));
  // A window manager then leaves room for its frame; where there is none, the size counts.
  if (!fits) setWindowState(windowState() | Qt::WindowMaximized);
  show();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  studio_.settings().set_word("window", saveGeometry().toBase64().toStdString());
  studio_.settings().set_word("columns", columns_->saveState().toBase64().toStdString());
  studio_.save();
  event->accept();
}

}  // namespace latent::gui
