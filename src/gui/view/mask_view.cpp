// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/mask_view.h"

#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <algorithm>
#include <cmath>

#include "gui/view/controls.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/mask_tool.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

using app::MaskWay;
using Hand = MaskTool::Hand;
using Purpose = MaskTool::Purpose;

namespace {

constexpr double kPercent = 100;

QWidget* holder(QVBoxLayout*& column) {
  auto* made = new QWidget;
  made->setObjectName(QStringLiteral("plain"));
  column = new QVBoxLayout(made);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(dp(4));
  return made;
}

QHBoxLayout* row_of(const std::vector<QToolButton*>& buttons) {
  auto* row = new QHBoxLayout;
  row->setSpacing(dp(4));
  for (auto* button : buttons) {
    button->setCheckable(true);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    row->addWidget(button, 1);
  }
  return row;
}

}  // namespace

MaskView::MaskView(Studio& studio, QWidget* parent)
    : QFrame(parent),
      studio_(studio),
      tool_(studio.mask()),
      title_(make_label({}, "title")),
      words_(make_label({}, "hint")),
      hand_row_(new QWidget),
      objects_(new QListWidget),
      dust_(new QListWidget),
      undo_(new QPushButton(tr("Undo"))),
      redo_(new QPushButton(tr("Redo"))),
      clear_(new QPushButton(tr("Start over"))),
      export_(new QPushButton(tr("Write it to a file"))),
      apply_(new QPushButton),
      erase_(new QPushButton(tr("Save without it"))) {
  setObjectName(QStringLiteral("mask"));
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(dp(16), dp(10), dp(12), dp(8));
  head->addWidget(title_, 1);
  auto* leave = new QPushButton(tr("Leave"));
  leave->setToolTip(tr("Back to restoring; what you made is kept (Esc)"));
  connect(leave, &QPushButton::clicked, this, &MaskView::leave_asked);
  head->addWidget(leave);
  outer->addLayout(head);
  outer->addWidget(make_rule());

  const auto [column, bottom] = add_panel_parts(*outer);
  words_->setWordWrap(true);
  words_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  words_->setMinimumHeight(dp(52));  // two lines, so that the controls below do not jump
  words_->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  column->addWidget(words_);
  add_ways(*column);
  add_hands(*column);
  add_objects(*column);
  add_dust(*column);
  auto* steps = new QHBoxLayout;
  steps->setSpacing(dp(4));
  undo_->setToolTip(tr("Takes the last step back (Ctrl+Z)"));
  redo_->setToolTip(tr("Does it again (Ctrl+Shift+Z)"));
  for (auto* button : {undo_, redo_, clear_}) steps->addWidget(button, 1);
  connect(undo_, &QPushButton::clicked, this, [this] { tool_.undo(); });
  connect(redo_, &QPushButton::clicked, this, [this] { tool_.redo(); });
  connect(clear_, &QPushButton::clicked, this, [this] { tool_.clear(); });
  column->addLayout(steps);
  column->addWidget(make_rule());
  add_edge(*column);
  column->addStretch();
  add_bottom(*bottom);

  connect(&tool_, &MaskTool::on_changed, this, &MaskView::read_on);
  connect(&tool_, &MaskTool::tool_changed, this, &MaskView::read_tool);
  connect(&tool_, &MaskTool::state_changed, this, &MaskView::read_state);
  connect(&tool_, &MaskTool::words_changed, this, &MaskView::read_words);
  connect(&tool_, &MaskTool::overlay_changed, this, &MaskView::read_words);
  connect(&tool_, &MaskTool::hole_changed, this, &MaskView::read_words);
  connect(&tool_, &MaskTool::drawing_changed, this, [this] {
    const QSignalBlocker quiet(dust_);
    dust_->setCurrentRow(tool_.chosen_dust());
  });
  read_on();
}

void MaskView::add_ways(QVBoxLayout& column) {
  column.addWidget(make_label(tr("HOW"), "label"));
  ways_ = {make_tool(tr("Objects"), tr("Objects are found by clicks, boxes and strokes")),
           make_tool(tr("Painted"), tr("Exactly what the brush covers")),
           make_tool(tr("Depth"), tr("What lies in a range of depths"))};
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    connect(ways_[i], &QToolButton::clicked, this, [this, i] {
      tool_.set_way(static_cast<MaskWay>(i));
      read_tool();
    });
  }
  column.addLayout(row_of(ways_));
}

void MaskView::add_hands(QVBoxLayout& column) {
  hands_ = {make_tool(tr("Click"), tr("On the object; Alt+click beside it (C)")),
            make_tool(tr("Box"), tr("Around the object; also Shift+drag (X)")),
            make_tool(tr("Brush"), tr("Over the object; with Alt over what is not it (P)"))};
  for (std::size_t i = 0; i < hands_.size(); ++i) {
    connect(hands_[i], &QToolButton::clicked, this, [this, i] {
      tool_.set_hand(static_cast<Hand>(i));
      read_tool();
    });
  }
  hand_row_->setObjectName(QStringLiteral("plain"));
  hand_row_->setLayout(row_of(hands_));
  hand_row_->layout()->setContentsMargins(0, 0, 0, 0);
  column.addWidget(hand_row_);
  QVBoxLayout* brush = nullptr;
  brush_ = holder(brush);
  static_cast<void>(
      add_slider(*brush, {tr("Width of the brush"), tr("Also with [ and ]"), tr("%"), 0.1, 10, 1,
                          [this] { return tool_.brush() * kPercent; },
                          [this](double value) { tool_.set_brush(value / kPercent); }}));
  column.addWidget(brush_);
  QVBoxLayout* depth = nullptr;
  depth_ = holder(depth);
  const struct {
    QString name;
    QString tip;
    double app::DepthRange::*field;
    double usual;
  } sliders[] = {
      {tr("From"), tr("0 is the nearest point of the picture"), &app::DepthRange::near, 0},
      {tr("To"), tr("100 is the farthest point of the picture"), &app::DepthRange::far, 30},
      {tr("Soft over"), tr("How far the mask falls off outside"), &app::DepthRange::soft, 5}};
  for (const auto& one : sliders) {
    static_cast<void>(add_slider(
        *depth, {one.name, one.tip, tr("%"), 0, 100, one.usual,
                 [this, field = one.field] { return tool_.state().depth.*field * kPercent; },
                 [this, field = one.field, name = one.name](double value) {
                   app::DepthRange range = tool_.state().depth;
                   range.*field = value / kPercent;
                   if (range.near > range.far) {  // the other end comes along
                     (field == &app::DepthRange::near ? range.far : range.near) = range.*field;
                   }
                   tool_.set_depth(range, name);
                 }}));
  }
  column.addWidget(depth_);
}

void MaskView::add_objects(QVBoxLayout& column) {
  QVBoxLayout* rows = nullptr;
  objects_box_ = holder(rows);
  rows->addWidget(make_label(tr("OBJECTS"), "label"));
  objects_->setAccessibleName(tr("Objects of the mask"));
  objects_->setFixedHeight(dp(28 * 3 + 4));
  rows->addWidget(objects_);
  auto* row = new QHBoxLayout;
  row->setSpacing(dp(4));
  auto* more = new QPushButton(tr("Another object"));
  more->setToolTip(tr("The next click begins another object (N)"));
  auto* remove = new QPushButton(tr("Remove"));
  remove->setToolTip(tr("Takes the chosen object out of the mask"));
  row->addWidget(more, 1);
  row->addWidget(remove, 1);
  rows->addLayout(row);
  column.addWidget(objects_box_);
  connect(more, &QPushButton::clicked, this, [this] { tool_.begin_object(); });
  connect(remove, &QPushButton::clicked, this,
          [this] { tool_.remove_object(objects_->currentRow()); });
  connect(objects_, &QListWidget::currentRowChanged, this, [this](int chosen) {
    if (chosen >= 0) tool_.choose_object(chosen);
  });
}

void MaskView::add_edge(QVBoxLayout& column) {
  column.addWidget(make_label(tr("EDGE"), "label"));
  auto* row = new QHBoxLayout;
  auto* name = make_label(tr("Refined"));
  refine_ = new QComboBox;
  refine_->setAccessibleName(tr("How the edge is refined"));
  refine_->setFocusPolicy(Qt::StrongFocus);
  refine_->addItem(tr("not at all"));
  refine_->addItem(tr("along the edge"));
  refine_->addItem(tr("hair and fur"));
  row->addWidget(name, 1);
  row->addWidget(refine_);
  column.addLayout(row);
  connect(refine_, &QComboBox::activated, this, [this](int index) {
    mask::MaskSettings settings = tool_.state().settings;
    settings.refine.how = static_cast<mask::Refinement>(index);
    tool_.end_step();
    tool_.set_settings(settings, QStringLiteral("refine"));
  });
  const struct {
    QString name;
    QString tip;
    QString unit;
    double least, most, usual, times;
    double mask::MaskSettings::*field;
  } sliders[] = {{tr("Threshold"), tr("More makes the mask smaller"), tr("%"), 1, 99, 50, kPercent,
                  &mask::MaskSettings::threshold},
                 {tr("Smoothing"), tr("Rounds the outline off, by a radius in pixels"), tr("px"), 0,
                  60, 0, 1, &mask::MaskSettings::smoothing},
                 {tr("Feather"), tr("Lets the edge fall off over so many pixels"), tr("px"), 0, 300,
                  0, 1, &mask::MaskSettings::feather}};
  for (const auto& one : sliders) {
    QWidget* slider = add_slider(
        column, {one.name, one.tip, one.unit, one.least, one.most, one.usual,
                 [this, field = one.field, times = one.times] {
                   return tool_.state().settings.*field * times;
                 },
                 [this, field = one.field, times = one.times, name = one.name](double value) {
                   mask::MaskSettings settings = tool_.state().settings;
                   settings.*field = value / times;
                   tool_.set_settings(settings, name);
                 }});
    if (one.field == &mask::MaskSettings::threshold) {  // what is painted has none
      readers_.push_back(
          [this, slider] { slider->setEnabled(tool_.state().way == MaskWay::Objects); });
    }
  }
  auto* shown = new QHBoxLayout;
  auto* style = new QComboBox;
  style->setAccessibleName(tr("How the mask is shown"));
  style->setFocusPolicy(Qt::StrongFocus);
  style->addItem(tr("blue over it"));
  style->addItem(tr("dark around it"));
  style->addItem(tr("mask alone"));
  shown->addWidget(make_label(tr("Shown")), 1);
  shown->addWidget(style);
  column.addLayout(shown);
  connect(style, &QComboBox::activated, this,
          [this](int index) { tool_.set_style(static_cast<app::MaskStyle>(index)); });
  readers_.push_back([this, style] {
    const QSignalBlocker quiet(style);
    style->setCurrentIndex(static_cast<int>(tool_.style()));
  });
}

QWidget* MaskView::add_slider(QVBoxLayout& column, const Slider& of) {
  constexpr int kSteps = 400;
  auto* row = new QHBoxLayout;
  auto* name = make_label(of.name);
  name->setToolTip(of.tip);
  auto* number = make_label({});
  QFont bold = number->font();
  bold.setBold(true);
  number->setFont(bold);
  row->addWidget(name, 1);
  row->addWidget(number);
  auto* slider = new ResetSlider;
  slider->setRange(0, kSteps);
  slider->setPageStep(kSteps / 10);
  slider->setAccessibleName(of.name);
  slider->setToolTip(tr("%1. Double click: the usual value").arg(of.tip));
  name->setBuddy(slider);
  // Small values want fine steps: the slider runs by the square.
  const auto value_at = [of](int step) {
    const double share = static_cast<double>(step) / kSteps;
    const bool fine = of.least < 1 && of.unit != QLatin1String("%");
    return of.least + (of.most - of.least) * (fine ? share * share : share);
  };
  const auto step_of = [of](double value) {
    const double share = std::clamp((value - of.least) / (of.most - of.least), 0.0, 1.0);
    const bool fine = of.least < 1 && of.unit != QLatin1String("%");
    return static_cast<int>(std::lround((fine ? std::sqrt(share) : share) * kSteps));
  };
  slider->on_reset = [this, of] {
    tool_.end_step();
    of.write(of.usual);
  };
  connect(slider, &QSlider::valueChanged, this,
          [of, value_at](int step) { of.write(value_at(step)); });
  connect(slider, &QSlider::sliderReleased, this, [this] { tool_.end_step(); });
  readers_.push_back([of, slider, number, step_of] {
    const double value = of.read();
    const QSignalBlocker quiet(slider);
    if (!slider->isSliderDown()) slider->setValue(step_of(value));
    const QString shown =
        QStringLiteral("%1 %2").arg(QLocale().toString(value, 'f', value < 10 ? 1 : 0), of.unit);
    number->setText(shown);
    slider->setAccessibleDescription(shown);
  });
  column.addLayout(row);
  column.addWidget(slider);
  return slider;
}

void MaskView::add_bottom(QVBoxLayout& column) {
  export_->setToolTip(tr("As a picture, a drawing, a mask of darktable's edit, or its prompts"));
  column.addWidget(export_);
  erase_->setToolTip(tr("Hands the picture without what is covered to the queue"));
  column.addWidget(erase_);
  apply_->setObjectName(QStringLiteral("main"));
  column.addWidget(apply_);
  connect(export_, &QPushButton::clicked, this, &MaskView::show_exports);
  connect(apply_, &QPushButton::clicked, this, [this] { tool_.apply(); });
  connect(erase_, &QPushButton::clicked, this, &MaskView::erase_asked);
}

void MaskView::show_exports() {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  const std::pair<QString, QString> forms[] = {
      {QStringLiteral("png"), tr("PNG, a picture of the mask")},
      {QStringLiteral("tif"), tr("TIFF, a picture of the mask")},
      {QStringLiteral("svg"), tr("SVG, its outline as a drawing")},
      {QStringLiteral("xmp"), tr("XMP, a mask in darktable's edit")},
      {QStringLiteral("json"), tr("JSON, the clicks, for latent mask")}};
  for (const auto& [ending, words] : forms) {
    auto* action = menu->addAction(
        words, this, [this, ending = ending, words = words] { ask_file(ending, words); });
    action->setEnabled(ending != QLatin1String("json") || tool_.state().way == MaskWay::Objects);
  }
  menu->popup(export_->mapToGlobal(QPoint(0, 0)));
}

void MaskView::ask_file(const QString& ending, const QString& kind) {
  const QString photograph = qt(studio_.current().native());
  // darktable's edit of a photograph is its name with .xmp behind it.
  const QString name = ending == QLatin1String("xmp")
                           ? photograph + QStringLiteral(".xmp")
                           : QFileInfo(photograph).absolutePath() + QLatin1Char('/') +
                                 QFileInfo(photograph).completeBaseName() +
                                 QStringLiteral("_mask.") + ending;
  auto* dialog = new QFileDialog(this, kind, name, QStringLiteral("*.") + ending);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(ending);
  // An edit that is there is added to, so there is nothing to warn of.
  dialog->setOption(QFileDialog::DontConfirmOverwrite, ending == QLatin1String("xmp"));
  dialog->selectFile(name);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this](const QString& file) { tool_.export_to(path_of(file)); });
  dialog->open();
}

void MaskView::read_on() {
  const bool erase = tool_.purpose() == Purpose::Erase;
  title_->setText(erase ? tr("Erase") : tr("Mask"));
  ways_[2]->setVisible(!erase);
  erase_->setVisible(erase);
  export_->setVisible(!erase);
  read_tool();
  read_state();
}

void MaskView::read_tool() {
  const auto way = static_cast<std::size_t>(tool_.state().way);
  for (std::size_t i = 0; i < ways_.size(); ++i) ways_[i]->setChecked(i == way);
  ways_[2]->setEnabled(tool_.depth_there());
  ways_[2]->setToolTip(tool_.depth_there()
                           ? tr("What lies in a range of depths")
                           : tr("Depth needs a network, and none ships with Latent: Settings, "
                                "Models installs one"));
  ways_[2]->setAccessibleDescription(ways_[2]->toolTip());
  const auto hand = static_cast<std::size_t>(tool_.hand());
  for (std::size_t i = 0; i < hands_.size(); ++i) hands_[i]->setChecked(i == hand);
  const bool objects = tool_.state().way == MaskWay::Objects;
  hand_row_->setVisible(objects);
  brush_->setVisible(tool_.hand() == Hand::Brush && tool_.state().way != MaskWay::Depth);
  depth_->setVisible(tool_.state().way == MaskWay::Depth);
  objects_box_->setVisible(objects);
  refine_->setEnabled(objects);
  for (const auto& read : readers_) read();
}

void MaskView::read_state() {
  const app::MaskState& state = tool_.state();
  const QSignalBlocker quiet(objects_);
  objects_->clear();
  for (std::size_t i = 0; i < state.prompts.objects.size(); ++i) {
    const auto count = static_cast<int>(state.prompts.objects[i].prompts.size());
    objects_->addItem(tr("Object %1").arg(i + 1) + QStringLiteral("  ·  ") +
                      (count == 1 ? tr("1 prompt") : tr("%n prompts", nullptr, count)));
  }
  if (state.object == state.prompts.objects.size()) {
    objects_->addItem(tr("Object %1: click on it").arg(state.object + 1));
  }
  objects_->setCurrentRow(static_cast<int>(state.object));
  refine_->setCurrentIndex(static_cast<int>(state.settings.refine.how));
  undo_->setEnabled(tool_.can_undo());
  redo_->setEnabled(tool_.can_redo());
  clear_->setEnabled(!state.prompts.objects.empty() || !state.dust.empty());
  read_dust();
  read_tool();
  read_words();
}

void MaskView::read_words() {
  words_->setText(tool_.words());
  words_->setAccessibleName(tool_.words());
  name_style(*words_, tool_.is_trouble() ? QStringLiteral("trouble") : QStringLiteral("hint"));
  const bool found = tool_.is_found();
  const bool erase = tool_.purpose() == Purpose::Erase;
  apply_->setEnabled(tool_.can_apply());
  apply_->setText(erase ? tr("Show it without") : tr("Use for local strength"));
  apply_->setToolTip(erase ? tr("Fills what is covered from what is around it (Enter)")
                           : tr("Restoring works inside the mask of this photograph (Enter)"));
  erase_->setEnabled(!tool_.hole().empty());
  export_->setEnabled(found);
}

}  // namespace latent::gui
