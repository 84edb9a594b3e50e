// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/dialogs.h"

#include <QtCore/QPointer>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QTextBrowser>

#include "gui/view/controls.h"
#include "gui/view/models_page.h"
#include "gui/view/screen_profile.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

SettingsDialog::SettingsDialog(Studio& studio, QWidget* parent)
    : QDialog(parent),
      studio_(studio),
      pages_(new QTabWidget),
      busy_(make_small({})),
      bar_(new QProgressBar),
      cancel_(new QPushButton(tr("Cancel"))) {
  setWindowTitle(tr("Settings"));
  resize(dp(860), dp(560));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(dp(16), dp(16), dp(16), dp(16));
  column->setSpacing(dp(8));
  pages_->addTab(make_devices(), tr("Devices"));
  pages_->addTab(new ModelsPage(studio), tr("Models"));
  pages_->addTab(make_look(), tr("Screen and language"));
  column->addWidget(pages_, 1);
  auto* row = new QHBoxLayout;
  row->addWidget(busy_, 1);
  bar_->setRange(0, 0);
  bar_->setAccessibleName(tr("It works"));
  bar_->setFixedWidth(dp(160));
  row->addWidget(bar_);
  row->addWidget(cancel_);
  auto* close = new QPushButton(tr("Close"));
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  connect(cancel_, &QPushButton::clicked, this, [this] { studio_.ai().cancel(); });
  row->addWidget(close);
  column->addLayout(row);
  connect(&studio_.ai(), &AiSettings::devices_changed, this, &SettingsDialog::fill_devices);
  connect(&studio_.ai(), &AiSettings::busy_changed, this, &SettingsDialog::fill_busy);
  connect(&studio_.ai(), &AiSettings::problem, busy_, &QLabel::setText);
  connect(&studio_.ai(), &AiSettings::told, busy_, &QLabel::setText);
  if (studio_.ai().devices().empty()) {
    studio_.ai().list_devices();
  } else {
    fill_devices();
  }
  fill_busy();
}

void SettingsDialog::show_page(int index) { pages_->setCurrentIndex(index); }

void SettingsDialog::fill_busy() {
  const QString what = studio_.ai().busy();
  if (!what.isEmpty()) busy_->setText(what);
  bar_->setVisible(!what.isEmpty());
  cancel_->setVisible(!what.isEmpty());
  if (what.isEmpty() && busy_->text() == busy_->property("busy").toString()) busy_->clear();
  busy_->setProperty("busy", what);
}

QWidget* SettingsDialog::make_devices() {
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(dp(16), dp(16), dp(16), dp(16));
  devices_ = make_table(
      {tr("Engine"), tr("Device"), tr("Name"), tr("Number formats"), tr("Checked"), tr("Speed")},
      tr("Devices that can run networks"));
  column->addWidget(devices_, 1);
  auto* form = new QFormLayout;
  auto* device = new QComboBox;
  device->addItem(tr("automatic"), QStringLiteral("auto"));
  for (const char* word : {"cpu", "gpu", "npu", "cuda"}) {
    device->addItem(QLatin1String(word), QLatin1String(word));
  }
  // Those of plug-ins have words that only the plug-in knows.
  const auto add_device = [device](const QString& word) {
    if (!word.isEmpty() && device->findData(word) < 0) device->addItem(word, word);
  };
  add_device(studio_.ai().device());
  connect(&studio_.ai(), &AiSettings::devices_changed, device, [this, add_device] {
    for (const DeviceRow& row : studio_.ai().devices()) add_device(row.device);
  });
  device->setCurrentIndex(std::max(0, device->findData(studio_.ai().device())));
  connect(device, &QComboBox::activated, this,
          [this, device] { studio_.ai().set_device(device->currentData().toString()); });
  form->addRow(tr("Run networks on"), device);
  auto* precision = new QComboBox;
  precision->addItem(tr("automatic"), QStringLiteral("auto"));
  for (const char* word : {"best", "f32", "bf16", "int8", "f16"}) {
    precision->addItem(QLatin1String(word), QLatin1String(word));
  }
  precision->setCurrentIndex(std::max(0, precision->findData(studio_.ai().precision())));
  connect(precision, &QComboBox::activated, this,
          [this, precision] { studio_.ai().set_precision(precision->currentData().toString()); });
  form->addRow(tr("Number format"), precision);
  auto* library = new QLineEdit(studio_.ai().ort_library());
  library->setPlaceholderText(tr("found automatically"));
  connect(library, &QLineEdit::editingFinished, this, [this, library] {
    if (library->text() != studio_.ai().ort_library())
      studio_.ai().set_ort_library(library->text());
  });
  form->addRow(tr("ONNX Runtime library"), library);
  auto* plugins = new QLineEdit(studio_.ai().ort_plugins());
  plugins->setPlaceholderText(tr("none"));
  plugins->setToolTip(
      tr("Libraries of execution providers, such as libonnxruntime_providers_webgpu.so, with"
         " colons between them"));
  connect(plugins, &QLineEdit::editingFinished, this, [this, plugins] {
    if (plugins->text() != studio_.ai().ort_plugins())
      studio_.ai().set_ort_plugins(plugins->text());
  });
  form->addRow(tr("Plug-ins of ONNX Runtime"), plugins);
  column->addLayout(form);
  auto* row = new QHBoxLayout;
  auto* again = new QPushButton(tr("Look again"));
  auto* attempt = new QPushButton(tr("Try every device"));
  attempt->setToolTip(
      tr("Compiles the network for each device in another process and compares the"
         " answers with those of the processor"));
  connect(again, &QPushButton::clicked, this, [this] { studio_.ai().list_devices(); });
  connect(attempt, &QPushButton::clicked, this, [this] { studio_.ai().try_devices(); });
  row->addWidget(again);
  row->addWidget(attempt);
  row->addStretch();
  column->addLayout(row);
  return page;
}

void SettingsDialog::fill_devices() {
  devices_->setRowCount(0);
  for (const DeviceRow& row : studio_.ai().devices()) {
    put_table_row(*devices_, {row.engine, row.device, row.name, row.precisions,
                              row.verdict.isEmpty() ? tr("not tried") : row.verdict, row.pace});
  }
  devices_->resizeColumnsToContents();
}

QWidget* SettingsDialog::make_look() {
  auto* page = new QWidget;
  auto* form = new QFormLayout(page);
  form->setContentsMargins(dp(16), dp(16), dp(16), dp(16));
  form->setVerticalSpacing(dp(8));
  auto* profile = new QComboBox;
  profile->addItem(tr("automatic"), QStringLiteral("auto"));
  profile->addItem(QStringLiteral("sRGB"), QStringLiteral("srgb"));
  profile->addItem(tr("a profile of your own..."), QStringLiteral("file"));
  const QString now = qt(studio_.settings().word("screen", "auto"));
  profile->setCurrentIndex(profile->findData(now) >= 0 ? profile->findData(now) : 2);
  auto* in_force = make_small(screen_profile_words(studio_));
  connect(profile, &QComboBox::activated, this, [this, profile, in_force] {
    const QString word = profile->currentData().toString();
    const auto apply = [this, in_force](const QString& value) {
      studio_.settings().set_word("screen", value.toStdString());
      use_screen_profile(studio_, parentWidget());
      in_force->setText(screen_profile_words(studio_));
    };
    if (word != QLatin1String("file")) return apply(word);
    auto* dialog =
        new QFileDialog(this, tr("Profile of the screen"), {}, tr("Profiles (*.icc *.icm)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, apply);
    dialog->open();
  });
  form->addRow(tr("Colours of the screen"), profile);
  form->addRow({}, in_force);
  auto* language = new QComboBox;
  language->addItem(tr("that of the system"), QString());
  language->addItem(QStringLiteral("English"), QStringLiteral("en"));
  language->addItem(QStringLiteral("Deutsch"), QStringLiteral("de"));
  language->addItem(QStringLiteral("Français"), QStringLiteral("fr"));
  language->setCurrentIndex(
      std::max(0, language->findData(qt(studio_.settings().word("language")))));
  connect(language, &QComboBox::activated, this, [this, language] {
    studio_.settings().set_word("language", language->currentData().toString().toStdString());
  });
  form->addRow(tr("Language, from the next start on"), language);
  auto* suggestions = new QCheckBox(tr("Say what a photograph needs"));
  suggestions->setChecked(studio_.restore().suggestions_shown());
  connect(suggestions, &QCheckBox::toggled, this,
          [this](bool on) { studio_.restore().show_suggestions(on); });
  form->addRow({}, suggestions);
  auto* prepare = new QPushButton(tr("Prepare all thumbnails now"));
  connect(prepare, &QPushButton::clicked, this, [this] { studio_.library().prepare_all(); });
  form->addRow(tr("Open folder"), prepare);
  return page;
}

KeysDialog::KeysDialog(QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Keys"));
  resize(dp(560), dp(620));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(dp(16), dp(16), dp(16), dp(16));
  auto* keys = make_table({tr("Key"), tr("What it does")}, tr("Keys"));
  const std::pair<QString, QString> rows[] = {
      {tr("Left, Right"), tr("the photograph before, after")},
      {tr("Home, End"), tr("the first, the last photograph")},
      {tr("Space"), tr("100 % or the whole picture, at the pointer")},
      {tr("+ and -"), tr("larger, smaller, at the pointer")},
      {tr("\\ held"), tr("before")},
      {QStringLiteral("|"), tr("divider, side by side, after only, difference")},
      {QStringLiteral("C"), tr("compare two selected photographs, or a result with its source")},
      {tr("L held"), tr("magnifier")},
      {QStringLiteral("1, 2, 3"), tr("raw denoise, denoise, upscale")},
      {QStringLiteral("R, M, E"), tr("restore, mask, erase")},
      {QStringLiteral("C, X, P"), tr("mask: click, box, brush")},
      {tr("Alt+click, right click"), tr("mask: what is not the object's")},
      {tr("Shift+drag"), tr("mask: a box")},
      {QStringLiteral("[ ]"), tr("mask: a thinner, a wider brush")},
      {QStringLiteral("N"), tr("mask: another object")},
      {QStringLiteral("D"), tr("erase: find shadows of dust")},
      {QStringLiteral("O"), tr("mask: blue, dark around it, alone")},
      {tr("Enter, Esc"), tr("mask: use it, leave")},
      {tr("Ctrl+Enter"), tr("process what is selected")},
      {tr("Ctrl+P"), tr("pause the queue, or go on")},
      {QStringLiteral("G"), tr("grid or picture")},
      {QStringLiteral("F"), tr("full screen")},
      {tr("Tab in the picture"), tr("fold or show the panes")},
      {QStringLiteral("F6"), tr("to the next pane")},
      {QStringLiteral("B"), tr("ground around the picture: theme, black, dark, mid, white")},
      {tr("Ctrl+Z, Ctrl+Shift+Z"), tr("undo, redo a setting")},
      {tr("Double click on a slider"), tr("its usual value")},
      {tr("Ctrl+wheel"), tr("the photograph before, after")},
      {tr("Wheel"), tr("larger, smaller, at the pointer")},
      {tr("Ctrl+O, Ctrl+Shift+O"), tr("open a folder, open files")},
      {tr("Ctrl+F"), tr("search")},
      {tr("Ctrl+Shift+T"), tr("prepare all thumbnails")},
      {QStringLiteral("F5"), tr("look at the folder again")},
      {tr("Ctrl+,"), tr("settings")},
      {QStringLiteral("F1"), tr("this list")}};
  for (const auto& [key, what] : rows) put_table_row(*keys, {key, what});
  keys->resizeColumnsToContents();
  keys->setWordWrap(true);
  keys->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);  // or two lines
  column->addWidget(keys, 1);
  auto* close = new QPushButton(tr("Close"));
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  column->addWidget(close, 0, Qt::AlignRight);
}

CardDialog::CardDialog(const QString& title, const QString& markdown, QWidget* parent)
    : QDialog(parent) {
  setWindowTitle(title);
  resize(dp(560), dp(440));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(dp(16), dp(16), dp(16), dp(16));
  auto* text = new QTextBrowser;
  text->setMarkdown(markdown);
  text->setAccessibleName(title);
  column->addWidget(text, 1);
  buttons_ = new QHBoxLayout;
  buttons_->addStretch();
  auto* close = new QPushButton(tr("Close"));
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  buttons_->addWidget(close);
  column->addLayout(buttons_);
}

void CardDialog::offer(const QString& words, const std::function<void()>& work) {
  auto* button = new QPushButton(words);
  connect(button, &QPushButton::clicked, this, [this, work] {
    work();
    accept();
  });
  buttons_->insertWidget(1, button);
}

}  // namespace latent::gui
