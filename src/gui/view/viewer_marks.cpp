// SPDX-License-Identifier: GPL-3.0-or-later
// What was clicked, boxed and painted, over the picture; and the brush at the pointer.
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <algorithm>

#include "gui/view/theme.h"
#include "gui/view/viewer.h"

namespace latent::gui {

using mask::PromptKind;

namespace {

// Every mark is drawn twice, dark and then light, so that it shows on any picture.
const QColor kDark(0, 0, 0, 170);
const QColor kOn(0x8c, 0xd0, 0xff);
const QColor kOff(0xff, 0xb0, 0x5c);

}  // namespace

void Viewer::set_overlay(const app::SharedPixels& overlay) {
  overlay_ = overlay;
  update();
}

void Viewer::set_marks(std::vector<Mark> marks) {
  marks_ = std::move(marks);
  update();
}

void Viewer::set_brush(double radius) {
  brush_ = radius;
  update();
}

void Viewer::set_dust(std::vector<DustMark> dust) {
  dust_ = std::move(dust);
  update();
}

void Viewer::centre_on(const QPointF& share) {
  if (fit_) return;
  const QSize size = preview_.size() * preview_.scale();
  centre_ = turned().map(QPointF(share.x() * size.width(), share.y() * size.height()));
  keep_inside();
  tell_visible();
  update();
}

double Viewer::screen_length(double share) const {
  const QSize size = preview_.size() * preview_.scale();
  return share * std::max(size.width(), size.height()) * zoom() / ratio();
}

double Viewer::brush_px() const { return screen_length(brush_); }

/// A ring with room around the spot, so that it can be judged; broken: it stays.
void Viewer::draw_dust(QPainter& painter, const DustMark& mark) const {
  const double r = std::max<double>(dp(7), screen_length(mark.radius) + dp(3));
  const QPointF at = place_of_share(mark.share);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(kDark, mark.chosen ? dp(6) : dp(4)));
  painter.drawEllipse(at, r, r);
  painter.setPen(QPen(mark.erase ? kOn : kOff, mark.chosen ? dp(4) : dp(2),
                      mark.erase ? Qt::SolidLine : Qt::DotLine));
  painter.drawEllipse(at, r, r);
}

void Viewer::draw_mark(QPainter& painter, const Mark& mark) const {
  const auto& places = mark.prompt.places;
  const auto at = [&](std::size_t i) { return place_of_share(QPointF(places[i].x, places[i].y)); };
  QColor colour = mark.prompt.on_object ? kOn : kOff;
  if (!mark.chosen) colour.setAlpha(150);
  painter.setBrush(Qt::NoBrush);
  switch (mark.prompt.kind) {
    case PromptKind::Click: {
      const double r = dp(7);
      painter.setPen(QPen(kDark, 1));
      painter.setBrush(colour);
      painter.drawEllipse(at(0), r, r);
      painter.setPen(QPen(QColor(0x10, 0x18, 0x20), dp(2)));
      const double arm = r * 0.55;
      painter.drawLine(at(0) - QPointF(arm, 0), at(0) + QPointF(arm, 0));
      if (mark.prompt.on_object) painter.drawLine(at(0) - QPointF(0, arm), at(0) + QPointF(0, arm));
      break;
    }
    case PromptKind::Box: {
      const QRectF box = QRectF(at(0), at(1)).normalized();
      painter.setPen(QPen(kDark, dp(3)));
      painter.drawRect(box);
      painter.setPen(QPen(colour, dp(1), Qt::DashLine));
      painter.drawRect(box);
      break;
    }
    case PromptKind::Stroke: {
      QPainterPath path(at(0));
      for (std::size_t i = 1; i < places.size(); ++i) path.lineTo(at(i));
      if (places.size() == 1) path.lineTo(at(0) + QPointF(0.1, 0));
      const QSize size = preview_.size() * preview_.scale();
      const double wide =
          2 * mark.prompt.radius * std::max(size.width(), size.height()) * zoom() / ratio();
      // While it is drawn as wide as it is; later what it did is seen, and a line recalls it.
      colour.setAlpha(mark.drawing ? 130 : mark.chosen ? 160 : 90);
      painter.setPen(QPen(colour, mark.drawing ? std::max(1.0, wide) : 1.0, Qt::SolidLine,
                          Qt::RoundCap, Qt::RoundJoin));
      painter.drawPath(path);
      break;
    }
  }
}

void Viewer::draw_marks(QPainter& painter) const {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  for (const Mark& mark : marks_) draw_mark(painter, mark);
  for (const DustMark& mark : dust_) draw_dust(painter, mark);
  if (brush_ > 0 && underMouse()) {
    const double r = std::max(1.0, brush_px());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(kDark, 3));
    painter.drawEllipse(pointer(), r, r);
    painter.setPen(QPen(Qt::white, 1));
    painter.drawEllipse(pointer(), r, r);
  }
  painter.restore();
}

}  // namespace latent::gui
