// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/queue_model.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QTimer>
#include <algorithm>
#include <utility>

#include "app/studio/words.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

using app::ItemState;
using app::QueueItem;

namespace {
constexpr int kLookAfterMs = 250;          // what is written at once is looked at once
constexpr double kUnknownMegapixels = 12;  // of a picture that nobody has looked at
}  // namespace

QueueModel::QueueModel(const std::filesystem::path& folder, const std::filesystem::path& program,
                       QObject* parent)
    : QAbstractListModel(parent) {
  if (folder.empty()) {
    notices_.emplace_back("there is no folder for the queue, so nothing can be processed");
    return;
  }
  auto queue = app::Queue::open(folder / "queue.sqlite", &notices_);
  if (!queue) {
    notices_.push_back(queue.error().sentence);
    return;
  }
  queue_ = *std::move(queue);
  app::QueueRunner::Callbacks callbacks;
  callbacks.changed = [this](const QueueItem& item) { post(this, [this, item] { take(item); }); };
  callbacks.idle = [this] {
    post(this, [this] {
      if (is_idle()) Q_EMIT ended(count(ItemState::Done), count(ItemState::Failed));
      Q_EMIT progressed();
    });
  };
  callbacks.measured = [this](const std::string& task, double pace) {
    post(this, [this, task, pace] { Q_EMIT measured(qt(task), pace); });
  };
  runner_ = std::make_unique<app::QueueRunner>(*queue_, program, folder / "queue.lock",
                                               std::move(callbacks));
  reload();
  // What another window puts into the queue, or does of it, is seen by the file that changes.
  auto* watcher = new QFileSystemWatcher(this);
  auto* soon = new QTimer(this);
  soon->setSingleShot(true);
  soon->setInterval(kLookAfterMs);
  const QString log = qt((folder / "queue.sqlite-wal").native());
  watcher->addPath(log);
  connect(watcher, &QFileSystemWatcher::fileChanged, soon, qOverload<>(&QTimer::start));
  connect(soon, &QTimer::timeout, this, [this, watcher, log] {
    if (!watcher->files().contains(log)) watcher->addPath(log);
    if (!is_elsewhere() && !is_idle()) return;  // our own work, told as it happens
    const auto items = queue_->items();
    if (!items || (!is_elsewhere() && items->size() == items_.size())) return;
    reload();
    if (!is_elsewhere()) runner_->wake();
  });
}

QueueModel::~QueueModel() { runner_.reset(); }

bool QueueModel::is_elsewhere() const { return runner_ != nullptr && !runner_->is_ours(); }

int QueueModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(items_.size());
}

QVariant QueueModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const QueueItem& item = items_[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return shown_name(item.source);
    case Qt::ToolTipRole:
      return item.message.empty() ? shown_path(item.source) : qt(item.message);
    case Qt::AccessibleTextRole:
      return shown_name(item.source) + QStringLiteral(", ") + qt(item.summary) +
             QStringLiteral(", ") + detail_of(item);
    case IdRole:
      return QVariant::fromValue<qlonglong>(item.id);
    case StateRole:
      return static_cast<int>(item.state);
    case DetailRole:
      return detail_of(item);
    case SummaryRole:
      return qt(item.summary);
    case SourceRole:
      return qt(item.source.native());
    case OutputRole:
      return qt(item.output.native());
    case FractionRole:
      return item.fraction;
    default:
      return {};
  }
}

QString QueueModel::detail_of(const QueueItem& item) const {
  switch (item.state) {
    case ItemState::Waiting:
      return tr("waiting");
    case ItemState::Running: {
      const QString percent = tr("%1 %").arg(static_cast<int>(item.fraction * 100));
      if (is_paused()) return percent + QStringLiteral(", ") + tr("paused");
      if (item.fraction <= 0.05 || item.seconds <= 0) return percent;
      const double left = item.seconds / item.fraction * (1 - item.fraction);
      return percent + QStringLiteral(", ") + tr("%1 left").arg(qt(app::duration_words(left)));
    }
    case ItemState::Done:
      return item.seconds > 0 ? tr("done, %1").arg(qt(app::duration_words(item.seconds)))
                              : tr("done");
    case ItemState::Skipped:
      return tr("skipped: %1").arg(qt(item.message));
    case ItemState::Failed:
      return qt(item.message);
    case ItemState::Cancelled:
      return tr("cancelled");
  }
  return {};
}

void QueueModel::reload() {
  if (!queue_) return;
  auto items = queue_->items();
  if (!items) return Q_EMIT problem(qt(items.error().sentence));
  beginResetModel();
  QHash<qint64, double> fractions;
  for (const QueueItem& item : items_) {
    if (item.state == ItemState::Running) fractions[item.id] = item.fraction;
  }
  items_ = *std::move(items);
  rows_.clear();
  for (std::size_t i = 0; i < items_.size(); ++i) {
    rows_[items_[i].id] = static_cast<int>(i);
    items_[i].fraction = std::max(items_[i].fraction, fractions.value(items_[i].id, 0.0));
  }
  endResetModel();
  update_fraction();
  Q_EMIT progressed();
}

void QueueModel::take(const QueueItem& item) {
  const auto row = rows_.constFind(item.id);
  if (row == rows_.constEnd()) return reload();
  QueueItem& mine = items_[static_cast<std::size_t>(*row)];
  const bool new_state = mine.state != item.state;
  mine = item;
  update_fraction();
  Q_EMIT dataChanged(index(*row), index(*row));
  if (new_state) {
    Q_EMIT item_changed(qt(item.source.native()), static_cast<int>(item.state),
                        item.state == ItemState::Done ? qt(item.output.native()) : QString());
  }
  Q_EMIT progressed();
}

double QueueModel::weight_of(const QueueItem& item) const {
  return item.megapixels > 0 ? item.megapixels : kUnknownMegapixels;
}

void QueueModel::update_fraction() {
  double all = 0;
  double done = 0;
  for (const QueueItem& item : items_) {
    if (item.batch < since_batch_) continue;
    const double weight = weight_of(item);
    all += weight;
    done += item.state == ItemState::Waiting   ? 0
            : item.state == ItemState::Running ? weight * item.fraction
                                               : weight;
  }
  if (all > 0) fraction_ = std::max(fraction_, done / all);
}

bool QueueModel::add(const std::vector<app::NewItem>& items) {
  if (!queue_) {
    Q_EMIT problem(tr("Nothing can be processed: %1")
                       .arg(qt(notices_.empty() ? std::string{} : notices_.back())));
    return false;
  }
  if (is_idle()) {
    since_batch_ = 1;
    for (const QueueItem& item : items_)
      since_batch_ = std::max<qint64>(since_batch_, item.batch + 1);
  }
  if (auto added = queue_->add(items); !added) {
    Q_EMIT problem(qt(added.error().sentence));
    return false;
  }
  fraction_ = 0;  // there is more to do now
  reload();
  for (const app::NewItem& item : items) {
    Q_EMIT item_changed(qt(item.job.sources.front().native()), static_cast<int>(ItemState::Waiting),
                        {});
  }
  runner_->wake();
  return true;
}

void QueueModel::pause_or_go_on() {
  if (!runner_) return;
  if (runner_->is_paused()) {
    runner_->go_on();
  } else {
    runner_->pause();
  }
  if (!items_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
  Q_EMIT progressed();
}

bool QueueModel::is_paused() const { return runner_ != nullptr && runner_->is_paused(); }

void QueueModel::cancel(qint64 id) {
  if (!runner_) return;
  runner_->cancel(id);
  reload();
}

void QueueModel::cancel_all() {
  if (!runner_) return;
  runner_->cancel_all();
  if (runner_->is_paused()) runner_->go_on();
  reload();
}

void QueueModel::retry(qint64 id) {
  if (!queue_) return;
  static_cast<void>(queue_->retry(id));
  fraction_ = 0;
  reload();
  runner_->wake();
}

void QueueModel::retry_failed() {
  if (!queue_) return;
  for (const QueueItem& item : std::vector<QueueItem>(items_)) {
    if (item.state == ItemState::Failed) static_cast<void>(queue_->retry(item.id));
  }
  fraction_ = 0;
  reload();
  runner_->wake();
}

void QueueModel::move(qint64 id, qint64 before) {
  if (!queue_) return;
  static_cast<void>(queue_->move(id, before));
  reload();
}

void QueueModel::forget_ended() {
  if (!queue_) return;
  static_cast<void>(queue_->forget_ended());
  reload();
}

int QueueModel::count(ItemState state) const {
  return static_cast<int>(std::ranges::count(items_, state, &QueueItem::state));
}

bool QueueModel::is_idle() const {
  return count(ItemState::Waiting) == 0 && count(ItemState::Running) == 0;
}

double QueueModel::seconds_left() const {
  double seconds = 0;
  double made = 0;
  double left = 0;
  for (const QueueItem& item : items_) {
    const double weight = weight_of(item);
    if (item.state == ItemState::Done && item.batch >= since_batch_ && item.seconds > 0) {
      seconds += item.seconds;
      made += weight;
    } else if (item.state == ItemState::Running) {
      seconds += item.seconds;
      made += weight * item.fraction;
      left += weight * (1 - item.fraction);
    } else if (item.state == ItemState::Waiting) {
      left += weight;
    }
  }
  return made > 0 ? seconds / made * left : -1;
}

QString QueueModel::summary() const {
  const int failed = count(ItemState::Failed);
  if (items_.empty()) return tr("idle");
  int all = 0;
  int done = 0;
  for (const QueueItem& item : items_) {
    if (item.batch < since_batch_) continue;
    ++all;
    if (item.state != ItemState::Waiting && item.state != ItemState::Running) ++done;
  }
  QString text = tr("%1 of %2 done").arg(done).arg(all);
  if (is_idle()) text = tr("all done, %n pictures", nullptr, count(ItemState::Done));
  if (is_paused() && !is_idle()) text = tr("paused") + QStringLiteral(", ") + text;
  const double left = seconds_left();
  if (!is_idle() && !is_paused() && left >= 0) {
    text += QStringLiteral(", ") + tr("%1 left").arg(qt(app::duration_words(left)));
  }
  if (failed > 0) text += QStringLiteral(", ") + tr("%n failed", nullptr, failed);
  return text;
}

}  // namespace latent::gui
