// SPDX-License-Identifier: GPL-3.0-or-later
// The panel's row for the mask of a picture, and its menus.
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>

#include "app/studio/name_pattern.h"
#include "gui/view/restore_view.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

void RestoreView::add_mask_row(QVBoxLayout& column) {
  auto* row = new QHBoxLayout;
  mask_words_->setWordWrap(true);
  mask_words_->setText(tr("Works inside the mask of this picture"));
  row->addWidget(mask_words_, 1);
  mask_edit_->setObjectName(QStringLiteral("link"));
  mask_off_->setObjectName(QStringLiteral("link"));
  mask_off_->setToolTip(tr("The whole picture is worked on again; the mask is kept"));
  mask_invert_->setToolTip(tr("Restoring works outside the mask of this picture"));
  row->addWidget(mask_edit_);
  row->addWidget(mask_off_);
  column.addLayout(row);
  column.addWidget(mask_invert_);
  connect(mask_edit_, &QPushButton::clicked, this, &RestoreView::mask_asked);
  connect(mask_off_, &QPushButton::clicked, this, [this] { studio_.mask().take_off(); });
  connect(mask_invert_, &QCheckBox::toggled, this,
          [this](bool on) { studio_.mask().set_invert(on); });
  connect(&studio_.mask(), &MaskTool::use_changed, this, &RestoreView::read_mask);
  connect(&studio_, &Studio::current_changed, this, &RestoreView::read_mask);
  read_mask();
}

void RestoreView::read_mask() {
  const auto mask = studio_.mask().used_for(studio_.current());
  const bool used = mask.has_value();
  mask_words_->setVisible(used);
  mask_off_->setVisible(used);
  mask_invert_->setVisible(used);
  const QSignalBlocker quiet(mask_invert_);
  mask_invert_->setChecked(used && mask->invert);
  mask_edit_->setText(used ? tr("Change") : tr("Work in a part of the picture..."));
  mask_edit_->setToolTip(tr("Opens the mask tool (M)"));
  mask_edit_->setEnabled(!studio_.current().empty());
}

void RestoreView::show_presets() {
  RestorePanel& panel = studio_.restore();
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (const QString& name : panel.presets()) {
    menu->addAction(name, this, [this, name] { studio_.restore().apply_preset(name); });
  }
  if (!menu->isEmpty()) menu->addSeparator();
  menu->addAction(tr("Keep these settings as..."), this, [this] {
    auto* ask = new QInputDialog(this);
    ask->setAttribute(Qt::WA_DeleteOnClose);
    ask->setWindowTitle(tr("Preset"));
    ask->setLabelText(tr("Name of the preset"));
    connect(ask, &QInputDialog::textValueSelected, this,
            [this](const QString& name) { studio_.restore().save_preset(name); });
    ask->open();
  });
  if (!panel.presets().isEmpty()) {
    auto* remove = menu->addMenu(tr("Delete"));
    for (const QString& name : panel.presets()) {
      remove->addAction(name, this, [this, name] { studio_.restore().remove_preset(name); });
    }
  }
  menu->addSeparator();
  menu->addAction(tr("All settings to their usual values"), this,
                  [this] { studio_.restore().reset_all(); });
  menu->popup(presets_->mapToGlobal(QPoint(0, presets_->height())));
}

void RestoreView::show_variables() {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (const auto& [name, meaning] : app::pattern_variables()) {
    const QString variable = QStringLiteral("$(%1)").arg(qt(name));
    menu->addAction(QStringLiteral("%1   %2").arg(variable, qt(meaning)), this, [this, variable] {
      pattern_->insert(variable);
      studio_.restore().set_pattern(pattern_->text());
    });
  }
  menu->popup(pattern_->mapToGlobal(QPoint(0, pattern_->height())));
}

}  // namespace latent::gui
