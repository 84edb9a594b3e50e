// SPDX-License-Identifier: GPL-3.0-or-later
// Comparing two photographs: the button, the key, the menu of a photograph.
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>

#include "gui/view/main_window.h"
#include "gui/view/panes.h"
#include "gui/view/photo_list.h"
#include "gui/view/viewer.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

void MainWindow::connect_comparison() {
  for (PhotoList* list : {grid_, strip_}) {
    list->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(list, &QWidget::customContextMenuRequested, this,
            [this, list](const QPoint& at) { show_photo_menu(*list, at); });
  }
  connect(&studio_, &Studio::comparison_changed, this, [this] {
    auto* pair = findChild<QToolButton*>(QStringLiteral("pair"));
    pair->setChecked(studio_.is_comparing());
    if (studio_.is_comparing() && viewer_->compare() == Viewer::Compare::Difference) {
      viewer_->set_compare(Viewer::Compare::Divider);  // that of two photographs is not computed
    }
    pair->setAccessibleName(studio_.is_comparing() ? tr("Leave the comparison")
                                                   : tr("Compare two photographs"));
    show_headline();
    update_tools();
  });
}

void MainWindow::toggle_comparison() {
  if (studio_.is_comparing()) {
    studio_.end_comparison();
  } else if (studio_.compare()) {
    show_grid(false);
  }
  findChild<QToolButton*>(QStringLiteral("pair"))->setChecked(studio_.is_comparing());
}

void MainWindow::show_photo_menu(const PhotoList& list, const QPoint& at) {
  const QModelIndex index = list.indexAt(at);
  if (!index.isValid()) return;
  const QString path = index.data(LibraryModel::PathRole).toString();
  auto* menu = new QMenu(this);
  menu->setObjectName(QStringLiteral("photo_menu"));
  menu->setAttribute(Qt::WA_DeleteOnClose);
  const auto pair = studio_.pair_to_compare();
  const bool selected = list.selected_paths().size() == 2;
  auto* compare = menu->addAction(
      (selected ? tr("Compare the two that are selected") : tr("Compare with its newest result")) +
          QStringLiteral("\tC"),
      this, &MainWindow::toggle_comparison);
  compare->setEnabled(!pair.empty() && !studio_.is_comparing());
  for (const auto& member : studio_.library().group_of(path_of(path))) {
    if (pair.size() == 2 && !selected && member == pair[1]) continue;  // the entry above
    if (member == path_of(path)) continue;
    menu->addAction(tr("Compare with %1").arg(shown_name(member)), this, [this, path, member] {
      studio_.compare(path_of(path), member);
      show_grid(false);
    });
  }
  menu->addSeparator();
  menu->addAction(tr("Show in folder"), this, [path] { show_in_folder(path); });
  menu->popup(list.viewport()->mapToGlobal(at));
}

}  // namespace latent::gui
