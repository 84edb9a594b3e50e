// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/photo_graphs.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "gui/view/controls.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/preview_model.h"

namespace latent::gui {

namespace {

constexpr int kBins = 256;

void draw_ground(QPainter& painter, const QRect& rect) {
  painter.fillRect(rect, Theme::now().field);
  painter.setPen(QPen(Theme::now().line, 1));
  for (int i = 1; i < 4; ++i) {
    const int x = rect.left() + rect.width() * i / 4;
    painter.drawLine(x, rect.top(), x, rect.bottom());
  }
}

}  // namespace

/// Red, green and blue, laid over each other; the height by the square root, so that shadows show.
class PhotoGraphs::Histogram : public QWidget {
 public:
  explicit Histogram(PreviewModel& preview) : preview_(preview) {
    setFixedHeight(dp(64));
    setObjectName(QStringLiteral("histogram"));
  }

 protected:
  void paintEvent(QPaintEvent* /*event*/) override {
    QPainter painter(this);
    draw_ground(painter, rect());
    const auto& bins = preview_.histogram();
    if (bins.size() != std::size_t{3} * kBins) return;
    // The ends, where clipped pixels heap up, do not set the scale.
    int most = 1;
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t i = 2; i + 2 < kBins; ++i) most = std::max(most, bins[c * kBins + i]);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setCompositionMode(Theme::now().dark ? QPainter::CompositionMode_Screen
                                                 : QPainter::CompositionMode_Multiply);
    const bool dark = Theme::now().dark;
    const QColor colours[] = {dark ? QColor(0xa0, 0x30, 0x30) : QColor(0xff, 0xa0, 0xa0),
                              dark ? QColor(0x30, 0x90, 0x30) : QColor(0xa0, 0xe8, 0xa0),
                              dark ? QColor(0x30, 0x50, 0xb0) : QColor(0xa0, 0xb8, 0xff)};
    for (std::size_t c = 0; c < 3; ++c) {
      QPainterPath path(QPointF(0, height()));
      for (std::size_t i = 0; i < kBins; ++i) {
        const double share = std::sqrt(std::min(1.0, double(bins[c * kBins + i]) / most));
        path.lineTo(width() * (double(i) + 0.5) / kBins, height() - share * (height() - 2));
      }
      path.lineTo(width(), height());
      painter.fillPath(path, colours[c]);
    }
  }

 private:
  PreviewModel& preview_;
};

/// Noise by brightness: dark on the left.
class PhotoGraphs::Curve : public QWidget {
 public:
  explicit Curve(PreviewModel& preview) : preview_(preview) {
    setFixedHeight(dp(48));
    setObjectName(QStringLiteral("noise_curve"));
  }

 protected:
  void paintEvent(QPaintEvent* /*event*/) override {
    QPainter painter(this);
    draw_ground(painter, rect());
    const auto& facts = preview_.noise();
    if (!facts || facts->noise_curve.empty()) return;
    const auto& curve = facts->noise_curve;
    const double most = std::max(1e-9, *std::ranges::max_element(curve)) * 1.15;
    QPolygonF line;
    for (std::size_t i = 0; i < curve.size(); ++i) {
      line << QPointF(width() * (double(i) + 0.5) / double(curve.size()),
                      height() - curve[i] / most * height());
    }
    line.prepend(QPointF(0, line.front().y()));
    line.append(QPointF(width(), line.back().y()));
    painter.setRenderHint(QPainter::Antialiasing);
    // What is not sure is drawn as a broken line.
    constexpr double kSure = 0.35;
    painter.setPen(QPen(Theme::now().accent, dp(2),
                        facts->confidence >= kSure ? Qt::SolidLine : Qt::DashLine));
    painter.drawPolyline(line);
  }

 private:
  PreviewModel& preview_;
};

PhotoGraphs::PhotoGraphs(PreviewModel& preview, QWidget* parent)
    : QWidget(parent),
      preview_(preview),
      histogram_(new Histogram(preview)),
      curve_(new Curve(preview)),
      words_(make_label({}, "secondary")) {
  setObjectName(QStringLiteral("plain"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(dp(8), 0, dp(8), 0);
  column->setSpacing(dp(4));
  column->addWidget(make_label(tr("HISTOGRAM"), "label"));
  column->addWidget(histogram_);
  column->addSpacing(dp(8));
  column->addWidget(make_label(tr("NOISE BY BRIGHTNESS"), "label"));
  column->addWidget(curve_);
  words_->setWordWrap(true);
  words_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  words_->setMinimumHeight(dp(30));
  words_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  column->addWidget(words_);
  connect(&preview_, &PreviewModel::opened, this, &PhotoGraphs::read);
  connect(&preview_, &PreviewModel::facts_known, this, &PhotoGraphs::read);
  connect(&preview_, &PreviewModel::changed, this, [this](const QRect& region) {
    if (region.isEmpty()) read();  // the look came, and no mere tile
  });
  read();
}

void PhotoGraphs::read() {
  const QString noise = preview_.noise_words();
  words_->setText(!noise.isEmpty()          ? noise
                  : preview_.path().empty() ? tr("no picture")
                                            : tr("not measured yet"));
  const auto& bins = preview_.histogram();
  QString spoken = tr("no histogram yet");
  if (bins.size() == std::size_t{3} * kBins) {
    const auto green = bins.begin() + kBins;
    const double all = std::max(1, std::accumulate(green, green + kBins, 0));
    spoken = tr("%1 % of the picture is black, %2 % is white")
                 .arg(100.0 * green[0] / all, 0, 'f', 1)
                 .arg(100.0 * green[kBins - 1] / all, 0, 'f', 1);
  }
  histogram_->setAccessibleName(tr("Histogram: %1").arg(spoken));
  histogram_->setToolTip(spoken);
  curve_->setAccessibleName(tr("Noise by brightness: %1").arg(words_->text()));
  curve_->setToolTip(
      tr("Left: shadows, right: highlights. A broken line: the estimate is not sure."));
  histogram_->update();
  curve_->update();
}

}  // namespace latent::gui
