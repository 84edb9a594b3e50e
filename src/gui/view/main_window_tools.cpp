// SPDX-License-Identifier: GPL-3.0-or-later
// The mask tool in the window: what goes from the picture to it and back.
#include <QtGui/QKeyEvent>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>
#include <algorithm>

#include "gui/view/main_window.h"
#include "gui/view/mask_view.h"
#include "gui/view/restore_view.h"
#include "gui/view/viewer.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

using Hand = MaskTool::Hand;
using Purpose = MaskTool::Purpose;

MainWindow::Mode MainWindow::mode() const {
  const MaskTool& tool = studio_.mask();
  if (!tool.is_on()) return Mode::Restore;
  return tool.purpose() == Purpose::Erase ? Mode::Erase : Mode::Mask;
}

void MainWindow::show_mode(Mode mode) {
  if (mode == Mode::Restore) {
    studio_.mask().end();
  } else if (!studio_.current().empty()) {
    if (grid_wanted_) show_grid(false);
    studio_.end_comparison();
    studio_.mask().begin(mode == Mode::Erase ? Purpose::Erase : Purpose::Strength);
    viewer_->setFocus();
  }
  update_tools();
}

void MainWindow::connect_tools() {
  MaskTool& tool = studio_.mask();
  connect(viewer_, &Viewer::tool_pressed, &tool, &MaskTool::press);
  connect(viewer_, &Viewer::tool_moved, &tool, &MaskTool::move);
  connect(viewer_, &Viewer::tool_released, &tool, &MaskTool::release);
  connect(&tool, &MaskTool::on_changed, this, &MainWindow::update_tools);
  connect(&tool, &MaskTool::tool_changed, this, &MainWindow::update_tools);
  connect(&tool, &MaskTool::hole_changed, this, &MainWindow::update_tools);
  connect(&tool, &MaskTool::overlay_changed, this, &MainWindow::update_tools);
  connect(&tool, &MaskTool::state_changed, this, &MainWindow::update_marks);
  connect(&tool, &MaskTool::drawing_changed, this, &MainWindow::update_marks);
  connect(mask_, &MaskView::leave_asked, this, [this] { show_mode(Mode::Restore); });
  connect(mask_, &MaskView::place_asked, viewer_, &Viewer::centre_on);
  connect(mask_, &MaskView::erase_asked, this, [this] {
    if (studio_.erase()) tell(tr("The picture without it is in the queue."), false);
  });
  connect(restore_, &RestoreView::mask_asked, this, [this] { show_mode(Mode::Mask); });
  connect(&tool, &MaskTool::use_changed, this, [this] {
    if (studio_.mask().is_on() && studio_.mask().used_for(studio_.current())) {
      show_mode(Mode::Restore);
      tell(tr("Restoring works inside the mask of this picture now."), false);
    }
  });
  update_tools();
}

void MainWindow::update_tools() {
  const MaskTool& tool = studio_.mask();
  const bool filled = tool.is_on() && !tool.hole().empty();
  panel_->setCurrentWidget(tool.is_on() ? static_cast<QWidget*>(mask_) : restore_);
  for (std::size_t i = 0; i < modes_.size(); ++i) {
    modes_[i]->setChecked(i == static_cast<std::size_t>(mode()));
  }
  viewer_->set_tool(tool.is_on(), filled);
  viewer_->set_overlay(filled ? nullptr : tool.overlay());
  const bool brush =
      tool.is_on() && tool.hand() == Hand::Brush && tool.state().way != app::MaskWay::Depth;
  viewer_->set_brush(brush ? tool.brush() : 0);
  update_after_label();
  update_marks();
}

void MainWindow::update_marks() {
  const MaskTool& tool = studio_.mask();
  std::vector<Viewer::Mark> marks;
  if (tool.is_on() && tool.hole().empty() && tool.state().way != app::MaskWay::Depth) {
    const app::MaskState& state = tool.state();
    const bool painted = state.way == app::MaskWay::Painted;
    for (std::size_t i = 0; i < state.prompts.objects.size() && !painted; ++i) {
      for (const mask::Prompt& prompt : state.prompts.objects[i].prompts) {
        marks.push_back({prompt, i == state.object, false});
      }
    }
    if (tool.drawing()) marks.push_back({*tool.drawing(), true, true});
  }
  viewer_->set_marks(std::move(marks));
  std::vector<Viewer::DustMark> dust;
  if (tool.is_on() && tool.purpose() == Purpose::Erase && tool.hole().empty()) {
    const app::MaskState& state = tool.state();
    const double width = state.dust_in.width;
    const double height = state.dust_in.height;
    for (std::size_t i = 0; i < state.dust.size(); ++i) {
      const fill::Spot& spot = state.dust[i].spot;
      dust.push_back({QPointF(spot.x / width, spot.y / height),
                      spot.radius / std::max(width, height), state.dust[i].erase,
                      static_cast<int>(i) == tool.chosen_dust()});
    }
  }
  viewer_->set_dust(std::move(dust));
}

bool MainWindow::tool_key(QKeyEvent* event) {
  constexpr double kStep = 1.2;
  MaskTool& tool = studio_.mask();
  if (event->key() == Qt::Key_R) {
    show_mode(Mode::Restore);
    return true;
  }
  if (!tool.is_on()) return false;
  switch (event->key()) {
    case Qt::Key_C:
      tool.set_hand(Hand::Click);
      return true;
    case Qt::Key_X:
      tool.set_hand(Hand::Box);
      return true;
    case Qt::Key_P:
      tool.set_hand(Hand::Brush);
      return true;
    case Qt::Key_D:
      tool.look_for_dust();
      return true;
    case Qt::Key_N:
      tool.begin_object();
      return true;
    case Qt::Key_BracketLeft:
      tool.set_brush(tool.brush() / kStep);
      return true;
    case Qt::Key_BracketRight:
      tool.set_brush(tool.brush() * kStep);
      return true;
    case Qt::Key_O:
      tool.set_style(static_cast<app::MaskStyle>((static_cast<int>(tool.style()) + 1) % 3));
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      tool.apply();
      return true;
    case Qt::Key_Escape:
      if (tool.drawing()) {
        tool.drop_drawing();
      } else {
        show_mode(Mode::Restore);
      }
      return true;
    default:
      return false;
  }
}

}  // namespace latent::gui
