// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>
#include <functional>

class QHBoxLayout;
class QTableWidget;
class QTabWidget;
class QLabel;
class QProgressBar;
class QPushButton;

namespace latent::gui {

class Studio;

/// Devices, models, screen, language. All of it applies at once.
class SettingsDialog : public QDialog {
  Q_OBJECT
 public:
  explicit SettingsDialog(Studio& studio, QWidget* parent = nullptr);
  void show_page(int index);

 private:
  QWidget* make_devices();
  QWidget* make_look();
  void fill_devices();
  void fill_busy();

  Studio& studio_;
  QTabWidget* pages_ = nullptr;
  QTableWidget* devices_ = nullptr;
  QLabel* busy_ = nullptr;
  QProgressBar* bar_ = nullptr;
  QPushButton* cancel_ = nullptr;
};

/// The list of keys.
class KeysDialog : public QDialog {
  Q_OBJECT
 public:
  explicit KeysDialog(QWidget* parent = nullptr);
};

/// What a model is.
class CardDialog : public QDialog {
  Q_OBJECT
 public:
  CardDialog(const QString& title, const QString& markdown, QWidget* parent = nullptr);
  /// A button beside "Close" for what may be done once it was read.
  void offer(const QString& words, const std::function<void()>& work);

 private:
  QHBoxLayout* buttons_;
};

}  // namespace latent::gui
