// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtWidgets/QFrame>
#include <functional>
#include <vector>

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QTabBar;
class QVBoxLayout;

namespace latent::gui {

class Studio;

/// Right: one task with its settings, how results are written, and the one button.
class RestoreView : public QFrame {
  Q_OBJECT
 public:
  explicit RestoreView(Studio& studio, QWidget* parent = nullptr);
  void show_tab(int index);
  void read_colours() { read_selection(); }  ///< after a change of the theme

 Q_SIGNALS:
  void card_asked();
  void process_asked();
  void mask_asked();

 private:
  void build_controls();
  void add_control(QVBoxLayout& column, const QString& key);
  void add_slider(QVBoxLayout& column, const QString& key, const QString& name);
  void add_words(QVBoxLayout& column, const QString& key, const QString& name);
  void add_flag(QVBoxLayout& column, const QString& key, const QString& name);
  void add_auto(QVBoxLayout& column, const QString& key, const QString& name);
  void read_values();
  void read_output();
  void read_selection();
  void read_scale_hint();
  void add_mask_row(QVBoxLayout& column);
  void read_mask();
  void show_presets();
  void show_variables();

  Studio& studio_;
  QTabBar* tabs_;
  QLabel* hint_;
  QLabel* objection_;
  QWidget* controls_ = nullptr;
  QVBoxLayout* controls_place_;
  QLabel* mask_words_;
  QPushButton* mask_edit_;
  QPushButton* mask_off_;
  QCheckBox* mask_invert_;
  QLabel* scale_hint_;
  QPushButton* presets_;
  QLabel* size_hint_;
  QLineEdit* pattern_;
  QLabel* example_;
  QCheckBox* add_;
  QCheckBox* leads_;
  QLabel* model_;
  QPushButton* card_;
  QPushButton* process_;
  QLabel* time_;
  std::vector<std::function<void()>> readers_;  ///< of the controls that are there
};

/// A text of the table of words for a person: "Bit depth" of "bit_depth".
[[nodiscard]] QString name_of_setting(const QString& key);
[[nodiscard]] QString name_of_word(const QString& key, const QString& word);
/// A name that may be broken into lines where people break names: after "_", "-" and "/".
[[nodiscard]] QString breakable(QString name);
[[nodiscard]] QString name_of_task(const QString& task);

}  // namespace latent::gui
