// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>
#include <functional>
#include <vector>

class QBoxLayout;
class QComboBox;
class QLabel;
class QPushButton;
class QTableWidget;

namespace latent::gui {

class Studio;

/// Models: those on this machine, and those that repositories offer. A package that is dropped here
/// is imported.
class ModelsPage : public QWidget {
  Q_OBJECT
 public:
  explicit ModelsPage(Studio& studio, QWidget* parent = nullptr);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void add_here(QBoxLayout& column);
  void add_offers(QBoxLayout& column);
  void fill();
  void fill_here();
  void fill_offers();
  void read_chosen();
  void show_card();
  void show_offer();
  void ask_package();
  void ask_repository();
  void ask_delete();
  [[nodiscard]] QString chosen(const QTableWidget& table) const;

  Studio& studio_;
  QTableWidget* here_;
  QTableWidget* offers_;
  QLabel* policy_;
  QComboBox* repositories_;
  QPushButton* use_;
  QPushButton* pin_;
  QPushButton* update_;
  QPushButton* delete_;
  QPushButton* install_;
  QPushButton* remove_repository_;
  std::vector<QPushButton*> of_chosen_;
};

}  // namespace latent::gui
