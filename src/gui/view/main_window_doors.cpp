// SPDX-License-Identifier: GPL-3.0-or-later
// How photographs and models come in: dialogs, drag and drop.
#include <QtCore/QMimeData>
#include <QtCore/QUrl>
#include <QtGui/QDropEvent>
#include <QtWidgets/QFileDialog>

#include "gui/view/main_window.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

void MainWindow::ask_folder() {
  auto* dialog = new QFileDialog(this, tr("Open a folder of photographs"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this](const QString& folder) { open({path_of(folder)}); });
  dialog->open();
}

void MainWindow::ask_files() {
  auto* dialog = new QFileDialog(this, tr("Open photographs"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFiles);
  connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
    std::vector<std::filesystem::path> places;
    for (const QString& file : files) places.push_back(path_of(file));
    open(places);
  });
  dialog->open();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  std::vector<std::filesystem::path> places;
  for (const QUrl& url : event->mimeData()->urls()) {
    if (!url.isLocalFile()) continue;
    const auto path = path_of(url.toLocalFile());
    if (path.extension() == ".dtmodel") {
      studio_.ai().import_package(path);
    } else {
      places.push_back(path);
    }
  }
  if (!places.empty()) open(places);
  event->acceptProposedAction();
}

}  // namespace latent::gui
