// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QFrame>

class QLabel;
class QListView;
class QListWidget;
class QProgressBar;
class QPushButton;

namespace latent::gui {

class Studio;

/// Left: where pictures come from, and which of them are shown.
class SourcesPane : public QFrame {
  Q_OBJECT
 public:
  explicit SourcesPane(Studio& studio, QWidget* parent = nullptr);
  void read_colours() { fill_counts(); }  ///< after a change of the theme
 Q_SIGNALS:
  void open_asked();
  void folder_picked(const QString& folder);

 private:
  void fill_folders();
  void fill_counts();
  Studio& studio_;
  QListWidget* folders_;
  QListWidget* show_;
  QListWidget* kinds_;
  QLabel* background_;
  QTimer counts_later_;
};

/// Shown until something is open.
class WelcomePane : public QFrame {
  Q_OBJECT
 public:
  explicit WelcomePane(QWidget* parent = nullptr);
 Q_SIGNALS:
  void open_folder_asked();
  void open_files_asked();

 protected:
  void paintEvent(QPaintEvent* event) override;
};

/// Bottom: what is processed. One line while idle.
class QueuePane : public QFrame {
  Q_OBJECT
 public:
  explicit QueuePane(Studio& studio, QWidget* parent = nullptr);
  void unfold(bool open);

 private:
  void refresh();
  void show_menu(const QPoint& at);
  Studio& studio_;
  QLabel* summary_;
  QProgressBar* bar_;
  QPushButton* pause_;
  QPushButton* cancel_;
  QPushButton* clear_;
  QPushButton* fold_;
  QListView* list_;
};

/// Opens the folder of a file in the desktop's file manager.
void show_in_folder(const QString& file);
/// Opens a file in another program, if it is there.
void open_in(const QString& program, const QString& file);

}  // namespace latent::gui
