// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/photo_list.h"

#include <QtCore/QEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStyledItemDelegate>
#include <algorithm>

#include "gui/view/theme.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

namespace {

constexpr int kKilobytes = 1024;
constexpr int kMostCacheKilobytes = 96 * kKilobytes;
constexpr int kAskAfterMs = 40;

QColor label_colour(const QString& label) {
  if (label.compare(QLatin1String("red"), Qt::CaseInsensitive) == 0)
    return QColor(0xc4, 0x50, 0x50);
  if (label.compare(QLatin1String("yellow"), Qt::CaseInsensitive) == 0)
    return QColor(0xd0, 0xb8, 0x40);
  if (label.compare(QLatin1String("green"), Qt::CaseInsensitive) == 0)
    return QColor(0x50, 0xa0, 0x58);
  if (label.compare(QLatin1String("blue"), Qt::CaseInsensitive) == 0)
    return QColor(0x50, 0x78, 0xc4);
  if (label.compare(QLatin1String("purple"), Qt::CaseInsensitive) == 0)
    return QColor(0x90, 0x60, 0xb8);
  return {};
}

/// A thumbnail with what is known of the file: name, badge, dot of a result, stars, label.
class PhotoDelegate : public QStyledItemDelegate {
 public:
  explicit PhotoDelegate(PhotoList& list) : QStyledItemDelegate(&list), list_(list) {}

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return list_.cell();
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const Theme& theme = Theme::now();
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const bool current = list_.currentIndex() == index;
    const QRect cell = option.rect.adjusted(dp(4), dp(4), -dp(4), -dp(4));
    QFont small = option.font;
    small.setPixelSize(dp(11));
    const int words = QFontMetrics(small).height() + dp(2);
    const QRect room = cell.adjusted(0, 0, 0, -words);
    painter->save();
    painter->setFont(small);
    QRect picture = room;
    const QPixmap* pixmap = list_.thumbnail(index.data(LibraryModel::PathRole).toString());
    if (pixmap != nullptr && !pixmap->isNull()) {
      QSizeF size = pixmap->size();
      size.scale(room.size(), Qt::KeepAspectRatio);
      picture = QRect(room.topLeft() + QPoint((room.width() - int(size.width())) / 2,
                                              (room.height() - int(size.height())) / 2),
                      size.toSize());
      painter->setRenderHint(QPainter::SmoothPixmapTransform);
      painter->drawPixmap(picture, *pixmap);
    } else {
      painter->fillRect(room, theme.field);
    }
    if (selected || current) {
      painter->setPen(QPen(theme.accent, current ? 2 : 1));
      painter->setBrush(Qt::NoBrush);
      painter->drawRect(picture.adjusted(0, 0, -1, -1));
      if (selected && !current) painter->drawRect(picture.adjusted(1, 1, -2, -2));
    }
    paint_marks(*painter, picture, index);
    const QRect name(cell.left(), cell.bottom() - words + dp(2), cell.width(), words);
    const QColor label = label_colour(index.data(LibraryModel::LabelRole).toString());
    const int stars = index.data(LibraryModel::RatingRole).toInt();
    QString text = index.data(Qt::DisplayRole).toString();
    if (stars > 0) text.prepend(QString(stars, QChar(0x2605)) + QLatin1Char(' '));
    int indent = 0;
    if (label.isValid()) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(label);
      painter->drawRect(QRect(name.left(), name.center().y() - dp(4), dp(8), dp(8)));
      indent = dp(12);
    }
    painter->setPen(current ? theme.text : theme.secondary);
    painter->drawText(
        name.adjusted(indent, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
        painter->fontMetrics().elidedText(text, Qt::ElideMiddle, name.width() - indent));
    painter->restore();
  }

 private:
  void paint_marks(QPainter& painter, const QRect& picture, const QModelIndex& index) const {
    const Theme& theme = Theme::now();
    const auto pill = [&](const QString& text, const QPoint& corner, const QColor& colour) {
      if (text.isEmpty()) return;
      const QFontMetrics metrics = painter.fontMetrics();
      const QRect box(corner, QSize(metrics.horizontalAdvance(text) + dp(8), metrics.height()));
      painter.setPen(Qt::NoPen);
      painter.setBrush(QColor(0, 0, 0, 170));
      painter.drawRoundedRect(box, dp(3), dp(3));
      painter.setPen(colour);
      painter.drawText(box, Qt::AlignCenter, text);
    };
    painter.setRenderHint(QPainter::Antialiasing);
    pill(index.data(LibraryModel::BadgeRole).toString(), picture.topLeft() + QPoint(dp(4), dp(4)),
         QColor(0xff, 0xd5, 0x9a));
    const int group = index.data(LibraryModel::GroupRole).toInt();
    if (group > 0) {
      pill(QStringLiteral("+%1").arg(group), picture.bottomLeft() + QPoint(dp(4), -dp(20)),
           Qt::white);
    }
    const QString state = index.data(LibraryModel::StateRole).toString();
    QColor dot;
    if (state == QLatin1String("done") || group > 0) dot = QColor(0x6f, 0xbf, 0x73);
    if (state == QLatin1String("failed")) dot = QColor(0xe0, 0xa8, 0x4a);
    if (state == QLatin1String("running") || state == QLatin1String("waiting")) dot = theme.accent;
    if (!dot.isValid()) return;
    painter.setPen(QPen(QColor(0, 0, 0, 160), 1));
    painter.setBrush(state == QLatin1String("waiting") ? QBrush(Qt::NoBrush) : QBrush(dot));
    if (state == QLatin1String("waiting")) painter.setPen(QPen(dot, 2));
    painter.drawEllipse(QPoint(picture.right() - dp(10), picture.top() + dp(10)), dp(5), dp(5));
  }

  PhotoList& list_;
};

}  // namespace

PhotoList::PhotoList(LibraryModel& library, Shape shape, QWidget* parent)
    : QListView(parent),
      library_(library),
      shape_(shape),
      side_(shape == Shape::Grid ? 176 : 104),
      pixmaps_(kMostCacheKilobytes) {
  setModel(&library);
  setItemDelegate(new PhotoDelegate(*this));
  setViewMode(QListView::IconMode);
  setMovement(QListView::Static);
  setResizeMode(QListView::Adjust);
  setUniformItemSizes(true);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  if (shape == Shape::Strip) {
    setFlow(QListView::LeftToRight);
    setWrapping(false);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Filmstrip"));
  } else {
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Grid of photographs"));
  }
  ask_later_.setSingleShot(true);
  ask_later_.setInterval(kAskAfterMs);
  connect(&ask_later_, &QTimer::timeout, this, &PhotoList::ask);
  connect(&library, &QAbstractItemModel::modelAboutToBeReset, this, &PhotoList::keep_selection);
  connect(&library, &QAbstractItemModel::modelReset, this, &PhotoList::restore_selection);
  connect(&library, &LibraryModel::thumbnail_ready, this,
          [this](const QString& path, const app::SharedPixels& pixels) {
            auto* pixmap = new QPixmap;
            if (pixels) {
              const auto view = pixels->view();
              *pixmap = QPixmap::fromImage(QImage(view.data(), view.width(), view.height(),
                                                  view.stride(), QImage::Format_RGB888));
            }
            const int cost = std::max(1, pixmap->width() * pixmap->height() * 4 / kKilobytes);
            pixmaps_.insert(path, pixmap, cost);
            const int row = library_.row_of(path_of(path));
            if (row >= 0) update(library_.index(row));
          });
  connect(this, &QListView::activated, this, [this](const QModelIndex& index) {
    Q_EMIT picked(index.data(LibraryModel::PathRole).toString());
  });
}

QSize PhotoList::cell() const { return {dp(side_ + 10), dp(side_ * 3 / 4 + 28)}; }

void PhotoList::set_thumbnail_side(int px) {
  side_ = px;
  scheduleDelayedItemsLayout();
  ask_later_.start();
}

void PhotoList::follow(const std::filesystem::path& path) {
  const int row = library_.row_of(path);
  if (row < 0 || currentIndex().row() == row) return;
  following_ = true;
  setCurrentIndex(library_.index(row));
  following_ = false;
}

std::vector<std::filesystem::path> PhotoList::selected_paths() const {
  std::vector<std::filesystem::path> paths;
  QModelIndexList indices = selectionModel()->selectedIndexes();
  std::ranges::sort(indices, {}, &QModelIndex::row);
  for (const QModelIndex& index : indices) paths.push_back(library_.path(index.row()));
  return paths;
}

void PhotoList::resizeEvent(QResizeEvent* event) {
  QListView::resizeEvent(event);
  ask_later_.start();
}
void PhotoList::scrollContentsBy(int dx, int dy) {
  QListView::scrollContentsBy(dx, dy);
  ask_later_.start();
}
void PhotoList::showEvent(QShowEvent* event) {
  QListView::showEvent(event);
  if (scroll_waits_) restore_scroll();
  ask_later_.start();
}

void PhotoList::wheelEvent(QWheelEvent* event) {
  if (shape_ == Shape::Strip && event->angleDelta().y() != 0) {
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - event->angleDelta().y());
    return event->accept();
  }
  QListView::wheelEvent(event);
}

/// Letters are the window's shortcuts: a list would look for names that begin with them.
void PhotoList::keyPressEvent(QKeyEvent* event) {
  const bool plain = (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == 0;
  if (plain && !event->text().isEmpty() && event->text().front().isPrint()) return event->ignore();
  QListView::keyPressEvent(event);
}

void PhotoList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QListView::currentChanged(current, previous);
  if (!following_ && current.isValid()) {
    Q_EMIT current_path_changed(current.data(LibraryModel::PathRole).toString());
  }
}

void PhotoList::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
  QListView::selectionChanged(selected, deselected);
  if (isVisible() && !following_) Q_EMIT selection_paths_changed();
}

void PhotoList::keep_selection() {
  kept_ = selected_paths();
  kept_current_ = library_.path(currentIndex().row());
  if (scroll_waits_) return;  // what was kept before holds
  kept_scroll_ = {horizontalScrollBar()->value(), verticalScrollBar()->value()};
}

/// Results that come in while a batch runs change the rows, and not what the user selected.
void PhotoList::restore_selection() {
  following_ = true;
  QItemSelection selection;
  for (const auto& path : kept_) {
    const int row = library_.row_of(path);
    if (row >= 0) selection.select(library_.index(row), library_.index(row));
  }
  selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  const int current = library_.row_of(kept_current_);
  if (current >= 0) {
    selectionModel()->setCurrentIndex(library_.index(current), QItemSelectionModel::NoUpdate);
  }
  following_ = false;
  scroll_waits_ = true;
  if (isVisible()) restore_scroll();
  ask_later_.start();
}

void PhotoList::restore_scroll() {
  scroll_waits_ = false;
  executeDelayedItemsLayout();
  horizontalScrollBar()->setValue(kept_scroll_.x());
  verticalScrollBar()->setValue(kept_scroll_.y());
}

/// Tells the library which rows are on the screen: those whose thumbnails are not here yet.
void PhotoList::ask() {
  if (!isVisible() || library_.rowCount() == 0) return;
  const QRect area = viewport()->rect();
  const QSize size = cell();
  int first = library_.rowCount();
  int last = -1;
  if (shape_ == Shape::Strip) {
    first = horizontalScrollBar()->value() / std::max(1, size.width());
    last = first + area.width() / std::max(1, size.width()) + 1;
  } else {
    const int columns = std::max(1, area.width() / std::max(1, size.width()));
    first = verticalScrollBar()->value() / std::max(1, size.height()) * columns;
    last = first + (area.height() / std::max(1, size.height()) + 2) * columns;
  }
  last = std::min(last, library_.rowCount() - 1);
  while (first <= last &&
         pixmaps_.contains(library_.index(first).data(LibraryModel::PathRole).toString())) {
    ++first;
  }
  if (first <= last) library_.show_rows(first, last, int(dp(side_) * devicePixelRatioF()));
}

}  // namespace latent::gui
