// SPDX-License-Identifier: GPL-3.0-or-later
// What the viewer writes over the picture, and the magnifier.
#include <QtCore/QLocale>
#include <QtGui/QPainter>
#include <cmath>

#include "app/studio/difference.h"
#include "gui/view/theme.h"
#include "gui/view/viewer.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

void Viewer::draw_words(QPainter& painter) const {
  painter.setRenderHint(QPainter::Antialiasing);
  const auto pill = [&](const QString& text, QPointF corner, Qt::Alignment side, bool loud) {
    if (text.isEmpty()) return;
    const QFontMetrics metrics(painter.font());
    const int most = width() - dp(32);
    const QString fitted = metrics.elidedText(text, Qt::ElideMiddle, most - dp(24));
    const QSizeF size(metrics.horizontalAdvance(fitted) + dp(24), metrics.height() + dp(12));
    if ((side & Qt::AlignRight) != 0) corner.rx() -= size.width();
    if ((side & Qt::AlignHCenter) != 0) corner.rx() -= size.width() / 2;
    if ((side & Qt::AlignBottom) != 0) corner.ry() -= size.height();
    const QRectF box(corner, size);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, loud ? 200 : 140));
    painter.drawRoundedRect(box, size.height() / 2, size.height() / 2);
    painter.setPen(loud ? QColor(0xff, 0xd5, 0x9a) : Qt::white);
    painter.drawText(box, Qt::AlignCenter, fitted);
  };
  const bool effect = has_effect();
  const double m = dp(12);
  const bool pair = preview_.is_comparing();
  const QString before = pair ? shown_name(preview_.compared()[0].path) : tr("Before");
  const QString after = pair ? shown_name(preview_.compared()[1].path) : after_label_;
  if (effect && (pair || zoom() >= Viewer::kTilesFrom)) {
    if (before_held_) {
      pill(before, {m, m}, Qt::AlignLeft, false);
    } else {
      const bool differs = effect_layer() == Layer::Difference;
      if (differs) {
        pill(tr("Difference x %1: grey is what stays").arg(app::kDifferenceGain), {m, m},
             Qt::AlignLeft, false);
      } else if (compare_ != Compare::After) {
        pill(before, {m, m}, Qt::AlignLeft, false);
      }
      pill(after, {width() - m, m}, Qt::AlignRight, false);
    }
  }
  if (effect && !before_held_) {
    pill(pair ? tr("\\  hold for the first    C  leave") : tr("\\  hold for before"),
         {m, height() - m}, Qt::AlignLeft | Qt::AlignBottom, false);
  }
  if (zoom() < 1 - 1e-6 && (pair ? effect : preview_.look() != nullptr)) {
    pill(tr("%1 %: noise cannot be judged below 100 %").arg(std::lround(zoom() * 100)),
         {width() - m, height() - m}, Qt::AlignRight | Qt::AlignBottom, false);
  }
  const QPointF middle(width() / 2.0, height() / 2.0);
  if (!preview_.problem().isEmpty()) {
    pill(preview_.problem(), middle, Qt::AlignHCenter, true);
  } else if (tool_ && !plain_ && preview_.pieces().empty()) {
    pill(tr("Filling what is covered"), middle, Qt::AlignHCenter, false);
  } else if (show_loading_ && !plain_) {  // a tool has its own words
    pill(pair                        ? tr("Opening both photographs")
         : preview_.busy().isEmpty() ? tr("Opening the picture")
                                     : preview_.busy(),
         middle, Qt::AlignHCenter, false);
  }
}

void Viewer::draw_loupe(QPainter& painter) const {
  constexpr double kTimes = 2;  // of what is on the screen
  const QPointF at = pointer();
  const int side = dp(220);
  QImage around(QSize(side, side) * ratio(), QImage::Format_RGB32);
  around.setDevicePixelRatio(ratio());
  around.fill(Qt::black);
  QPainter inside(&around);
  inside.scale(1 / ratio(), 1 / ratio());
  const QPointF screen = at * ratio();
  const QPointF half(around.width() / 2.0, around.height() / 2.0);
  QTransform enlarge;
  enlarge.translate(half.x(), half.y());
  enlarge.scale(kTimes, kTimes);
  enlarge.translate(-screen.x(), -screen.y());
  inside.setWorldTransform(enlarge * inside.worldTransform());
  draw_layer(inside, pane(0), before_held_ ? Layer::Before : effect_layer(), 1);
  inside.end();
  QPointF corner = at + QPointF(dp(24), dp(24));
  if (corner.x() + side > width()) corner.rx() = at.x() - dp(24) - side;
  if (corner.y() + side > height()) corner.ry() = at.y() - dp(24) - side;
  painter.drawImage(corner, around);
  painter.setPen(QPen(Qt::white, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRectF(corner, QSizeF(side, side)));
}

void Viewer::update_words() {
  const long percent = std::lround(zoom() * 100);
  QString state = preview_.path().empty() ? tr("no picture")
                  : before_held_          ? tr("before, %1 %").arg(percent)
                  : effect_layer() == Layer::Difference
                      ? tr("difference of before and after, %1 %").arg(percent)
                      : tr("before and after, %1 %").arg(percent);
  if (preview_.is_comparing()) {
    const auto& pair = preview_.compared();
    state = before_held_ ? tr("%1, %2 %").arg(shown_name(pair[0].path)).arg(percent)
                         : tr("%1 beside %2, %3 %")
                               .arg(shown_name(pair[0].path), shown_name(pair[1].path))
                               .arg(percent);
  }
  if (zoom() < 1 - 1e-6) state += tr(": noise cannot be judged below 100 %");
  if (!preview_.problem().isEmpty()) state = preview_.problem();
  setAccessibleDescription(state);
}

}  // namespace latent::gui
