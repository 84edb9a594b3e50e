// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/controls.h"

#include <QtGui/QWheelEvent>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStyle>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QToolButton>

#include "gui/view/theme.h"

namespace latent::gui {

QLabel* make_label(const QString& text, const char* kind) {
  auto* made = new QLabel(text);
  made->setObjectName(QLatin1String(kind));
  return made;
}

QFrame* make_rule() {
  auto* line = new QFrame;
  line->setObjectName(QStringLiteral("rule"));
  line->setFixedHeight(1);
  return line;
}

QScrollArea* make_scroll(QWidget& inside) {
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(&inside);
  scroll->setFocusPolicy(Qt::NoFocus);
  return scroll;
}

PanelParts add_panel_parts(QVBoxLayout& panel) {
  auto* inside = new QWidget;
  inside->setObjectName(QStringLiteral("plain"));
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(dp(16), dp(12), dp(14), dp(12));
  column->setSpacing(dp(8));
  panel.addWidget(make_scroll(*inside), 1);
  auto* bottom = new QVBoxLayout;
  bottom->setContentsMargins(dp(16), dp(8), dp(16), dp(12));
  bottom->setSpacing(dp(8));
  panel.addLayout(bottom);
  return {column, bottom};
}

QToolButton* make_tool(const QString& text, const QString& tip) {
  auto* button = new QToolButton;
  button->setText(text);
  button->setToolTip(tip);
  button->setAccessibleName(text);
  button->setAccessibleDescription(tip);
  return button;
}

QLabel* make_small(const QString& text) {
  auto* made = make_label(text, "secondary");
  made->setWordWrap(true);
  return made;
}

QTableWidget* make_table(const QStringList& heads, const QString& name) {
  auto* made = new QTableWidget(0, static_cast<int>(heads.size()));
  made->setHorizontalHeaderLabels(heads);
  made->setAccessibleName(name);
  made->verticalHeader()->hide();
  made->setSelectionBehavior(QAbstractItemView::SelectRows);
  made->setSelectionMode(QAbstractItemView::SingleSelection);
  made->setEditTriggers(QAbstractItemView::NoEditTriggers);
  made->setShowGrid(false);
  made->setWordWrap(false);
  made->horizontalHeader()->setStretchLastSection(true);
  made->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  return made;
}

void put_table_row(QTableWidget& table, const QStringList& cells) {
  const int row = table.rowCount();
  table.insertRow(row);
  for (int i = 0; i < cells.size(); ++i) {
    auto* item = new QTableWidgetItem(cells[i]);
    item->setToolTip(cells[i]);
    table.setItem(row, i, item);
  }
}

void ResetSlider::mouseDoubleClickEvent(QMouseEvent* /*event*/) {
  if (on_reset) on_reset();
}

void ResetSlider::wheelEvent(QWheelEvent* event) {
  if (hasFocus()) return QSlider::wheelEvent(event);
  event->ignore();
}

void name_style(QWidget& widget, const QString& name) {
  if (widget.objectName() == name) return;
  widget.setObjectName(name);
  widget.style()->unpolish(&widget);
  widget.style()->polish(&widget);
}

}  // namespace latent::gui
