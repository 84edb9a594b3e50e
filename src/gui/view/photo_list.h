// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCache>
#include <QtCore/QTimer>
#include <QtGui/QPixmap>
#include <QtWidgets/QListView>

#include "gui/viewmodel/library_model.h"

namespace latent::gui {

/// The photographs as a grid, or as a strip of one row.
class PhotoList : public QListView {
  Q_OBJECT
 public:
  enum class Shape { Grid, Strip };
  PhotoList(LibraryModel& library, Shape shape, QWidget* parent = nullptr);

  /// Makes that photograph the current one without telling anybody.
  void follow(const std::filesystem::path& path);
  [[nodiscard]] std::vector<std::filesystem::path> selected_paths() const;
  void set_thumbnail_side(int px);
  [[nodiscard]] const QPixmap* thumbnail(const QString& path) const {
    return pixmaps_.object(path);
  }
  [[nodiscard]] QSize cell() const;

 Q_SIGNALS:
  void current_path_changed(const QString& path);
  void selection_paths_changed();
  void picked(const QString& path);  ///< double click or Return

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  void showEvent(QShowEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

 private:
  void ask();
  void keep_selection();
  void restore_selection();
  void restore_scroll();

  LibraryModel& library_;
  Shape shape_;
  int side_;
  bool following_ = false;
  std::vector<std::filesystem::path> kept_;  ///< selected, while the model is made anew
  std::filesystem::path kept_current_;
  QPoint kept_scroll_;
  bool scroll_waits_ = false;  ///< until it is shown: laying 10,000 out takes its time
  QTimer ask_later_;           ///< single: scrolling asks once
  QCache<QString, QPixmap> pixmaps_;
};

}  // namespace latent::gui
