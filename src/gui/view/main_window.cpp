// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/main_window.h"

#include <QtGui/QAction>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>
#include <cmath>

#include "gui/view/controls.h"
#include "gui/view/dialogs.h"
#include "gui/view/mask_view.h"
#include "gui/view/panes.h"
#include "gui/view/photo_list.h"
#include "gui/view/restore_view.h"
#include "gui/view/theme.h"
#include "gui/view/viewer.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

namespace {

constexpr int kWelcomePage = 0;
constexpr int kPicturePage = 1;
constexpr int kGridPage = 2;

}  // namespace

MainWindow::MainWindow(Studio& studio, QWidget* parent)
    : QMainWindow(parent),
      studio_(studio),
      sources_(new SourcesPane(studio)),
      restore_(new RestoreView(studio)),
      mask_(new MaskView(studio)),
      panel_(new QStackedWidget),
      queue_(new QueuePane(studio)),
      viewer_(new Viewer(studio.preview())),
      grid_(new PhotoList(studio.library(), PhotoList::Shape::Grid)),
      strip_(new PhotoList(studio.library(), PhotoList::Shape::Strip)),
      centre_(new QStackedWidget),
      columns_(new QSplitter(Qt::Horizontal)),
      headline_(new QLabel),
      pixel_(new QLabel),
      picture_page_(new QWidget),
      notice_(new QFrame),
      notice_words_(new QLabel) {
  setWindowTitle(tr("latent studio"));
  setAcceptDrops(true);
  auto* whole = new QWidget;
  auto* rows = new QVBoxLayout(whole);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(0);
  rows->addWidget(make_top());
  columns_->setHandleWidth(1);
  columns_->setChildrenCollapsible(false);
  columns_->addWidget(sources_);
  columns_->addWidget(make_centre());
  panel_->addWidget(restore_);
  panel_->addWidget(mask_);
  columns_->addWidget(panel_);
  columns_->setStretchFactor(1, 1);
  sources_->setMinimumWidth(dp(180));
  panel_->setMinimumWidth(dp(316));
  rows->addWidget(columns_, 1);
  rows->addWidget(queue_);
  setCentralWidget(whole);
  make_actions();
  connect_all();
  connect_tools();
  connect_comparison();
  restore_places();
  update_centre();
  for (const QString& notice : studio_.notices()) tell(notice, true);
}

MainWindow::~MainWindow() = default;

QWidget* MainWindow::make_top() {
  auto* top = new QFrame;
  top->setObjectName(QStringLiteral("top"));
  auto* row = new QHBoxLayout(top);
  row->setContentsMargins(dp(16), dp(8), dp(16), dp(8));
  row->setSpacing(dp(8));
  auto* title = new QLabel(tr("latent studio"));
  title->setObjectName(QStringLiteral("title"));
  row->addWidget(title);
  row->addSpacing(dp(16));
  const std::pair<QString, QString> modes[] = {
      {tr("Restore"), tr("Remove noise and enlarge (R)")},
      {tr("Mask"), tr("Work in a part of the picture, or keep it as a mask (M)")},
      {tr("Erase"), tr("Remove a thing and fill what is left (E)")}};
  for (int i = 0; i < 3; ++i) {
    auto* button = make_tool(modes[i].first, modes[i].second);
    button->setObjectName(QStringLiteral("mode"));
    button->setCheckable(true);
    connect(button, &QToolButton::clicked, this, [this, i] { show_mode(static_cast<Mode>(i)); });
    row->addWidget(button);
    modes_.push_back(button);
  }
  auto* grid = make_tool(tr("Grid"), tr("All photographs, or one of them (G)"));
  grid->setObjectName(QStringLiteral("grid"));
  grid->setCheckable(true);
  connect(grid, &QToolButton::clicked, this, [this] { show_grid(!grid_wanted_); });
  row->addWidget(grid);
  row->addStretch(1);
  search_ = new QLineEdit;
  search_->setPlaceholderText(tr("Search name, camera, ISO"));
  search_->setAccessibleName(tr("Search name, camera, ISO"));
  search_->setClearButtonEnabled(true);
  search_->setMinimumWidth(dp(120));
  search_->setMaximumWidth(dp(340));
  row->addWidget(search_, 1);
  auto* theme = make_tool(tr("Light"), tr("Bright or dark surroundings"));
  theme->setObjectName(QStringLiteral("theme"));
  connect(theme, &QToolButton::clicked, this, [this] { set_dark(!Theme::now().dark); });
  row->addWidget(theme);
  auto* settings = make_tool(tr("Settings"), tr("Devices, models, screen, language (Ctrl+,)"));
  connect(settings, &QToolButton::clicked, this, &MainWindow::show_settings);
  row->addWidget(settings);
  auto* keys = make_tool(QStringLiteral("?"), tr("The list of keys (F1)"));
  keys->setAccessibleName(tr("Keys"));
  connect(keys, &QToolButton::clicked, this, &MainWindow::show_keys);
  row->addWidget(keys);
  return top;
}

QWidget* MainWindow::make_centre() {
  auto* middle = new QWidget;
  auto* rows = new QVBoxLayout(middle);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(0);
  notice_->setObjectName(QStringLiteral("notice"));
  auto* notice_row = new QHBoxLayout(notice_);
  notice_row->setContentsMargins(dp(16), dp(6), dp(8), dp(6));
  notice_words_->setWordWrap(true);
  notice_words_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  notice_row->addWidget(notice_words_, 1);
  auto* close = new QPushButton(tr("Close"));
  connect(close, &QPushButton::clicked, notice_, &QWidget::hide);
  notice_row->addWidget(close);
  notice_->hide();
  rows->addWidget(notice_);

  auto* page = new QVBoxLayout(picture_page_);
  page->setContentsMargins(0, 0, 0, 0);
  page->setSpacing(0);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(dp(16), dp(4), dp(8), dp(4));
  headline_->setObjectName(QStringLiteral("secondary"));
  headline_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  headline_->installEventFilter(this);  // its words are cut to its width
  head->addWidget(headline_, 1);
  auto* pair = make_tool(
      tr("Compare"), tr("Two selected photographs in one view, or a result and its source (C)"));
  pair->setObjectName(QStringLiteral("pair"));
  pair->setCheckable(true);
  pair->setAccessibleName(tr("Compare two photographs"));
  connect(pair, &QToolButton::clicked, this, &MainWindow::toggle_comparison);
  head->addWidget(pair);
  auto* compare = make_tool(tr("Divider"), tr("How before and after are shown ( | )"));
  compare->setObjectName(QStringLiteral("compare"));
  for (const QString& words :
       {tr("Side by side"), tr("After only"), tr("Difference")}) {  // it keeps its width
    compare->setText(words);
    compare->setMinimumWidth(std::max(compare->minimumWidth(), compare->sizeHint().width()));
  }
  compare->setText(tr("Divider"));
  connect(compare, &QToolButton::clicked, this, [this] {
    using Compare = Viewer::Compare;
    const Compare now = viewer_->compare();
    viewer_->set_compare(now == Compare::Divider      ? Compare::SideBySide
                         : now == Compare::SideBySide ? Compare::After
                         // Two photographs have no difference that is at hand.
                         : now == Compare::After && !studio_.is_comparing() ? Compare::Difference
                                                                            : Compare::Divider);
  });
  head->addWidget(compare);
  for (const auto& [words, zoom] :
       {std::pair(tr("Fit"), 0.0), std::pair(QStringLiteral("50"), 0.5),
        std::pair(QStringLiteral("100 %"), 1.0), std::pair(QStringLiteral("200"), 2.0),
        std::pair(QStringLiteral("400"), 4.0)}) {
    auto* button =
        make_tool(words, zoom == 0 ? tr("The whole picture (Space)")
                                   : tr("%1 % of the pixels of the screen").arg(zoom * 100));
    button->setCheckable(true);
    button->setProperty("zoom", zoom);
    button->setObjectName(QStringLiteral("zoom"));
    connect(button, &QToolButton::clicked, this, [this, zoom = zoom] {
      if (zoom == 0) {
        viewer_->set_fit();
      } else {
        viewer_->set_zoom(zoom, QPointF(viewer_->rect().center()));
      }
    });
    head->addWidget(button);
  }
  page->addLayout(head);
  page->addWidget(viewer_, 1);
  auto* foot = new QHBoxLayout;
  foot->setContentsMargins(dp(16), 0, dp(16), 0);
  pixel_->setObjectName(QStringLiteral("label"));
  pixel_->setMinimumHeight(dp(18));
  foot->addWidget(pixel_, 1);
  page->addLayout(foot);
  strip_->setFixedHeight(strip_->cell().height() + dp(14));
  page->addWidget(strip_);

  auto* welcome = new WelcomePane;
  connect(welcome, &WelcomePane::open_folder_asked, this, &MainWindow::ask_folder);
  connect(welcome, &WelcomePane::open_files_asked, this, &MainWindow::ask_files);
  centre_->insertWidget(kWelcomePage, make_scroll(*welcome));
  centre_->insertWidget(kPicturePage, picture_page_);
  centre_->insertWidget(kGridPage, grid_);
  rows->addWidget(centre_, 1);
  return middle;
}

void MainWindow::make_actions() {
  const auto add = [this](const QKeySequence& keys, auto work) {
    auto* action = new QAction(this);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, work);
    addAction(action);
  };
  add(QKeySequence(Qt::CTRL | Qt::Key_O), [this] { ask_folder(); });
  add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] { ask_files(); });
  add(QKeySequence(Qt::Key_F5), [this] { studio_.library().refresh(); });
  add(QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { studio_.process(); });
  add(QKeySequence(Qt::CTRL | Qt::Key_Z),
      [this] { studio_.mask().is_on() ? studio_.mask().undo() : studio_.restore().undo(); });
  add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z),
      [this] { studio_.mask().is_on() ? studio_.mask().redo() : studio_.restore().redo(); });
  add(QKeySequence(Qt::CTRL | Qt::Key_F), [this] { search_->setFocus(); });
  add(QKeySequence(Qt::CTRL | Qt::Key_Comma), [this] { show_settings(); });
  add(QKeySequence(Qt::CTRL | Qt::Key_P), [this] { studio_.queue().pause_or_go_on(); });
  add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T), [this] { studio_.library().prepare_all(); });
  add(QKeySequence(Qt::Key_F1), [this] { show_keys(); });
  add(QKeySequence(Qt::Key_F6), [this] {
    QWidget* const stops[] = {sources_, viewer_, strip_, panel_->currentWidget(), queue_};
    int at = 0;
    for (int i = 0; i < 5; ++i) {
      if (stops[i] == QApplication::focusWidget() ||
          stops[i]->isAncestorOf(QApplication::focusWidget())) {
        at = i + 1;
      }
    }
    for (int i = 0; i < 5; ++i) {
      QWidget* stop = stops[(at + i) % 5];
      if (!stop->isVisible()) continue;
      if (stop->focusPolicy() == Qt::NoFocus) stop = stop->nextInFocusChain();
      return stop->setFocus(Qt::TabFocusReason);
    }
  });
  add(QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
}

void MainWindow::connect_all() {
  connect(sources_, &SourcesPane::open_asked, this, &MainWindow::ask_folder);
  connect(sources_, &SourcesPane::folder_picked, this,
          [this](const QString& folder) { open({path_of(folder)}); });
  connect(restore_, &RestoreView::process_asked, this, [this] { studio_.process(); });
  connect(restore_, &RestoreView::card_asked, this, &MainWindow::show_card);
  for (PhotoList* list : {grid_, strip_}) {
    connect(list, &PhotoList::current_path_changed, this,
            [this](const QString& path) { studio_.set_current(path_of(path)); });
    connect(list, &PhotoList::selection_paths_changed, this, [this, list] {
      auto paths = list->selected_paths();
      if (paths.empty() && !studio_.current().empty()) paths = {studio_.current()};
      studio_.set_selection(paths);
    });
  }
  connect(grid_, &PhotoList::picked, this, [this] { show_grid(false); });
  connect(&studio_, &Studio::current_changed, this, &MainWindow::show_current);
  connect(&studio_, &Studio::problem, this, [this](const QString& words) { tell(words, true); });
  connect(&studio_, &Studio::told, this, [this](const QString& words) { tell(words, false); });
  connect(&studio_.library(), &QAbstractItemModel::modelReset, this, [this] {
    update_centre();
    if (studio_.current().empty() && studio_.library().rowCount() > 0) studio_.step(0);
    show_current();
  });
  connect(&studio_.queue(), &QueueModel::ended, this, [this](int, int failed) {
    if (failed > 0) queue_->unfold(true);
  });
  connect(viewer_, &Viewer::step_asked, &studio_, &Studio::step);
  connect(viewer_, &Viewer::panes_asked, this, &MainWindow::toggle_panes);
  connect(viewer_, &Viewer::pixel_pointed, pixel_, &QLabel::setText);
  connect(viewer_, &Viewer::zoom_changed, this, &MainWindow::update_zoom_words);
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
    LibraryFilter filter = studio_.library().filter();
    filter.text = text.trimmed();
    studio_.library().set_filter(filter);
  });
  connect(&studio_.restore(), &RestorePanel::settings_changed, this,
          &MainWindow::update_after_label);
}

void MainWindow::update_after_label() {
  const RestorePanel& panel = studio_.restore();
  const MaskTool& mask = studio_.mask();
  QString what =
      tr("strength %1").arg(panel.value(QStringLiteral("strength")).toDouble(), 0, 'f', 0);
  if (panel.task() == QLatin1String("upscale")) {
    what = panel.value(QStringLiteral("scale")).toString() + QStringLiteral("x");
  }
  if (mask.is_on() && !mask.hole().empty()) what = tr("without it");
  viewer_->set_after_label(tr("After") + QStringLiteral("  ") + what);
  viewer_->update();
}

void MainWindow::update_zoom_words() {
  for (auto* button : findChildren<QToolButton*>(QStringLiteral("zoom"))) {
    const double zoom = button->property("zoom").toDouble();
    button->setChecked(viewer_->is_fit() ? zoom == 0 : std::abs(viewer_->zoom() - zoom) < 0.005);
  }
  using Compare = Viewer::Compare;
  auto* compare = findChild<QToolButton*>(QStringLiteral("compare"));
  compare->setText(viewer_->compare() == Compare::Divider      ? tr("Divider")
                   : viewer_->compare() == Compare::SideBySide ? tr("Side by side")
                   : viewer_->compare() == Compare::Difference ? tr("Difference")
                                                               : tr("After only"));
  compare->setAccessibleName(compare->text());
}

void MainWindow::update_centre() {
  const bool any = !studio_.library().places().empty();
  centre_->setCurrentIndex(!any ? kWelcomePage : grid_wanted_ ? kGridPage : kPicturePage);
  findChild<QToolButton*>(QStringLiteral("grid"))->setChecked(any && grid_wanted_);
  panel_->setVisible(any && !property("folded").toBool());
}

void MainWindow::show_grid(bool grid) {
  grid_wanted_ = grid;
  if (grid) show_mode(Mode::Restore);
  update_centre();
  (grid ? static_cast<QWidget*>(grid_) : viewer_)->setFocus();
  grid_->follow(studio_.current());
}

void MainWindow::show_current() {
  show_headline();
  strip_->follow(studio_.current());
  grid_->follow(studio_.current());
  PhotoList* list = grid_wanted_ ? grid_ : strip_;
  auto paths = list->selected_paths();
  if (paths.empty() && !studio_.current().empty()) paths = {studio_.current()};
  studio_.set_selection(paths);
}

void MainWindow::show_headline() {
  const QString whole = studio_.headline();
  headline_->setToolTip(whole);
  headline_->setAccessibleName(whole);
  headline_->setText(
      headline_->fontMetrics().elidedText(whole, Qt::ElideRight, headline_->width()));
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  if (watched == headline_ && event->type() == QEvent::Resize) show_headline();
  return QMainWindow::eventFilter(watched, event);
}

void MainWindow::open(const std::vector<std::filesystem::path>& places) {
  studio_.open(places);
  update_centre();
  if (!grid_wanted_) viewer_->setFocus();
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
  const bool plain = (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == 0;
  if (!plain) return QMainWindow::keyPressEvent(event);
  if (tool_key(event)) return;
  switch (event->key()) {
    case Qt::Key_Backslash:
      if (!event->isAutoRepeat()) viewer_->hold_before(true);
      return;
    case Qt::Key_Bar:
      return findChild<QToolButton*>(QStringLiteral("compare"))->click();
    case Qt::Key_Space:
      return viewer_->toggle_zoom(viewer_->pointer());
    case Qt::Key_Left:
    case Qt::Key_Up:
      return studio_.step(-1);
    case Qt::Key_Right:
    case Qt::Key_Down:
      return studio_.step(1);
    case Qt::Key_Home:
      return studio_.step(-studio_.library().rowCount());
    case Qt::Key_End:
      return studio_.step(studio_.library().rowCount());
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return viewer_->set_zoom(viewer_->zoom() * 1.25, viewer_->pointer());
    case Qt::Key_Minus:
      return viewer_->set_zoom(viewer_->zoom() / 1.25, viewer_->pointer());
    case Qt::Key_1:
    case Qt::Key_2:
    case Qt::Key_3:
      return restore_->show_tab(event->key() - Qt::Key_1);
    case Qt::Key_B:
      return viewer_->cycle_background();
    case Qt::Key_M:
      return show_mode(Mode::Mask);
    case Qt::Key_E:
      return show_mode(Mode::Erase);
    case Qt::Key_C:
      return toggle_comparison();
    case Qt::Key_G:
      return show_grid(!grid_wanted_);
    case Qt::Key_L:
      return viewer_->hold_loupe(true);
    case Qt::Key_F:
      return setWindowState(windowState() ^ Qt::WindowFullScreen);
    case Qt::Key_Escape:
      if (studio_.is_comparing()) return studio_.end_comparison();
      if (isFullScreen()) showNormal();
      notice_->hide();
      return;
    default:
      QMainWindow::keyPressEvent(event);
  }
}

void MainWindow::keyReleaseEvent(QKeyEvent* event) {
  if (event->isAutoRepeat()) return;
  if (event->key() == Qt::Key_Backslash) viewer_->hold_before(false);
  if (event->key() == Qt::Key_L) viewer_->hold_loupe(false);
  QMainWindow::keyReleaseEvent(event);
}

void MainWindow::toggle_panes() {
  const bool folded = !property("folded").toBool();
  setProperty("folded", folded);
  sources_->setVisible(!folded);
  strip_->setVisible(!folded);
  queue_->setVisible(!folded);
  update_centre();
}

void MainWindow::set_dark(bool dark) {
  apply_theme(*qApp, dark);
  studio_.settings().set_word("theme", dark ? "dark" : "light");
  studio_.save();
  findChild<QToolButton*>(QStringLiteral("theme"))->setText(dark ? tr("Light") : tr("Dark"));
  // Colours that are not in the sheet.
  sources_->read_colours();
  restore_->read_colours();
  update();
}

void MainWindow::tell(const QString& sentence, bool attention) {
  if (sentence.isEmpty()) return;
  name_style(*notice_words_, attention ? QStringLiteral("attention") : QStringLiteral("done"));
  notice_words_->setText(sentence);
  notice_words_->setAccessibleName(sentence);
  notice_->show();
}

void MainWindow::show_settings() {
  auto* dialog = new SettingsDialog(studio_, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->open();
}

void MainWindow::show_keys() {
  auto* dialog = new KeysDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->open();
}

void MainWindow::show_card() {
  const auto* entry = studio_.ai().model_of(
      studio_.restore().task(), studio_.restore().value(QStringLiteral("model")).toString());
  if (entry == nullptr) return;
  auto* dialog = new CardDialog(qt(entry->facts.name), studio_.ai().card(*entry), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->open();
}

}  // namespace latent::gui
