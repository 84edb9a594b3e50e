// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/viewer.h"

#include <QtCore/QLocale>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "gui/view/theme.h"

namespace latent::gui {

namespace {

constexpr double kLeastZoom = 0.02;
constexpr double kMostZoom = 8;
constexpr int kFadeMs = 120;
constexpr int kLoadingAfterMs = 200;

QRectF from(const QTransform& transform, const QRectF& rect) { return transform.mapRect(rect); }

}  // namespace

QImage image_of(const app::SharedPixels& pixels) {
  if (!pixels || pixels->empty()) return {};
  const auto view = pixels->view();
  return {view.data(), view.width(), view.height(), view.stride(), QImage::Format_RGB888};
}

Viewer::Viewer(PreviewModel& preview, QWidget* parent) : QWidget(parent), preview_(preview) {
  setObjectName(QStringLiteral("viewer"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(dp(240), dp(160));
  setAccessibleName(tr("Picture"));
  loading_.setSingleShot(true);
  loading_.setInterval(kLoadingAfterMs);
  connect(&loading_, &QTimer::timeout, this, [this] {
    show_loading_ = preview_.is_comparing() ? !preview_.are_both_there()
                                            : !preview_.path().empty() &&
                                                  (!preview_.look() || !preview_.busy().isEmpty());
    update();
  });
  fade_.setDuration(kFadeMs);
  fade_.setStartValue(0.0);
  fade_.setEndValue(1.0);
  connect(&fade_, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
    mix_ = value.toDouble();
    update();
  });
  connect(&preview_, &PreviewModel::opened, this, [this] {
    fit_ = true;
    show_loading_ = false;
    loading_.start();
    tell_visible();
    Q_EMIT zoom_changed();
    update_words();
    update();
  });
  connect(&preview_, &PreviewModel::changed, this, [this](const QRect&) { update(); });
  connect(&preview_, &PreviewModel::facts_known, this, [this] {
    keep_inside();
    tell_visible();
    update();
  });
  connect(&preview_, &PreviewModel::state_changed, this, [this] {
    show_loading_ = false;
    if (!preview_.busy().isEmpty()) loading_.start();
    update_words();
    update();
  });
}

QSize Viewer::sizeHint() const { return {dp(720), dp(520)}; }

QSizeF Viewer::upright() const {
  return turned().mapRect(QRectF(QPointF(0, 0), QSizeF(preview_.size() * preview_.scale()))).size();
}

QTransform Viewer::turned() const {
  const QSizeF size(preview_.size() * preview_.scale());
  const double w = size.width();
  const double h = size.height();
  switch (preview_.orientation()) {  // of EXIF
    case 2:
      return {-1, 0, 0, 1, w, 0};
    case 3:
      return {-1, 0, 0, -1, w, h};
    case 4:
      return {1, 0, 0, -1, 0, h};
    case 5:
      return {0, 1, 1, 0, 0, 0};
    case 6:
      return {0, 1, -1, 0, h, 0};
    case 7:
      return {0, -1, -1, 0, h, w};
    case 8:
      return {0, -1, 1, 0, 0, w};
    default:
      return {};
  }
}

double Viewer::fit_zoom() const {
  const QSizeF size = upright();
  if (size.isEmpty()) return 1;
  const QRectF room = pane(0);
  return std::min({room.width() / size.width(), room.height() / size.height(), 1.0});
}

double Viewer::zoom() const { return fit_ ? fit_zoom() : zoom_; }

QRectF Viewer::pane(int index) const {
  QRectF all(0, 0, width() * ratio(), height() * ratio());
  if (compare_ != Compare::SideBySide || plain_) return all;
  const double gap = std::round(dp(2) * ratio());
  const double half = std::floor((all.width() - gap) / 2);
  return index == 0 ? QRectF(0, 0, half, all.height()) : QRectF(half + gap, 0, half, all.height());
}

QTransform Viewer::to_screen(const QRectF& pane) const {
  const double z = zoom();
  const QSizeF size = upright();
  const QPointF centre = fit_ ? QPointF(size.width() / 2, size.height() / 2) : centre_;
  // Whole pixels of the screen, so that at 100 % nothing is interpolated.
  const double x = std::round(pane.x() + pane.width() / 2 - centre.x() * z);
  const double y = std::round(pane.y() + pane.height() / 2 - centre.y() * z);
  return {z, 0, 0, z, x, y};
}

void Viewer::keep_inside() {
  const QSizeF size = upright();
  centre_.setX(std::clamp(centre_.x(), 0.0, std::max(0.0, size.width())));
  centre_.setY(std::clamp(centre_.y(), 0.0, std::max(0.0, size.height())));
}

void Viewer::set_fit() {
  fit_ = true;
  tell_visible();
  Q_EMIT zoom_changed();
  update_words();
  update();
}

void Viewer::set_zoom(double zoom, const QPointF& at) {
  const double least = std::min(kLeastZoom, fit_zoom());
  const QPointF screen = at * ratio();
  const int index = compare_ == Compare::SideBySide && pane(1).contains(screen) ? 1 : 0;
  const QPointF under = to_screen(pane(index)).inverted().map(screen);
  zoom_ = std::clamp(zoom, least, kMostZoom);
  fit_ = false;
  const QRectF room = pane(index);
  centre_ = under - (screen - room.center()) / zoom_;
  keep_inside();
  tell_visible();
  Q_EMIT zoom_changed();
  update_words();
  update();
}

void Viewer::toggle_zoom(const QPointF& at) {
  if (fit_ || std::abs(zoom_ - 1) > 1e-6) {
    set_zoom(1, at);
  } else {
    set_fit();
  }
}

QPointF Viewer::pointer() const {
  const QPoint at = mapFromGlobal(QCursor::pos());
  return rect().contains(at) ? QPointF(at) : QPointF(rect().center());
}

void Viewer::set_compare(Compare compare) {
  compare_ = compare;
  preview_.show_difference(compare == Compare::Difference);
  tell_visible();
  Q_EMIT zoom_changed();
  update_words();
  update();
}

void Viewer::hold_before(bool hold) {
  if (hold == before_held_) return;
  before_held_ = hold;
  if (hold) {
    fade_.stop();
    mix_ = 0;
  } else if (qEnvironmentVariableIsSet("LATENT_REDUCED_MOTION")) {
    mix_ = 1;
  } else {
    fade_.start();
  }
  update_words();
  update();
}

void Viewer::cycle_background() {
  background_ = (background_ + 1) % 5;
  update();
}

void Viewer::hold_loupe(bool hold) {
  loupe_ = hold;
  update();
}

void Viewer::set_tool(bool on, bool with_effect) {
  tool_ = on;
  const bool was_plain = std::exchange(plain_, on && !with_effect);
  draws_ = false;
  if (plain_ != was_plain) {  // two panes or one
    tell_visible();
    Q_EMIT zoom_changed();
  }
  setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
  update_words();
  update();
}

QPointF Viewer::source_share(const QPointF& at) const {
  const QPointF result = to_screen(pane(0)).inverted().map(at * ratio());
  const QPointF source = turned().inverted().map(result);
  const QSizeF size(preview_.size() * preview_.scale());
  return size.isEmpty() ? QPointF()
                        : QPointF(source.x() / size.width(), source.y() / size.height());
}

QPointF Viewer::place_of_share(const QPointF& share) const {
  const QSizeF size(preview_.size() * preview_.scale());
  const QPointF result = turned().map(QPointF(share.x() * size.width(), share.y() * size.height()));
  return to_screen(pane(0)).map(result) / ratio();
}

void Viewer::tell_visible() {
  const QSizeF size = upright();
  if (size.isEmpty() || zoom() < kTilesFrom) return preview_.set_visible({});
  const QTransform back = (turned() * to_screen(pane(0))).inverted();
  const QRectF seen = back.mapRect(pane(0));
  const double scale = preview_.scale();
  const QRectF source(seen.topLeft() / scale, seen.size() / scale);
  preview_.set_visible(source.toAlignedRect().intersected(QRect(QPoint(0, 0), preview_.size())));
}

Viewer::Layer Viewer::effect_layer() const {
  const bool differs = compare_ == Compare::Difference && !preview_.is_comparing();
  return differs ? Layer::Difference : Layer::After;
}

double Viewer::divider_x() const {
  const QRectF room = pane(0);
  const QRectF picture = from(to_screen(room), QRectF(QPointF(0, 0), upright())).intersected(room);
  return std::round(picture.left() + picture.width() * divider_);
}

bool Viewer::near_divider(const QPointF& at) const {
  return compare_ == Compare::Divider && has_effect() &&
         std::abs(at.x() * ratio() - divider_x()) < dp(14) * ratio();
}

void Viewer::draw_layer(QPainter& painter, const QRectF& pane, Layer layer, double opacity) const {
  painter.save();
  painter.setClipRect(pane, Qt::IntersectClip);
  painter.setOpacity(opacity);
  const QTransform base = painter.worldTransform();
  const QTransform screen = to_screen(pane);
  const QRectF whole(QPointF(0, 0), upright());
  const double z = zoom();
  painter.setRenderHint(QPainter::SmoothPixmapTransform, z < 1 || z != std::floor(z));
  if (preview_.is_comparing()) {
    draw_compared(painter, screen, layer);
    return painter.restore();
  }
  if (const QImage look = image_of(preview_.look()); !look.isNull()) {
    painter.drawImage(screen.mapRect(whole), look);
  }
  if (z >= kTilesFrom) {
    const int scale = preview_.scale();
    const QTransform all = turned() * screen;
    for (const PreviewModel::Piece& piece : preview_.pieces()) {
      const QRectF area(QPointF(piece.region.topLeft() * scale),
                        QSizeF(piece.region.size() * scale));
      if (!all.mapRect(area).intersects(pane)) continue;
      painter.setWorldTransform(all * base);
      painter.drawImage(area,
                        image_of(layer == Layer::Before                           ? piece.before
                                 : layer == Layer::Difference && piece.difference ? piece.difference
                                                                                  : piece.after));
      painter.setWorldTransform(base);
    }
  }
  if (overlay_ && !overlay_->empty()) {
    const auto view = overlay_->view();
    const QImage image(view.data(), view.width(), view.height(), view.stride(),
                       QImage::Format_ARGB32_Premultiplied);
    painter.setWorldTransform(turned() * screen * base);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
    painter.drawImage(QRectF(QPointF(0, 0), QSizeF(preview_.size() * preview_.scale())), image);
  }
  painter.restore();
}

void Viewer::paintEvent(QPaintEvent*) {
  static constexpr std::array<QRgb, 4> kGrounds{0xff000000, 0xff262626, 0xff777777, 0xffffffff};
  QPainter painter(this);
  painter.fillRect(rect(), background_ == 0
                               ? Theme::now().stage
                               : QColor(kGrounds[static_cast<std::size_t>(background_ - 1)]));
  if (preview_.path().empty()) return;
  painter.scale(1 / ratio(), 1 / ratio());  // from here on in pixels of the screen
  if (compare_ == Compare::SideBySide && !plain_) {
    draw_layer(painter, pane(0), Layer::Before, 1);
    draw_layer(painter, pane(1), before_held_ ? Layer::Before : Layer::After, 1);
  } else {
    const QRectF room = pane(0);
    const bool divided = compare_ == Compare::Divider && has_effect();
    const double line = divided ? divider_x() : room.left();
    draw_layer(painter, room, Layer::Before, 1);
    if (has_effect() && mix_ > 0) {
      const QRectF right(line, room.top(), room.right() - line, room.height());
      painter.save();
      painter.setClipRect(right);
      draw_layer(painter, room, effect_layer(), mix_);
      painter.restore();
    }
    if (divided && !before_held_) {
      painter.setPen(QPen(Qt::white, 1.5 * ratio()));
      painter.drawLine(QPointF(line, room.top()), QPointF(line, room.bottom()));
      painter.setRenderHint(QPainter::Antialiasing);
      painter.setPen(QPen(QColor(0, 0, 0, 90), ratio()));
      painter.setBrush(Qt::white);
      const double r = dp(14) * ratio();
      const QPointF knob(line, room.center().y());
      painter.drawEllipse(knob, r, r);
      painter.setBrush(QColor(0x22, 0x22, 0x22));
      painter.setPen(Qt::NoPen);
      for (const double side : {-1.0, 1.0}) {
        painter.drawPolygon(
            QPolygonF({knob + QPointF(side * r * 0.6, 0), knob + QPointF(side * r * 0.2, -r * 0.35),
                       knob + QPointF(side * r * 0.2, r * 0.35)}));
      }
    }
  }
  painter.resetTransform();
  if (tool_) draw_marks(painter);
  draw_words(painter);
  if (loupe_) draw_loupe(painter);
  if (hasFocus()) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(Theme::now().accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
  }
}

void Viewer::resizeEvent(QResizeEvent*) {
  keep_inside();
  tell_visible();
  Q_EMIT zoom_changed();
}

void Viewer::wheelEvent(QWheelEvent* event) {
  const int turn = event->angleDelta().y();
  if (turn == 0) return;
  if ((event->modifiers() & Qt::ControlModifier) != 0) {
    Q_EMIT step_asked(turn > 0 ? -1 : 1);
  } else {
    set_zoom(zoom() * std::pow(1.25, turn / 120.0), event->position());
  }
  event->accept();
}

void Viewer::mousePressEvent(QMouseEvent* event) {
  drag_from_ = event->position();
  drags_divider_ = event->button() == Qt::LeftButton && near_divider(event->position());
  // The right button says what the left one says with Alt, which window managers like to keep.
  const bool right = event->button() == Qt::RightButton;
  draws_ = tool_ && !draws_ && (right || event->button() == Qt::LeftButton) && !drags_divider_;
  if (draws_) {
    Q_EMIT tool_pressed(source_share(event->position()),
                        event->modifiers() | (right ? Qt::AltModifier : Qt::NoModifier));
  }
}

void Viewer::mouseMoveEvent(QMouseEvent* event) {
  tell_pixel(event->position());
  if (loupe_ || brush_ > 0) update();
  if (!drag_from_) {
    setCursor(near_divider(event->position()) ? Qt::SplitHCursor
              : tool_                         ? Qt::CrossCursor
                                              : Qt::ArrowCursor);
    return;
  }
  if (draws_) return Q_EMIT tool_moved(source_share(event->position()));
  if (drags_divider_) {
    const QRectF room = pane(0);
    const QRectF picture =
        from(to_screen(room), QRectF(QPointF(0, 0), upright())).intersected(room);
    if (picture.width() > 0) {
      divider_ = std::clamp((event->position().x() * ratio() - picture.left()) / picture.width(),
                            0.0, 1.0);
    }
    return update();
  }
  if (fit_) return;
  centre_ -= (event->position() - *drag_from_) * ratio() / zoom();
  drag_from_ = event->position();
  keep_inside();
  tell_visible();
  update();
}

void Viewer::mouseReleaseEvent(QMouseEvent* event) {
  if (draws_ && event->button() != Qt::MiddleButton) {
    draws_ = false;
    Q_EMIT tool_released(source_share(event->position()));
  }
  drag_from_.reset();
  drags_divider_ = false;
}

void Viewer::mouseDoubleClickEvent(QMouseEvent* event) {
  if (!tool_) toggle_zoom(event->position());
}

void Viewer::leaveEvent(QEvent*) { Q_EMIT pixel_pointed({}); }

bool Viewer::event(QEvent* event) {
  if (event->type() == QEvent::KeyPress) {  // before Qt moves the focus
    auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_Tab && key->modifiers() == Qt::NoModifier) {
      Q_EMIT panes_asked();
      return true;
    }
  }
  return QWidget::event(event);
}

void Viewer::tell_pixel(const QPointF& at) {
  const QPointF share = source_share(at);
  if (preview_.is_comparing()) return tell_compared_pixel(share);
  const int x = static_cast<int>(share.x() * preview_.size().width());
  const int y = static_cast<int>(share.y() * preview_.size().height());
  const auto& pieces = preview_.pieces();
  const auto piece = std::find_if(pieces.rbegin(), pieces.rend(),
                                  [&](const auto& each) { return each.region.contains(x, y); });
  if (piece == pieces.rend()) return Q_EMIT pixel_pointed({});
  const int scale = preview_.scale();
  const int column = (x - piece->region.x()) * scale;
  const int row = (y - piece->region.y()) * scale;
  const auto words = [&](const app::SharedPixels& pixels) {
    return QStringLiteral("%1 %2 %3")
        .arg(pixels->view().at(column, row, 0))
        .arg(pixels->view().at(column, row, 1))
        .arg(pixels->view().at(column, row, 2));
  };
  Q_EMIT pixel_pointed(tr("x %1, y %2   before %3   after %4")
                           .arg(x)
                           .arg(y)
                           .arg(words(piece->before), words(piece->after)));
}

}  // namespace latent::gui
