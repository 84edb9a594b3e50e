// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/panes.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QMenu>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStyledItemDelegate>

#include "gui/view/controls.h"
#include "gui/view/photo_graphs.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

using app::ItemState;

namespace {

QLabel* label(const QString& text, const char* kind = "label") {
  auto* made = new QLabel(text);
  made->setObjectName(QLatin1String(kind));
  return made;
}

/// A list that asks for no more room than it must have; it takes what is left.
class ModestList : public QListWidget {
 public:
  [[nodiscard]] QSize sizeHint() const override {
    return {QListWidget::sizeHint().width(), minimumHeight()};
  }
};

QListWidget* choice(const QString& name) {
  auto* list = new ModestList;
  list->setAccessibleName(name);
  list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::MinimumExpanding);
  return list;
}

void fit_rows(QListWidget& list) {
  list.setFixedHeight(list.count() * std::max(list.sizeHintForRow(0), dp(28)) + dp(4));
}

/// One job: name, what is done, how far; a bar under it while it runs.
class JobDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
    return {option.rect.width(), dp(26)};
  }
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const Theme& theme = Theme::now();
    if ((option.state & QStyle::State_Selected) != 0) painter->fillRect(option.rect, theme.field);
    const auto state = static_cast<ItemState>(index.data(QueueModel::StateRole).toInt());
    const QColor colour = state == ItemState::Done      ? theme.done
                          : state == ItemState::Failed  ? theme.attention
                          : state == ItemState::Running ? theme.accent
                                                        : theme.secondary;
    const QRect row = option.rect.adjusted(dp(16), 0, -dp(16), 0);
    const int first = row.width() * 38 / 100;
    const auto draw = [&](const QRect& box, const QString& text, const QColor& pen) {
      painter->setPen(pen);
      painter->drawText(box, Qt::AlignVCenter | Qt::AlignLeft,
                        painter->fontMetrics().elidedText(text, Qt::ElideMiddle, box.width()));
    };
    QRect name = row;
    name.setWidth(first - dp(8));
    draw(name,
         index.data(Qt::DisplayRole).toString() + QStringLiteral("   ") +
             index.data(QueueModel::SummaryRole).toString(),
         theme.text);
    draw(row.adjusted(first, 0, 0, 0), index.data(QueueModel::DetailRole).toString(), colour);
  }
};

}  // namespace

void show_in_folder(const QString& file) {
  QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
}
void open_in(const QString& program, const QString& file) {
  const QString found = QStandardPaths::findExecutable(program);
  if (!found.isEmpty()) QProcess::startDetached(found, {file});
}

SourcesPane::SourcesPane(Studio& studio, QWidget* parent)
    : QFrame(parent),
      studio_(studio),
      folders_(choice(tr("Folders"))),
      show_(choice(tr("Which photographs are shown"))),
      kinds_(choice(tr("Kinds of files"))),
      background_(label({}, "secondary")) {
  setObjectName(QStringLiteral("sources"));
  auto* inside = new QWidget;
  inside->setObjectName(QStringLiteral("plain"));
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(dp(8), dp(16), dp(8), dp(8));
  column->setSpacing(dp(4));
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(make_scroll(*inside));
  const auto heading = [&](const QString& text) {
    auto* made = label(text);
    made->setContentsMargins(dp(8), dp(4), 0, dp(4));
    column->addWidget(made);
  };
  heading(tr("SOURCES"));
  auto* open = new QPushButton(tr("Open folder..."));
  open->setToolTip(tr("Shows the photographs of a folder and of those below it (Ctrl+O)"));
  connect(open, &QPushButton::clicked, this, &SourcesPane::open_asked);
  column->addWidget(open);
  folders_->setMinimumHeight(dp(28 * 2 + 4));
  column->addWidget(folders_, 1);
  heading(tr("SHOW"));
  column->addWidget(show_);
  heading(tr("KIND"));
  for (const QString& kind : {tr("All kinds"), tr("Raw files"), tr("Finished pictures")}) {
    kinds_->addItem(kind);
  }
  column->addWidget(kinds_);
  column->addSpacing(dp(8));
  column->addWidget(new PhotoGraphs(studio_.preview()));
  background_->setWordWrap(true);
  background_->setContentsMargins(dp(8), dp(8), 0, 0);
  column->addWidget(background_);

  for (int i = 0; i < 5; ++i) show_->addItem(QString());
  fill_counts();
  fit_rows(*show_);
  fit_rows(*kinds_);
  show_->setCurrentRow(0);
  kinds_->setCurrentRow(0);
  fill_folders();

  connect(show_, &QListWidget::currentRowChanged, this, [this](int row) {
    LibraryFilter filter = studio_.library().filter();
    filter.show = static_cast<LibraryFilter::Show>(std::max(0, row));
    studio_.library().set_filter(filter);
  });
  connect(kinds_, &QListWidget::currentRowChanged, this, [this](int row) {
    LibraryFilter filter = studio_.library().filter();
    filter.kind = static_cast<LibraryFilter::Kind>(std::max(0, row));
    studio_.library().set_filter(filter);
  });
  connect(folders_, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
    Q_EMIT folder_picked(item->data(Qt::UserRole).toString());
  });
  connect(folders_, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) {
    Q_EMIT folder_picked(item->data(Qt::UserRole).toString());
  });
  folders_->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(folders_, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    auto* item = folders_->itemAt(at);
    if (item == nullptr) return;
    const QString folder = item->data(Qt::UserRole).toString();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Take off this list"), this,
                    [this, folder] { studio_.forget_folder(folder); });
    menu->addAction(tr("Show in file manager"), this,
                    [folder] { show_in_folder(folder + QStringLiteral("/.")); });
    menu->popup(folders_->mapToGlobal(at));
  });
  counts_later_.setSingleShot(true);
  counts_later_.setInterval(250);
  connect(&counts_later_, &QTimer::timeout, this, &SourcesPane::fill_counts);
  connect(&studio_.library(), &LibraryModel::counts_changed, this, [this] {
    if (!counts_later_.isActive()) counts_later_.start();
  });
  connect(&studio_.library(), &LibraryModel::background_changed, background_, &QLabel::setText);
  connect(&studio_, &Studio::folders_changed, this, &SourcesPane::fill_folders);
}

void SourcesPane::fill_folders() {
  folders_->clear();
  const auto& places = studio_.library().places();
  for (const QString& folder : studio_.known_folders()) {
    auto* item = new QListWidgetItem(QFileInfo(folder).fileName(), folders_);
    item->setData(Qt::UserRole, folder);
    item->setToolTip(folder);
    if (!places.empty() && path_of(folder) == places.front()) folders_->setCurrentItem(item);
  }
}

void SourcesPane::fill_counts() {
  using Show = LibraryFilter::Show;
  const QLocale locale;
  const std::pair<QString, Show> rows[] = {{tr("All"), Show::All},
                                           {tr("Needs denoise"), Show::NeedsDenoise},
                                           {tr("Not processed"), Show::NotProcessed},
                                           {tr("Done today"), Show::DoneToday},
                                           {tr("Failed"), Show::Failed}};
  for (int i = 0; i < 5; ++i) {
    const int count = studio_.library().count(rows[i].second);
    show_->item(i)->setText(QStringLiteral("%1   %2").arg(rows[i].first, locale.toString(count)));
    const bool alarm = rows[i].second == Show::Failed && count > 0;
    show_->item(i)->setData(Qt::ForegroundRole,
                            alarm ? QVariant(QBrush(Theme::now().attention)) : QVariant());
  }
}

WelcomePane::WelcomePane(QWidget* parent) : QFrame(parent) {
  setObjectName(QStringLiteral("plain"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(dp(32), dp(32), dp(32), dp(32));
  column->setSpacing(dp(16));
  column->addStretch();
  auto* title = label(tr("Drop a folder of photographs here"), "title");
  title->setAlignment(Qt::AlignCenter);
  column->addWidget(title);
  auto* buttons = new QHBoxLayout;
  auto* folder = new QPushButton(tr("Open a folder"));
  folder->setObjectName(QStringLiteral("main"));
  folder->setProperty("quiet", true);
  auto* files = new QPushButton(tr("Open files"));
  connect(folder, &QPushButton::clicked, this, &WelcomePane::open_folder_asked);
  connect(files, &QPushButton::clicked, this, &WelcomePane::open_files_asked);
  buttons->addStretch();
  buttons->addWidget(folder);
  buttons->addWidget(files);
  buttons->addStretch();
  column->addLayout(buttons);
  auto* cards = new QHBoxLayout;
  cards->setSpacing(dp(16));
  const struct {
    QString picture, name, words;
  } tasks[] = {
      {QStringLiteral(":/welcome_raw.jpg"), tr("Raw denoise"),
       tr("Removes the noise of the sensor from raw files. You edit the new DNG as any raw.")},
      {QStringLiteral(":/welcome_denoise.jpg"), tr("Denoise"),
       tr("Removes noise from finished pictures: JPEG, TIFF, PNG and others.")},
      {QStringLiteral(":/welcome_upscale.jpg"), tr("Upscale"),
       tr("Enlarges two or four times, for large prints, without inventing texture.")}};
  cards->addStretch();
  for (const auto& task : tasks) {
    auto* card = new QVBoxLayout;
    auto* picture = new QLabel;
    const QPixmap pixmap(task.picture);
    picture->setPixmap(
        pixmap.scaledToWidth(int(dp(216) * devicePixelRatioF()), Qt::SmoothTransformation));
    picture->setScaledContents(true);
    picture->setFixedSize(dp(216),
                          pixmap.isNull() ? dp(108) : dp(216) * pixmap.height() / pixmap.width());
    picture->setAccessibleName(tr("%1: before on the left, after on the right").arg(task.name));
    auto* words = label(task.words, "secondary");
    words->setWordWrap(true);
    words->setFixedWidth(dp(216));
    words->setAlignment(Qt::AlignTop);
    card->addWidget(picture);
    card->addWidget(new QLabel(task.name));
    card->addWidget(words);
    card->addStretch();
    cards->addLayout(card);
  }
  cards->addStretch();
  column->addSpacing(dp(16));
  column->addLayout(cards);
  auto* promise =
      label(tr("Your pictures stay on this machine and are never changed."), "secondary");
  promise->setAlignment(Qt::AlignCenter);
  column->addWidget(promise);
  column->addStretch();
}

void WelcomePane::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::now().window);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(Theme::now().outline, 1, Qt::DashLine));
  painter.drawRoundedRect(QRectF(rect()).adjusted(dp(16), dp(16), -dp(16), -dp(16)), dp(8), dp(8));
}

QueuePane::QueuePane(Studio& studio, QWidget* parent)
    : QFrame(parent),
      studio_(studio),
      summary_(new QLabel),
      bar_(new QProgressBar),
      pause_(new QPushButton(tr("Pause"))),
      cancel_(new QPushButton(tr("Cancel all"))),
      clear_(new QPushButton(tr("Clear done"))),
      fold_(new QPushButton(tr("Show list"))),
      list_(new QListView) {
  setObjectName(QStringLiteral("queue"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, dp(6), 0, dp(6));
  column->setSpacing(dp(4));
  auto* line = new QHBoxLayout;
  line->setContentsMargins(dp(16), 0, dp(16), 0);
  line->setSpacing(dp(12));
  line->addWidget(label(tr("QUEUE")));
  line->addWidget(summary_, 0, Qt::AlignLeft);
  bar_->setRange(0, 1000);
  bar_->setTextVisible(false);
  bar_->setAccessibleName(tr("Progress of the queue"));
  line->addWidget(bar_, 20);
  line->addStretch(1);  // keeps the other widgets at the left while the bar is hidden
  for (auto* button : {pause_, cancel_, clear_, fold_}) {
    button->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    line->addWidget(button);
  }
  column->addLayout(line);
  list_->setModel(&studio_.queue());
  list_->setItemDelegate(new JobDelegate(list_));
  list_->setUniformItemSizes(true);
  list_->setAccessibleName(tr("Pictures in the queue"));
  list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  list_->setContextMenuPolicy(Qt::CustomContextMenu);
  list_->setFixedHeight(dp(26 * 4 + 6));
  column->addWidget(list_);
  list_->hide();
  connect(pause_, &QPushButton::clicked, this, [this] { studio_.queue().pause_or_go_on(); });
  connect(cancel_, &QPushButton::clicked, this, [this] { studio_.queue().cancel_all(); });
  connect(clear_, &QPushButton::clicked, this, [this] { studio_.queue().forget_ended(); });
  connect(fold_, &QPushButton::clicked, this, [this] { unfold(!list_->isVisible()); });
  connect(list_, &QWidget::customContextMenuRequested, this, &QueuePane::show_menu);
  connect(list_, &QListView::doubleClicked, this, [](const QModelIndex& index) {
    const QString output = index.data(QueueModel::OutputRole).toString();
    if (!output.isEmpty()) show_in_folder(output);
  });
  connect(&studio_.queue(), &QueueModel::progressed, this, &QueuePane::refresh);
  refresh();
}

void QueuePane::unfold(bool open) {
  list_->setVisible(open);
  fold_->setText(open ? tr("Hide list") : tr("Show list"));
}

void QueuePane::refresh() {
  QueueModel& queue = studio_.queue();
  const bool idle = queue.is_idle();
  summary_->setText(queue.is_elsewhere() ? tr("another window of latent-studio works on the queue")
                                         : queue.summary());
  bar_->setVisible(!idle);
  bar_->setValue(static_cast<int>(queue.fraction() * 1000));
  bar_->setAccessibleDescription(queue.summary());
  pause_->setVisible(!idle);
  pause_->setText(queue.is_paused() ? tr("Go on") : tr("Pause"));
  cancel_->setVisible(!idle);
  clear_->setVisible(idle && queue.rowCount() > 0);
  fold_->setVisible(queue.rowCount() > 0);
  if (queue.rowCount() == 0) unfold(false);
}

void QueuePane::show_menu(const QPoint& at) {
  const QModelIndex index = list_->indexAt(at);
  if (!index.isValid()) return;
  const qint64 id = index.data(QueueModel::IdRole).toLongLong();
  const auto state = static_cast<ItemState>(index.data(QueueModel::StateRole).toInt());
  const QString output = index.data(QueueModel::OutputRole).toString();
  QueueModel& queue = studio_.queue();
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  if (state == ItemState::Done) {
    menu->addAction(tr("Show in folder"), this, [output] { show_in_folder(output); });
    for (const auto& [program, name] :
         {std::pair(QStringLiteral("darktable"), tr("Open in darktable")),
          std::pair(QStringLiteral("rawtherapee"), tr("Open in RawTherapee"))}) {
      auto* action = menu->addAction(name, this, [program, output] { open_in(program, output); });
      action->setEnabled(!QStandardPaths::findExecutable(program).isEmpty());
    }
  } else if (state == ItemState::Waiting) {
    menu->addAction(tr("Do this next"), this, [this, id] {
      QueueModel& all = studio_.queue();
      for (int row = 0; row < all.rowCount(); ++row) {
        const QModelIndex other = all.index(row);
        if (other.data(QueueModel::StateRole).toInt() != static_cast<int>(ItemState::Waiting))
          continue;
        return all.move(id, other.data(QueueModel::IdRole).toLongLong());
      }
    });
    menu->addAction(tr("Do this last"), this, [this, id] { studio_.queue().move(id, 0); });
  }
  if (state == ItemState::Waiting || state == ItemState::Running) {
    menu->addAction(tr("Cancel this one"), this, [this, id] { studio_.queue().cancel(id); });
  } else if (state != ItemState::Done) {
    menu->addAction(tr("Try again"), this, [this, id] { studio_.queue().retry(id); });
    menu->addAction(tr("Try all that failed again"), this,
                    [this] { studio_.queue().retry_failed(); })
        ->setEnabled(queue.count(ItemState::Failed) > 0);
  }
  menu->popup(list_->mapToGlobal(at));
}

}  // namespace latent::gui
