// SPDX-License-Identifier: GPL-3.0-or-later
// Two photographs in one view.
#include <QtGui/QPainter>
#include <algorithm>

#include "gui/view/theme.h"
#include "gui/view/viewer.h"

namespace latent::gui {

void Viewer::draw_compared(QPainter& painter, const QTransform& screen, Layer layer) const {
  const PreviewModel::Compared& one = preview_.compared()[layer == Layer::After ? 1 : 0];
  if (!preview_.are_both_there() || one.place.isEmpty()) return;
  // Where one covers less than the frame, the other does not show through.
  painter.fillRect(screen.mapRect(QRectF(QPointF(0, 0), upright())), Theme::now().stage);
  const QRectF target = screen.mapRect(QRectF(one.place));
  // The look was made smaller with care: it is what is shown as long as it has enough pixels.
  const bool by_look = target.width() <= one.photo.look->width();
  painter.drawImage(target, image_of(by_look ? one.photo.look : one.photo.whole));
}

void Viewer::tell_compared_pixel(const QPointF& share) {
  QStringList words;
  const QPointF at(share.x() * preview_.size().width(), share.y() * preview_.size().height());
  for (const PreviewModel::Compared& one : preview_.compared()) {
    if (!preview_.are_both_there() || !QRectF(one.place).contains(at)) continue;
    const auto view = one.photo.whole->view();
    const QPointF inside = at - one.place.topLeft();
    const int x =
        std::clamp(int(inside.x() * view.width() / one.place.width()), 0, view.width() - 1);
    const int y =
        std::clamp(int(inside.y() * view.height() / one.place.height()), 0, view.height() - 1);
    words << QStringLiteral("x %1, y %2: %3 %4 %5")
                 .arg(x)
                 .arg(y)
                 .arg(view.at(x, y, 0))
                 .arg(view.at(x, y, 1))
                 .arg(view.at(x, y, 2));
  }
  Q_EMIT pixel_pointed(words.join(QStringLiteral("   |   ")));
}

}  // namespace latent::gui
