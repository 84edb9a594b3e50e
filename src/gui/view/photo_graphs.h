// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

class QLabel;

namespace latent::gui {

class PreviewModel;

/// The histogram of the photograph and its noise by brightness, with how sure the measurement is.
class PhotoGraphs : public QWidget {
  Q_OBJECT
 public:
  explicit PhotoGraphs(PreviewModel& preview, QWidget* parent = nullptr);

 private:
  class Histogram;
  class Curve;
  void read();

  PreviewModel& preview_;
  QWidget* histogram_;
  QWidget* curve_;
  QLabel* words_;
};

}  // namespace latent::gui
