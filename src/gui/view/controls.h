// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtWidgets/QSlider>
#include <functional>

class QFrame;
class QLabel;
class QScrollArea;
class QTableWidget;
class QToolButton;
class QVBoxLayout;

// Small parts that several panels are made of.
namespace latent::gui {

/// A text; `kind` is a name of the style sheet: "label", "secondary", "attention", ...
[[nodiscard]] QLabel* make_label(const QString& text, const char* kind = "");

/// A thin line between two parts of a panel.
[[nodiscard]] QFrame* make_rule();

/// Something that is scrolled up and down where it does not fit.
[[nodiscard]] QScrollArea* make_scroll(QWidget& inside);

/// The two parts of a side panel: a column that scrolls where it does not fit, and what stays below.
struct PanelParts {
  QVBoxLayout* column;
  QVBoxLayout* bottom;
};
[[nodiscard]] PanelParts add_panel_parts(QVBoxLayout& panel);

/// A button with a word on it, a tip, and both for screen readers.
[[nodiscard]] QToolButton* make_tool(const QString& text, const QString& tip);

/// A text in small letters that may take several lines.
[[nodiscard]] QLabel* make_small(const QString& text);

/// A table to be read, of which one row can be chosen.
[[nodiscard]] QTableWidget* make_table(const QStringList& heads, const QString& name);
void put_table_row(QTableWidget& table, const QStringList& cells);

/// A slider that a double click resets and that leaves the wheel to the panel unless it has focus.
class ResetSlider : public QSlider {
 public:
  ResetSlider() : QSlider(Qt::Horizontal) { setFocusPolicy(Qt::StrongFocus); }
  std::function<void()> on_reset;

 protected:
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
};

/// Gives it the look that the sheet has for that name, in this theme and the next.
void name_style(QWidget& widget, const QString& name);

}  // namespace latent::gui
