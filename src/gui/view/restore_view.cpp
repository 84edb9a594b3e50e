// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/restore_view.h"

#include <QtCore/QSignalBlocker>
#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDoubleSpinBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSlider>
#include <QtWidgets/QTabBar>
#include <algorithm>
#include <cmath>

#include "app/setting.h"
#include "gui/view/controls.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

namespace {

/// What a task shows, in order; of these only what its table of words has.
QStringList task_keys(const QString& task) {
  if (task == QLatin1String("denoise")) {
    return QStringLiteral("strength luma chroma level detail tones mask").split(QLatin1Char(' '));
  }
  if (task == QLatin1String("upscale")) {
    return {QStringLiteral("scale"), QStringLiteral("denoise"), QStringLiteral("tolerance"),
            QStringLiteral("overshoot"), QStringLiteral("consistent")};
  }
  return {QStringLiteral("strength"), QStringLiteral("noise_scale"), QStringLiteral("hot_pixels"),
          QStringLiteral("demosaic"), QStringLiteral("ca"),          QStringLiteral("mask")};
}

const QStringList& output_keys() {
  static const QStringList keys{QStringLiteral("format"),      QStringLiteral("bit_depth"),
                                QStringLiteral("profile"),     QStringLiteral("wide_gamut"),
                                QStringLiteral("compression"), QStringLiteral("quality"),
                                QStringLiteral("if_exists")};
  return keys;
}

}  // namespace

RestoreView::RestoreView(Studio& studio, QWidget* parent)
    : QFrame(parent),
      studio_(studio),
      tabs_(new QTabBar),
      hint_(make_label({}, "hint")),
      objection_(make_label({}, "attention")),
      mask_words_(make_label({}, "secondary")),
      mask_edit_(new QPushButton),
      mask_off_(new QPushButton(tr("Take off"))),
      mask_invert_(new QCheckBox(tr("Outside it instead"))),
      scale_hint_(make_label({}, "secondary")),
      presets_(new QPushButton(tr("presets"))),
      size_hint_(make_label({}, "secondary")),
      pattern_(new QLineEdit),
      example_(make_label({}, "secondary")),
      add_(new QCheckBox(tr("Add to library"))),
      leads_(new QCheckBox(tr("Result leads the group"))),
      model_(new QLabel),
      card_(new QPushButton(tr("card"))),
      process_(new QPushButton),
      time_(make_label({}, "secondary")) {
  setObjectName(QStringLiteral("restore"));
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  tabs_->setAccessibleName(tr("Task"));
  tabs_->setExpanding(false);
  tabs_->setUsesScrollButtons(false);
  for (const QString& task : RestorePanel::tasks()) tabs_->addTab(name_of_task(task));
  auto* tab_row = new QHBoxLayout;
  tab_row->setContentsMargins(dp(16), dp(8), dp(8), 0);
  tab_row->addWidget(tabs_);
  outer->addLayout(tab_row);
  outer->addWidget(make_rule());

  const auto [column, bottom] = add_panel_parts(*outer);
  for (auto* words : {hint_, objection_, scale_hint_, example_, model_}) {
    words->setWordWrap(true);  // and no long name makes the panel wider than its pane
    words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  }
  column->addWidget(hint_);
  column->addWidget(objection_);
  controls_place_ = new QVBoxLayout;
  column->addLayout(controls_place_);
  add_mask_row(*column);
  column->addWidget(scale_hint_);
  column->addWidget(make_rule());
  auto* output = new QHBoxLayout;
  output->addWidget(make_label(tr("OUTPUT"), "label"));
  output->addStretch();
  output->addWidget(size_hint_);
  presets_->setObjectName(QStringLiteral("link"));
  presets_->setToolTip(tr("Settings that were kept under a name"));
  output->addWidget(presets_);
  column->addLayout(output);
  auto* output_place = new QVBoxLayout;
  output_place->setObjectName(QStringLiteral("output_place"));
  column->addLayout(output_place);
  auto* name_row = new QHBoxLayout;
  name_row->addWidget(pattern_, 1);
  auto* variables = new QPushButton(tr("Variables"));
  variables->setToolTip(tr("What can stand in the name of a result"));
  name_row->addWidget(variables);
  column->addLayout(name_row);
  pattern_->setAccessibleName(tr("Folder and name of results"));
  column->addWidget(example_);
  column->addWidget(add_);
  column->addWidget(leads_);
  column->addWidget(make_rule());
  auto* model_row = new QHBoxLayout;
  model_row->addWidget(model_, 1);
  card_->setObjectName(QStringLiteral("link"));
  card_->setAccessibleName(tr("Card of the model"));
  card_->setToolTip(tr("What the model is, is made of, and may be used for"));
  model_row->addWidget(card_);
  column->addWidget(make_label(tr("MODEL"), "label"));
  column->addLayout(model_row);
  column->addStretch();
  pattern_->setMinimumWidth(dp(80));
  process_->setObjectName(QStringLiteral("main"));
  process_->setToolTip(tr("Hands the selected pictures to the queue (Ctrl+Enter)"));
  time_->setAlignment(Qt::AlignCenter);
  time_->setWordWrap(true);
  bottom->addWidget(process_);
  bottom->addWidget(time_);

  RestorePanel& panel = studio_.restore();
  connect(tabs_, &QTabBar::currentChanged, this,
          [this](int index) { studio_.restore().set_task(RestorePanel::tasks().value(index)); });
  connect(&panel, &RestorePanel::task_changed, this, [this] {
    build_controls();
    read_values();
    read_output();
    read_selection();
  });
  connect(&panel, &RestorePanel::settings_changed, this, &RestoreView::read_values);
  connect(&panel, &RestorePanel::output_changed, this, &RestoreView::read_output);
  connect(&panel, &RestorePanel::selection_changed, this, &RestoreView::read_selection);
  connect(&studio_.ai(), &AiSettings::models_changed, this, &RestoreView::read_selection);
  connect(pattern_, &QLineEdit::textEdited, this,
          [this](const QString& text) { studio_.restore().set_pattern(text); });
  connect(variables, &QPushButton::clicked, this, &RestoreView::show_variables);
  connect(add_, &QCheckBox::toggled, this,
          [this](bool on) { studio_.restore().set_add_to_library(on); });
  connect(leads_, &QCheckBox::toggled, this,
          [this](bool on) { studio_.restore().set_result_leads(on); });
  objection_->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
  connect(objection_, &QLabel::linkActivated, this,
          [this](const QString& task) { studio_.restore().set_task(task); });
  connect(presets_, &QPushButton::clicked, this, &RestoreView::show_presets);
  connect(card_, &QPushButton::clicked, this, &RestoreView::card_asked);
  connect(process_, &QPushButton::clicked, this, &RestoreView::process_asked);
  build_controls();
  read_values();
  read_output();
  read_selection();
}

void RestoreView::show_tab(int index) { tabs_->setCurrentIndex(index); }

void RestoreView::build_controls() {
  readers_.clear();
  delete controls_;
  controls_ = new QWidget;
  controls_->setObjectName(QStringLiteral("plain"));
  auto* column = new QVBoxLayout(controls_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(dp(4));
  for (const QString& key : task_keys(studio_.restore().task())) add_control(*column, key);
  controls_place_->addWidget(controls_);

  auto* place = findChild<QVBoxLayout*>(QStringLiteral("output_place"));
  while (place->count() > 0) {
    QLayoutItem* item = place->takeAt(0);
    delete item->widget();
    delete item;
  }
  auto* output = new QWidget;
  output->setObjectName(QStringLiteral("plain"));
  auto* rows = new QVBoxLayout(output);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(dp(4));
  for (const QString& key : output_keys()) add_control(*rows, key);
  place->addWidget(output);
}

void RestoreView::add_control(QVBoxLayout& column, const QString& key) {
  const app::Setting* setting = studio_.restore().setting(key);
  if (setting == nullptr) return;
  const QString name = name_of_setting(key);
  switch (setting->form) {
    case app::Form::Number:
    case app::Form::Whole:
      return add_slider(column, key, name);
    case app::Form::Word:
    case app::Form::Name:
      if (setting->words.size() > 1) add_words(column, key, name);
      return;
    case app::Form::Flag:
      return add_flag(column, key, name);
    case app::Form::AutoOrNumber:
      return add_auto(column, key, name);
    default:
      return;
  }
}

void RestoreView::add_slider(QVBoxLayout& column, const QString& key, const QString& name) {
  const app::Setting& setting = *studio_.restore().setting(key);
  // Percents and qualities in whole steps; a factor runs from a tenth to ten by its logarithm.
  const bool logarithmic = key == QLatin1String("noise_scale");
  const bool fine = key == QLatin1String("tolerance");
  const double least = setting.least;
  const double most = fine ? 20 : setting.most;
  const int steps = logarithmic ? 200 : fine ? 80 : static_cast<int>(most - least);
  const auto value_at = [=](int step) {
    const double share = static_cast<double>(step) / steps;
    if (!logarithmic) return least + (most - least) * share;
    return std::round(least * std::pow(most / least, share) * 100) / 100;
  };
  const auto step_of = [=](double value) {
    const double share = logarithmic ? std::log(value / least) / std::log(most / least)
                                     : (value - least) / (most - least);
    return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * steps));
  };
  const bool whole = setting.form == app::Form::Whole;
  auto* row = new QHBoxLayout;
  auto* words = make_label(name);
  words->setToolTip(qt(setting.help));
  auto* number = make_label({});
  QFont bold = number->font();
  bold.setBold(true);
  number->setFont(bold);
  row->addWidget(words, 1);
  row->addWidget(number);
  auto* slider = new ResetSlider;
  slider->setRange(0, steps);
  slider->setPageStep(std::max(1, steps / 10));
  slider->setAccessibleName(name);
  slider->setToolTip(tr("%1. Double click: the usual value").arg(qt(setting.help)));
  slider->on_reset = [this, key] { studio_.restore().reset(key); };
  words->setBuddy(slider);
  connect(slider, &QSlider::valueChanged, this, [this, key, value_at, whole](int step) {
    const double value = value_at(step);
    studio_.restore().set_value(
        key, whole ? QVariant(static_cast<qlonglong>(std::lround(value))) : QVariant(value));
  });
  connect(slider, &QSlider::sliderReleased, this, [this] { studio_.restore().end_step(); });
  readers_.push_back([this, key, words, slider, number, step_of, logarithmic, fine] {
    const double value = studio_.restore().value(key).toDouble();
    const QSignalBlocker quiet(slider);
    if (!slider->isSliderDown()) slider->setValue(step_of(value));
    const QString shown = QString::number(value, 'f', logarithmic ? 2 : fine ? 1 : 0);
    number->setText(shown);
    slider->setAccessibleDescription(shown);
    const bool used = studio_.restore().is_used(key);
    for (QWidget* widget : {static_cast<QWidget*>(words), static_cast<QWidget*>(number),
                            static_cast<QWidget*>(slider)}) {
      widget->setEnabled(used);
    }
  });
  column.addLayout(row);
  column.addWidget(slider);
}

void RestoreView::add_words(QVBoxLayout& column, const QString& key, const QString& name) {
  const app::Setting& setting = *studio_.restore().setting(key);
  auto* row = new QHBoxLayout;
  auto* words = make_label(name);
  words->setToolTip(qt(setting.help));
  auto* box = new QComboBox;
  box->setAccessibleName(name);
  box->setToolTip(qt(setting.help));
  box->setFocusPolicy(Qt::StrongFocus);
  box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  box->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  words->setWordWrap(true);  // the name takes two lines before a choice is cut
  for (const std::string& word : setting.words) {
    if (word == "refuse") continue;  // in a queue that means a failure
    if (key == QLatin1String("scale") && word == "auto") continue;  // which needs a print
    box->addItem(name_of_word(key, qt(word)), qt(word));
  }
  words->setBuddy(box);
  row->addWidget(words, 1);
  row->addWidget(box);
  connect(box, &QComboBox::activated, this, [this, key, box](int index) {
    const QString word = box->itemData(index).toString();
    bool is_number = false;
    const qlonglong number = word.toLongLong(&is_number);
    studio_.restore().end_step();
    studio_.restore().set_value(key, is_number ? QVariant(number) : QVariant(word));
  });
  readers_.push_back([this, key, box] {
    const QString word = studio_.restore().value(key).toString();
    const QSignalBlocker quiet(box);
    box->setCurrentIndex(std::max(0, box->findData(word)));
    const QString format = studio_.restore().value(QStringLiteral("format")).toString();
    if (key == QLatin1String("compression")) {
      box->setEnabled(format == QLatin1String("tif") || format == QLatin1String("dng"));
    }
  });
  column.addLayout(row);
}

void RestoreView::add_flag(QVBoxLayout& column, const QString& key, const QString& name) {
  auto* box = new QCheckBox(name);
  box->setToolTip(qt(studio_.restore().setting(key)->help));
  connect(box, &QCheckBox::toggled, this, [this, key](bool on) {
    studio_.restore().end_step();
    studio_.restore().set_value(key, on);
  });
  readers_.push_back([this, key, box] {
    const QSignalBlocker quiet(box);
    box->setChecked(studio_.restore().value(key).toBool());
  });
  column.addWidget(box);
}

void RestoreView::add_auto(QVBoxLayout& column, const QString& key, const QString& name) {
  const app::Setting& setting = *studio_.restore().setting(key);
  auto* row = new QHBoxLayout;
  auto* words = make_label(name);
  words->setToolTip(qt(setting.help));
  auto* number = new QDoubleSpinBox;
  number->setRange(setting.least - 0.1, setting.most);
  number->setDecimals(1);
  number->setSingleStep(0.5);
  number->setSpecialValueText(tr("automatic"));
  number->setMinimumWidth(dp(110));
  number->setAccessibleName(name);
  number->findChild<QLineEdit*>()->setAccessibleName(name);  // screen readers reach it as well
  number->setToolTip(qt(setting.help));
  number->setFocusPolicy(Qt::StrongFocus);
  row->addWidget(words, 1);
  row->addWidget(number);
  const double least = setting.least;
  connect(number, &QDoubleSpinBox::valueChanged, this, [this, key, least](double value) {
    studio_.restore().set_value(key,
                                value < least ? QVariant(QStringLiteral("auto")) : QVariant(value));
  });
  readers_.push_back([this, key, number, least] {
    const QVariant value = studio_.restore().value(key);
    const QSignalBlocker quiet(number);
    number->setValue(value.typeId() == QMetaType::QString ? least - 0.1 : value.toDouble());
  });
  column.addLayout(row);
}

void RestoreView::read_values() {
  for (const auto& read : readers_) read();
  read_scale_hint();
  size_hint_->setText(studio_.restore().size_hint());
  const QSignalBlocker quiet(tabs_);
  tabs_->setCurrentIndex(static_cast<int>(RestorePanel::tasks().indexOf(studio_.restore().task())));
}

void RestoreView::read_output() {
  RestorePanel& panel = studio_.restore();
  if (pattern_->text() != panel.pattern()) {
    pattern_->setText(panel.pattern());
    pattern_->setCursorPosition(0);
  }
  example_->setText(breakable(panel.example()));
  size_hint_->setText(panel.size_hint());
  const QSignalBlocker quiet_add(add_);
  const QSignalBlocker quiet_leads(leads_);
  add_->setChecked(panel.add_to_library());
  leads_->setChecked(panel.result_leads());
}

void RestoreView::read_selection() {
  RestorePanel& panel = studio_.restore();
  for (int i = 0; i < tabs_->count(); ++i) {
    const QString why = panel.objection(RestorePanel::tasks().value(i));
    tabs_->setTabToolTip(i, why);
    tabs_->setTabTextColor(i, why.isEmpty() ? QColor() : Theme::now().secondary);
  }
  const QString why = panel.objection(panel.task());
  const bool other = panel.task() == RestorePanel::tasks().front() &&
                     panel.objection(QStringLiteral("denoise")).isEmpty();
  objection_->setText(why.toHtmlEscaped() +
                      (other && !why.isEmpty()
                           ? QStringLiteral(" <a href=\"denoise\" style=\"color:%1\">%2</a>")
                                 .arg(Theme::now().accent.name(), tr("Use Denoise"))
                           : QString()));
  objection_->setVisible(!why.isEmpty());
  if (controls_ != nullptr) controls_->setEnabled(why.isEmpty());
  const app::Suggestion& suggestion = panel.suggestion();
  hint_->setVisible(panel.suggestions_shown() && why.isEmpty() && !suggestion.sentence.empty());
  hint_->setText(qt(suggestion.sentence) +
                 (suggestion.reason.empty()
                      ? QString()
                      : QStringLiteral("<br><small>") + qt(suggestion.reason).toHtmlEscaped() +
                            QStringLiteral("</small>")));
  const QString asked = panel.value(QStringLiteral("model")).toString();
  model_->setText(studio_.ai().model_words(panel.task(), asked));
  card_->setEnabled(studio_.ai().model_of(panel.task(), asked) != nullptr);
  process_->setText(panel.button_text());
  process_->setEnabled(panel.can_process());
  process_->setAccessibleDescription(panel.time_hint());
  time_->setText(panel.time_hint());
  read_scale_hint();
}

void RestoreView::read_scale_hint() {
  const RestorePanel& panel = studio_.restore();
  const bool large = panel.is_large();
  scale_hint_->setText(
      panel.scale_hint() +
      (large ? QLatin1Char('\n') + tr("That is large: it takes long and much room.") : QString()));
  name_style(*scale_hint_, large ? QStringLiteral("attention") : QStringLiteral("secondary"));
  scale_hint_->setVisible(!panel.scale_hint().isEmpty());
}

}  // namespace latent::gui
