// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QMainWindow>
#include <filesystem>
#include <vector>

class QFrame;
class QLabel;
class QLineEdit;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace latent::gui {

class MaskView;
class PhotoList;
class QueuePane;
class RestoreView;
class SourcesPane;
class Studio;
class Viewer;

/// The one window.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(Studio& studio, QWidget* parent = nullptr);
  ~MainWindow() override;

  void open(const std::vector<std::filesystem::path>& places);
  [[nodiscard]] Viewer& viewer() { return *viewer_; }

  /// Shows the window, no larger than its screen.
  void show_on_screen();
  void show_grid(bool grid);
  void show_settings();
  void show_keys();
  void show_card();
  /// Restore, mask or erase.
  enum class Mode { Restore, Mask, Erase };
  void show_mode(Mode mode);
  [[nodiscard]] Mode mode() const;
  /// Two photographs in one view, or back to the one.
  void toggle_comparison();
  void toggle_panes();
  void set_dark(bool dark);
  /// A sentence above the picture, until it is closed or another comes.
  void tell(const QString& sentence, bool attention);

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* make_top();
  QWidget* make_centre();
  void make_actions();
  void connect_all();
  void connect_tools();
  void connect_comparison();
  void show_photo_menu(const PhotoList& list, const QPoint& at);
  void update_tools();
  void update_marks();
  /// Keys of the mask tool; false: not one of them.
  bool tool_key(QKeyEvent* event);
  void ask_folder();
  void ask_files();
  void show_current();
  void show_headline();
  void restore_places();
  void update_centre();
  void update_zoom_words();
  void update_after_label();

  Studio& studio_;
  SourcesPane* sources_;
  RestoreView* restore_;
  MaskView* mask_;
  QStackedWidget* panel_;
  QueuePane* queue_;
  Viewer* viewer_;
  PhotoList* grid_;
  PhotoList* strip_;
  QStackedWidget* centre_;
  QSplitter* columns_;
  QLabel* headline_;
  QLabel* pixel_;
  QToolButton* zoom_words_ = nullptr;
  QWidget* picture_page_;
  QFrame* notice_;
  QLabel* notice_words_;
  QLineEdit* search_ = nullptr;
  std::vector<QToolButton*> modes_;
  bool grid_wanted_ = false;
};

}  // namespace latent::gui
