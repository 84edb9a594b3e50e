// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointF>
#include <QtCore/QTimer>
#include <QtCore/QVariantAnimation>
#include <QtGui/QImage>
#include <QtGui/QTransform>
#include <QtWidgets/QWidget>
#include <optional>
#include <vector>

#include "gui/viewmodel/preview_model.h"
#include "mask/prompts.h"

namespace latent::gui {

/// Pixels as Qt has them, without a copy: they must live longer.
[[nodiscard]] QImage image_of(const app::SharedPixels& pixels);

/// The picture, before and after. At 100 % one pixel of the result is one pixel of the screen,
/// whatever the screen's scaling. Everything it draws was made elsewhere.
class Viewer : public QWidget {
  Q_OBJECT
 public:
  enum class Compare { Divider, SideBySide, After, Difference };

  explicit Viewer(PreviewModel& preview, QWidget* parent = nullptr);

  [[nodiscard]] double zoom() const;  ///< screen pixels for a pixel of the result
  [[nodiscard]] bool is_fit() const { return fit_; }
  void set_fit();
  /// Keeps what lies under `at` (of the widget) where it is.
  void set_zoom(double zoom, const QPointF& at);
  void toggle_zoom(const QPointF& at);    ///< 100 % and fit
  [[nodiscard]] QPointF pointer() const;  ///< in the widget, else its centre

  void set_compare(Compare compare);
  [[nodiscard]] Compare compare() const { return compare_; }
  void hold_before(bool hold);
  void cycle_background();
  void hold_loupe(bool hold);
  void set_after_label(const QString& label) { after_label_ = label; }

  /// The source pixel (not turned) under a place of the widget, and back; in shares of the source.
  [[nodiscard]] QPointF source_share(const QPointF& at) const;
  [[nodiscard]] QPointF place_of_share(const QPointF& share) const;
  /// Something over the picture: [h, w, 4] as app::mask_look(), not turned. Null: nothing.
  void set_overlay(const app::SharedPixels& overlay);
  /// What was said of the objects of a mask.
  struct Mark {
    mask::Prompt prompt;
    bool chosen = false;   ///< of the object that the next prompt belongs to
    bool drawing = false;  ///< the button is still down
  };
  void set_marks(std::vector<Mark> marks);
  /// A shadow of dust that was found.
  struct DustMark {
    QPointF share;      ///< of the source, not turned
    double radius = 0;  ///< share of the longest side
    bool erase = true;
    bool chosen = false;
  };
  void set_dust(std::vector<DustMark> dust);
  /// Brings a place into sight, where not all of the picture is.
  void centre_on(const QPointF& share);
  /// Radius of the brush at the pointer, a share of the longest side; 0: there is none.
  void set_brush(double radius);
  /// While a tool is on, presses and drags go to it (of the right button with Alt); the middle
  /// one moves the picture. `with_effect`: before and after are shown all the same.
  void set_tool(bool on, bool with_effect = false);

  [[nodiscard]] QSize sizeHint() const override;

 Q_SIGNALS:
  void zoom_changed();
  void step_asked(int rows);
  void pixel_pointed(const QString& words);  ///< "x 120, y 88: 132 120 98"; empty: none
  void tool_pressed(const QPointF& share, Qt::KeyboardModifiers keys);
  void tool_moved(const QPointF& share);
  void tool_released(const QPointF& share);
  void panes_asked();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  enum class Layer { Before, After, Difference };
  /// What stands in the place of after: itself, or how it differs.
  [[nodiscard]] Layer effect_layer() const;
  static constexpr double kTilesFrom = 0.25;  ///< below this zoom the look is as good
  [[nodiscard]] QSizeF upright() const;       ///< of the result
  [[nodiscard]] double fit_zoom() const;
  [[nodiscard]] double ratio() const { return devicePixelRatioF(); }
  [[nodiscard]] QRectF pane(int index) const;                    ///< in screen pixels
  [[nodiscard]] QTransform to_screen(const QRectF& pane) const;  ///< of the upright result
  [[nodiscard]] QTransform turned() const;                       ///< source times scale, to upright
  void draw_layer(QPainter& painter, const QRectF& pane, Layer layer, double opacity) const;
  /// One of two photographs that are compared.
  void draw_compared(QPainter& painter, const QTransform& screen, Layer layer) const;
  void draw_words(QPainter& painter) const;
  void draw_loupe(QPainter& painter) const;
  void draw_marks(QPainter& painter) const;
  void draw_mark(QPainter& painter, const Mark& mark) const;
  void draw_dust(QPainter& painter, const DustMark& mark) const;
  [[nodiscard]] double screen_length(double share) const;  ///< of the longest side
  [[nodiscard]] double brush_px() const;                   ///< on the screen
  [[nodiscard]] bool has_effect() const {
    return preview_.is_comparing() ? preview_.are_both_there()
                                   : !preview_.pieces().empty() && !plain_;
  }
  void keep_inside();
  void tell_visible();
  void tell_pixel(const QPointF& at);
  void tell_compared_pixel(const QPointF& share);
  void update_words();
  [[nodiscard]] double divider_x() const;
  [[nodiscard]] bool near_divider(const QPointF& at) const;

  PreviewModel& preview_;
  bool fit_ = true;
  double zoom_ = 1;
  QPointF centre_;  ///< of the upright result
  Compare compare_ = Compare::Divider;
  double divider_ = 0.5;  ///< share of the picture's width on the screen
  bool before_held_ = false;
  bool loupe_ = false;
  double mix_ = 1;  ///< of after
  QVariantAnimation fade_;
  int background_ = 0;
  QString after_label_;
  app::SharedPixels overlay_;
  std::vector<Mark> marks_;
  std::vector<DustMark> dust_;
  double brush_ = 0;
  bool tool_ = false;
  bool plain_ = false;  ///< before alone is shown
  std::optional<QPointF> drag_from_;
  bool draws_ = false;  ///< the press went to the tool
  bool drags_divider_ = false;
  QTimer loading_;  ///< single: loading is shown only after it
  bool show_loading_ = false;
};

}  // namespace latent::gui
