// SPDX-License-Identifier: GPL-3.0-or-later
// Shadows of dust in the panel of erasing: found, listed, ticked off.
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>

#include "gui/view/controls.h"
#include "gui/view/mask_view.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/mask_tool.h"

namespace latent::gui {

void MaskView::add_dust(QVBoxLayout& column) {
  dust_box_ = new QWidget;
  dust_box_->setObjectName(QStringLiteral("plain"));
  auto* rows = new QVBoxLayout(dust_box_);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(dp(4));
  rows->addWidget(make_label(tr("DUST ON THE SENSOR"), "label"));
  auto* find = new QPushButton(tr("Find shadows of dust"));
  find->setObjectName(QStringLiteral("find_dust"));
  find->setToolTip(
      tr("Small, round, dark spots on calm ground, as latent erase --spots finds (D)"));
  connect(find, &QPushButton::clicked, this, [this] { tool_.look_for_dust(); });
  rows->addWidget(find);
  dust_->setObjectName(QStringLiteral("dust"));
  dust_->setAccessibleName(tr("Shadows of dust; those that are ticked are erased"));
  dust_->setFixedHeight(dp(28 * 5 + 4));
  dust_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  rows->addWidget(dust_);
  dust_ticks_ = new QWidget;
  dust_ticks_->setObjectName(QStringLiteral("plain"));
  auto* ticks = new QHBoxLayout(dust_ticks_);
  ticks->setContentsMargins(0, 0, 0, 0);
  ticks->setSpacing(dp(4));
  for (const bool erase : {true, false}) {
    auto* button = new QPushButton(erase ? tr("Tick all") : tr("Tick none"));
    connect(button, &QPushButton::clicked, this, [this, erase] { tool_.tick_all_dust(erase); });
    ticks->addWidget(button, 1);
  }
  rows->addWidget(dust_ticks_);
  column.addWidget(dust_box_);
  connect(dust_, &QListWidget::itemChanged, this, [this](QListWidgetItem* item) {
    tool_.tick_dust(dust_->row(item), item->checkState() == Qt::Checked);
  });
  connect(dust_, &QListWidget::currentRowChanged, this, [this](int spot) {
    tool_.choose_dust(spot);
    const app::MaskState& state = tool_.state();
    if (spot < 0 || static_cast<std::size_t>(spot) >= state.dust.size()) return;
    const fill::Spot& at = state.dust[static_cast<std::size_t>(spot)].spot;
    Q_EMIT place_asked(QPointF(at.x / state.dust_in.width, at.y / state.dust_in.height));
  });
}

/// Rows that are there stay, so that the list does not jump while its ticks are walked through.
void MaskView::read_dust() {
  const app::MaskState& state = tool_.state();
  dust_box_->setVisible(tool_.purpose() == MaskTool::Purpose::Erase);
  const QSignalBlocker quiet(dust_);
  while (dust_->count() > static_cast<int>(state.dust.size())) {
    delete dust_->takeItem(dust_->count() - 1);
  }
  for (std::size_t i = 0; i < state.dust.size(); ++i) {
    const auto row = static_cast<int>(i);
    if (row == dust_->count()) dust_->addItem(QString());
    const fill::Spot& spot = state.dust[i].spot;
    QListWidgetItem& item = *dust_->item(row);
    item.setText(tr("%1  ·  %2 px wide, %3 % darker")
                     .arg(i + 1)
                     .arg(spot.radius * 2, 0, 'f', 0)
                     .arg(spot.depth * 100, 0, 'f', 0));
    item.setFlags(item.flags() | Qt::ItemIsUserCheckable);
    item.setCheckState(state.dust[i].erase ? Qt::Checked : Qt::Unchecked);
  }
  dust_->setVisible(!state.dust.empty());
  dust_ticks_->setVisible(!state.dust.empty());
  dust_->setCurrentRow(tool_.chosen_dust());
}

}  // namespace latent::gui
