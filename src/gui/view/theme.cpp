// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/theme.h"

#include <QtGui/QFontInfo>
#include <QtGui/QPalette>
#include <QtWidgets/QApplication>
#include <QtWidgets/QStyleFactory>
#include <cmath>

namespace latent::gui {

namespace {

const Theme*& current() {
  static const Theme* theme = &Theme::dark_theme();
  return theme;
}

QPalette palette_of(const Theme& theme) {
  QPalette palette;
  palette.setColor(QPalette::Window, theme.panel);
  palette.setColor(QPalette::Base, theme.field);
  palette.setColor(QPalette::AlternateBase, theme.panel);
  palette.setColor(QPalette::Button, theme.field);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText,
                          QPalette::ToolTipText, QPalette::BrightText}) {
    palette.setColor(role, theme.text);
  }
  palette.setColor(QPalette::ToolTipBase, theme.field);
  palette.setColor(QPalette::PlaceholderText, theme.secondary);
  palette.setColor(QPalette::Highlight, theme.accent);
  palette.setColor(QPalette::HighlightedText, theme.on_accent);
  palette.setColor(QPalette::Link, theme.accent);
  palette.setColor(QPalette::LinkVisited, theme.accent);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    palette.setColor(QPalette::Disabled, role, theme.secondary);
  }
  return palette;
}

QString sheet_of(const Theme& theme) {
  QString sheet = QStringLiteral(R"(
QWidget { color: %text; }
QMainWindow, QDialog { background: %window; }
#panel, #sources, #restore, #mask, #queue, #top { background: %panel; }
#top { border-bottom: 1px solid %line; }
#restore, #mask { border-left: 1px solid %line; }
#sources { border-right: 1px solid %line; }
#queue { border-top: 1px solid %line; }
#rule { background: %line; }
QLabel#label { color: %secondary; font-size: %11px; font-weight: 600; }
QLabel#secondary { color: %secondary; font-size: %12px; }
QLabel#title { font-size: %15px; font-weight: 600; }
QLabel#hint { background: %field; border-left: %3px solid %done; padding: %8px %12px; }
QLabel#trouble { background: %field; border-left: %3px solid %attention; padding: %8px %12px;
  color: %attention; }
QLabel#attention { color: %attention; }
QLabel#done { color: %done; }
QToolTip { color: %text; background: %field; border: 1px solid %line; padding: %4px; }
QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {
  background: %field; border: 1px solid %outline; border-radius: %4px;
  min-height: %26px; padding: 0 %8px; }
QPushButton:hover, QToolButton:hover, QComboBox:hover { border-color: %accent; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus,
QDoubleSpinBox:focus { border: 2px solid %accent; padding: 0 %7px; }
QPushButton:pressed { background: %line; }
QToolButton:checked { background: %line; border: 2px solid %accent; padding: 0 %7px; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled { color: %secondary; border-color: %line; }
QPushButton#main { background: %accent; color: %onaccent; border: none; font-size: %15px;
  font-weight: 700; min-height: %44px; }
QPushButton#main:disabled { background: %line; color: %secondary; }
QPushButton#main:focus { border: 2px solid %text; }
QPushButton#main[quiet="true"] { min-height: %36px; padding: 0 %16px; }
QPushButton#link { background: transparent; border: none; color: %accent; text-align: left;
  padding: 0 %4px; }
QPushButton#link:hover { text-decoration: underline; }
QPushButton#link:focus { border: 1px solid %accent; }
QToolButton#mode { background: transparent; border: none; padding: 0 %16px; min-height: %32px;
  color: %secondary; }
QToolButton#mode:checked { background: %accent; color: %onaccent; font-weight: 600; }
QToolButton#mode:focus { border: 2px solid %text; padding: 0 %14px; }
QComboBox::drop-down { border: none; width: %20px; }
QComboBox::down-arrow { image: url(:/down.svg); width: %10px; height: %10px; }
QComboBox QAbstractItemView { background: %field; border: 1px solid %outline;
  selection-background-color: %accent; selection-color: %onaccent; }
QDoubleSpinBox { padding-right: %20px; }
QDoubleSpinBox::up-button { subcontrol-position: top right; border: none; width: %20px; }
QDoubleSpinBox::down-button { subcontrol-position: bottom right; border: none; width: %20px; }
QDoubleSpinBox::up-arrow { image: url(:/up.svg); width: %8px; height: %8px; }
QDoubleSpinBox::down-arrow { image: url(:/down.svg); width: %8px; height: %8px; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: %secondary; padding: %8px %4px %6px %4px;
  margin-right: %16px; border-bottom: 3px solid transparent; }
QTabBar::tab:selected { color: %text; font-weight: 600; border-bottom: 3px solid %accent; }
QTabBar::tab:disabled { color: %secondary; }
QTabBar:focus { border: 1px solid %accent; }
QTabWidget::pane { border: 1px solid %line; }
QSlider { min-height: %28px; }
QSlider::groove:horizontal { height: %4px; background: %line; border-radius: %2px; }
QSlider::sub-page:horizontal { background: %accent; border-radius: %2px; }
QSlider::handle:horizontal { background: %handle; width: %16px; height: %16px; margin: -%6px 0;
  border-radius: %8px; border: 1px solid %outline; }
QSlider::handle:horizontal:focus { border: 2px solid %accent; }
QSlider::sub-page:horizontal:disabled { background: %outline; }
QCheckBox, QRadioButton { spacing: %8px; min-height: %28px; }
QCheckBox::indicator, QListView::indicator { width: %14px; height: %14px; border: 1px solid %outline; border-radius: %3px;
  background: %field; }
QCheckBox::indicator:checked, QListView::indicator:checked { background: %accent; border-color: %accent; image: url(:/check.svg); }
QCheckBox:focus { outline: none; color: %accent; }
QListView, QTreeView, QTableView, QTextBrowser, QPlainTextEdit { background: %panel; border: none;
  outline: none; }
QListView::item { min-height: %28px; padding-left: %8px; border-radius: %4px; }
QListView::item:selected { background: %field; color: %text; }
QListView:focus { border: 1px solid %accent; }
QTableView { gridline-color: %line; }
QHeaderView::section { background: %panel; color: %secondary; border: none; padding: %4px %3px;
  border-bottom: 1px solid %line; }
QTableView::item:selected { background: %field; color: %text; }
QProgressBar { background: %line; border: none; border-radius: %4px; max-height: %8px;
  min-height: %8px; }
QProgressBar::chunk { background: %done; border-radius: %4px; }
QScrollBar { background: transparent; width: %10px; height: %10px; }
QScrollBar::handle { background: %outline; border-radius: %4px; min-height: %24px; min-width: %24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: %line; }
QMenu { background: %field; border: 1px solid %outline; padding: %4px; }
QMenu::item { padding: %6px %24px; border-radius: %3px; }
QMenu::item:selected { background: %accent; color: %onaccent; }
QMenu::item:disabled { color: %secondary; }
QScrollArea, #plain { background: transparent; border: none; }
#notice { background: %field; border-bottom: 1px solid %line; }
)");
  // Longer names first: %text would eat the head of none, %line that of none; numbers last.
  const std::pair<const char*, QColor> colours[] = {
      {"%secondary", theme.secondary},
      {"%attention", theme.attention},
      {"%onaccent", theme.on_accent},
      {"%outline", theme.outline},
      {"%accent", theme.accent},
      {"%window", theme.window},
      {"%handle", theme.dark ? QColor(0xffffff) : QColor(0xffffff)},
      {"%panel", theme.panel},
      {"%field", theme.field},
      {"%line", theme.line},
      {"%text", theme.text},
      {"%done", theme.done}};
  for (const auto& [name, colour] : colours) {
    sheet.replace(QLatin1String(name), colour.name());
  }
  for (int px = 64; px > 0; --px) {
    sheet.replace(QStringLiteral("%%1px").arg(px), QStringLiteral("%1px").arg(dp(px)));
  }
  return sheet;
}

}  // namespace

const Theme& Theme::dark_theme() {
  static const Theme theme{true,
                           QColor(0x262626),
                           QColor(0x303030),
                           QColor(0x3a3a3a),
                           QColor(0x454545),
                           QColor(0xe6e6e6),
                           QColor(0xa8a8a8),
                           QColor(0x4aa3df),
                           QColor(0x10202b),
                           QColor(0x6fbf73),
                           QColor(0xe0a84a),
                           QColor(0x1a1a1a),
                           QColor(0x7a7a7a)};
  return theme;
}

const Theme& Theme::light_theme() {
  static const Theme theme{false,
                           QColor(0xf2f2f2),
                           QColor(0xffffff),
                           QColor(0xe9e9e9),
                           QColor(0xd0d0d0),
                           QColor(0x202020),
                           QColor(0x606060),
                           QColor(0x1f6fb2),
                           QColor(0xffffff),
                           QColor(0x2a7331),
                           QColor(0x8e5a00),
                           QColor(0xd8d8d8),
                           QColor(0x8a8a8a)};
  return theme;
}

const Theme& Theme::now() { return *current(); }

int dp(double px) {
  const double font = QFontInfo(QApplication::font()).pixelSize();
  return static_cast<int>(std::lround(px * (font > 0 ? font : 13.0) / 13.0));
}

void apply_theme(QApplication& program, bool dark) {
  current() = dark ? &Theme::dark_theme() : &Theme::light_theme();
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QApplication::setPalette(palette_of(Theme::now()));
  program.setStyleSheet(sheet_of(Theme::now()));
}

}  // namespace latent::gui
