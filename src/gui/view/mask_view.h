// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointF>
#include <QtCore/QString>
#include <QtWidgets/QFrame>
#include <functional>
#include <vector>

class QComboBox;
class QLabel;
class QListWidget;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace latent::gui {

class MaskTool;
class ResetSlider;
class Studio;

/// Right, while a mask is made: how it comes about, its objects, its edge, and what it is for.
class MaskView : public QFrame {
  Q_OBJECT
 public:
  explicit MaskView(Studio& studio, QWidget* parent = nullptr);

 Q_SIGNALS:
  void leave_asked();
  void erase_asked();
  void place_asked(const QPointF& share);  ///< of a spot that was chosen in the list

 private:
  struct Slider {
    QString name;
    QString tip;
    QString unit;
    double least;
    double most;
    double usual;
    std::function<double()> read;
    std::function<void(double)> write;
  };
  void add_ways(QVBoxLayout& column);
  void add_hands(QVBoxLayout& column);
  void add_objects(QVBoxLayout& column);
  void add_dust(QVBoxLayout& column);
  void add_edge(QVBoxLayout& column);
  void add_bottom(QVBoxLayout& column);
  [[nodiscard]] QWidget* add_slider(QVBoxLayout& column, const Slider& slider);
  void read_on();
  void read_tool();
  void read_state();
  void read_dust();
  void read_words();
  void ask_file(const QString& ending, const QString& kind);
  void show_exports();

  Studio& studio_;
  MaskTool& tool_;
  QLabel* title_;
  QLabel* words_;
  std::vector<QToolButton*> ways_;
  std::vector<QToolButton*> hands_;
  QWidget* hand_row_;
  QWidget* brush_ = nullptr;
  QWidget* depth_;
  QWidget* objects_box_;
  QListWidget* objects_;
  QWidget* dust_box_;
  QListWidget* dust_;
  QWidget* dust_ticks_ = nullptr;
  QComboBox* refine_ = nullptr;
  QPushButton* undo_;
  QPushButton* redo_;
  QPushButton* clear_;
  QPushButton* export_;
  QPushButton* apply_;
  QPushButton* erase_;
  std::vector<std::function<void()>> readers_;
};

}  // namespace latent::gui
