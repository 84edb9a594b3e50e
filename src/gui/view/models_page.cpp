// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/models_page.h"

#include <QtCore/QMimeData>
#include <QtCore/QUrl>
#include <QtGui/QDropEvent>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableWidget>
#include <algorithm>

#include "app/studio/words.h"
#include "gui/view/controls.h"
#include "gui/view/dialogs.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

ModelsPage::ModelsPage(Studio& studio, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      here_(make_table(
          {tr("Model"), tr("Task"), tr("Version"), tr("State"), tr("Licence"), tr("Openness")},
          tr("Models on this machine"))),
      offers_(make_table({tr("Model"), tr("Task"), tr("Version"), tr("Size"), tr("Licence"),
                          tr("From"), tr("State")},
                         tr("Models that repositories offer"))),
      policy_(make_small({})),
      repositories_(new QComboBox),
      use_(new QPushButton),
      pin_(new QPushButton),
      update_(new QPushButton(tr("Update"))),
      delete_(new QPushButton(tr("Delete"))),
      install_(new QPushButton(tr("Install..."))),
      remove_repository_(new QPushButton(tr("Remove"))) {
  setAcceptDrops(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(dp(16), dp(12), dp(16), dp(12));
  column->setSpacing(dp(6));
  add_here(*column);
  add_offers(*column);
  column->addWidget(policy_);
  connect(&studio_.ai(), &AiSettings::models_changed, this, &ModelsPage::fill);
  connect(here_, &QTableWidget::itemSelectionChanged, this, &ModelsPage::read_chosen);
  connect(offers_, &QTableWidget::itemSelectionChanged, this, &ModelsPage::read_chosen);
  studio_.ai().list_offers();
  fill();
}

void ModelsPage::add_here(QBoxLayout& column) {
  column.addWidget(make_label(tr("ON THIS MACHINE"), "label"));
  column.addWidget(here_, 3);
  auto* row = new QHBoxLayout;
  const auto put = [&](QPushButton* made, const QString& tip, auto work) {
    made->setToolTip(tip);
    connect(made, &QPushButton::clicked, this, work);
    row->addWidget(made);
    of_chosen_.push_back(made);
  };
  put(use_, tr("Which model a task works with"), [this] {
    const QString id = chosen(*here_);
    const auto* entry = studio_.ai().model(id);
    if (entry == nullptr) return;
    entry->enabled ? studio_.ai().disable(id) : studio_.ai().enable(id);
  });
  put(new QPushButton(tr("Card")), tr("What it is, is made of, and may be used for"),
      [this] { show_card(); });
  put(new QPushButton(tr("Verify")),
      tr("Reads every file of it, and compares its answers with those it shipped with"),
      [this] { studio_.ai().verify(chosen(*here_)); });
  put(pin_, tr("A pinned model is never updated"), [this] {
    const auto* entry = studio_.ai().model(chosen(*here_));
    if (entry != nullptr) studio_.ai().pin(qt(entry->id), !entry->pinned);
  });
  put(update_, tr("Asks the repository that it came from for a newer one"),
      [this] { studio_.ai().update(chosen(*here_)); });
  put(delete_, tr("Models that ship cannot be deleted"), [this] { ask_delete(); });
  row->addStretch();
  auto* import = new QPushButton(tr("Import a package..."));
  import->setToolTip(tr("A .dtmodel file; it may also be dropped here"));
  connect(import, &QPushButton::clicked, this, &ModelsPage::ask_package);
  row->addWidget(import);
  column.addLayout(row);
}

void ModelsPage::add_offers(QBoxLayout& column) {
  column.addSpacing(dp(8));
  column.addWidget(make_label(tr("OFFERED BY REPOSITORIES"), "label"));
  column.addWidget(offers_, 2);
  auto* row = new QHBoxLayout;
  install_->setToolTip(tr("Shows its card first"));
  connect(install_, &QPushButton::clicked, this, &ModelsPage::show_offer);
  row->addWidget(install_);
  auto* ask = new QPushButton(tr("Ask the repositories"));
  ask->setToolTip(tr("Uses the network; nothing else here does but Install and Update"));
  connect(ask, &QPushButton::clicked, this, [this] { studio_.ai().ask_repositories(); });
  row->addWidget(ask);
  row->addStretch();
  repositories_->setAccessibleName(tr("Repositories"));
  repositories_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  row->addWidget(repositories_);
  auto* add = new QPushButton(tr("Add..."));
  add->setAccessibleName(tr("Add a repository"));
  connect(add, &QPushButton::clicked, this, &ModelsPage::ask_repository);
  row->addWidget(add);
  remove_repository_->setAccessibleName(tr("Remove the repository"));
  connect(remove_repository_, &QPushButton::clicked, this,
          [this] { studio_.ai().remove_repository(repositories_->currentText()); });
  row->addWidget(remove_repository_);
  column.addLayout(row);
}

QString ModelsPage::chosen(const QTableWidget& table) const {
  const auto rows = table.selectionModel()->selectedRows();
  return rows.isEmpty() ? QString()
                        : table.item(rows.front().row(), 0)->data(Qt::UserRole).toString();
}

void ModelsPage::fill() {
  fill_here();
  fill_offers();
  policy_->setText(studio_.ai().policy_words());
  read_chosen();
}

void ModelsPage::fill_here() {
  const QString before = chosen(*here_);
  here_->setRowCount(0);
  int row = 0;
  for (const app::ModelEntry& entry : studio_.ai().models()) {
    QStringList state;
    if (entry.enabled) state << tr("in use");
    if (entry.pinned) state << tr("pinned");
    if (entry.built_in) state << tr("ships with Latent");
    if (entry.changed) state << tr("changed since it was installed");
    if (!entry.objections.empty()) state << tr("refused by the policy");
    if (!entry.facts.problem.empty()) state << qt(entry.facts.problem);
    put_table_row(*here_,
                  {qt(entry.facts.name.empty() ? entry.id : entry.facts.name), qt(entry.facts.task),
                   qt(entry.facts.version), state.join(QStringLiteral(", ")),
                   qt(entry.facts.trust.weights_licence), qt(entry.facts.trust.osaid)});
    here_->item(here_->rowCount() - 1, 0)->setData(Qt::UserRole, qt(entry.id));
    if (qt(entry.id) == before) row = here_->rowCount() - 1;
  }
  here_->resizeColumnsToContents();
  if (here_->rowCount() > 0) here_->selectRow(row);
}

void ModelsPage::fill_offers() {
  const QString before = chosen(*offers_);
  offers_->setRowCount(0);
  for (const app::CatalogueEntry& entry : studio_.ai().offers()) {
    const auto& offer = entry.offer;
    const QString state = !entry.objections.empty() ? tr("refused by the policy")
                          : entry.installed_version.empty()
                              ? QString()
                              : tr("%1 is here").arg(qt(entry.installed_version));
    put_table_row(
        *offers_,
        {qt(offer.name.empty() ? offer.id : offer.name), qt(offer.task), qt(offer.version),
         offer.size == 0 ? QString() : qt(app::size_words(static_cast<double>(offer.size))),
         qt(offer.trust.weights_licence), qt(entry.repository), state});
    offers_->item(offers_->rowCount() - 1, 0)->setData(Qt::UserRole, qt(offer.id));
    if (qt(offer.id) == before) offers_->selectRow(offers_->rowCount() - 1);
  }
  offers_->resizeColumnsToContents();
  const QString repository = repositories_->currentText();
  repositories_->clear();
  for (const auto& one : studio_.ai().repositories()) {
    repositories_->addItem(qt(one.name));
    repositories_->setItemData(repositories_->count() - 1, qt(one.url), Qt::ToolTipRole);
  }
  repositories_->setCurrentIndex(std::max(0, repositories_->findText(repository)));
  remove_repository_->setEnabled(repositories_->count() > 0);
}

void ModelsPage::read_chosen() {
  const auto* entry = studio_.ai().model(chosen(*here_));
  for (auto* button : of_chosen_) button->setEnabled(entry != nullptr);
  use_->setText(entry != nullptr && entry->enabled ? tr("Do not use") : tr("Use for its task"));
  pin_->setText(entry != nullptr && entry->pinned ? tr("Let it be updated") : tr("Pin"));
  const bool own = entry != nullptr && !entry->built_in;
  pin_->setEnabled(own);
  update_->setEnabled(own && entry->origin && !entry->pinned);
  delete_->setEnabled(own);
  install_->setEnabled(!chosen(*offers_).isEmpty());
}

void ModelsPage::show_card() {
  const auto* entry = studio_.ai().model(chosen(*here_));
  if (entry == nullptr) return;
  auto* card = new CardDialog(qt(entry->facts.name), studio_.ai().card(*entry), this);
  card->setAttribute(Qt::WA_DeleteOnClose);
  card->open();
}

void ModelsPage::show_offer() {
  const QString id = chosen(*offers_);
  const auto* entry = studio_.ai().offer(id);
  if (entry == nullptr) return;
  auto* card = new CardDialog(qt(entry->offer.name), studio_.ai().offer_card(*entry), this);
  card->setAttribute(Qt::WA_DeleteOnClose);
  if (entry->objections.empty()) {
    card->offer(tr("Download and install"), [this, id] { studio_.ai().install(id); });
  }
  card->open();
}

void ModelsPage::ask_package() {
  auto* dialog = new QFileDialog(this, tr("Import a model"), {}, tr("Models (*.dtmodel)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this](const QString& file) { studio_.ai().import_package(path_of(file)); });
  dialog->open();
}

void ModelsPage::ask_delete() {
  const QString id = chosen(*here_);
  const auto* entry = studio_.ai().model(id);
  if (entry == nullptr) return;
  auto* ask = new QMessageBox(QMessageBox::NoIcon, tr("Delete a model"),
                              tr("%1 is taken off this machine. To have it again it must be "
                                 "installed again.")
                                  .arg(qt(entry->facts.name)),
                              QMessageBox::Cancel, this);
  ask->setAttribute(Qt::WA_DeleteOnClose);
  auto* yes = ask->addButton(tr("Delete"), QMessageBox::AcceptRole);
  connect(ask, &QMessageBox::buttonClicked, this, [this, yes, id](QAbstractButton* button) {
    if (button == yes) studio_.ai().remove(id);
  });
  ask->open();
}

void ModelsPage::ask_repository() {
  auto* dialog = new QDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Add a repository"));
  auto* form = new QFormLayout(dialog);
  form->setContentsMargins(dp(16), dp(16), dp(16), dp(16));
  auto* name = new QLineEdit;
  auto* url = new QLineEdit;
  url->setPlaceholderText(tr("https://... or owner/name"));
  url->setMinimumWidth(dp(320));
  auto* key = new QLineEdit;
  key->setPlaceholderText(tr("none: its files are only as safe as its server"));
  form->addRow(tr("Name"), name);
  form->addRow(tr("Address"), url);
  form->addRow(tr("Key of its signature"), key);
  auto* add = new QPushButton(tr("Add"));
  form->addRow({}, add);
  connect(add, &QPushButton::clicked, dialog, [this, dialog, name, url, key] {
    if (studio_.ai().add_repository(name->text(), url->text(), key->text())) dialog->accept();
  });
  dialog->open();
}

void ModelsPage::dragEnterEvent(QDragEnterEvent* event) {
  const auto urls = event->mimeData()->urls();
  const bool any = std::ranges::any_of(urls, [](const QUrl& url) {
    return url.isLocalFile() && url.fileName().endsWith(QLatin1String(".dtmodel"));
  });
  if (any) event->acceptProposedAction();
}

void ModelsPage::dropEvent(QDropEvent* event) {
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile() && url.fileName().endsWith(QLatin1String(".dtmodel"))) {
      studio_.ai().import_package(path_of(url.toLocalFile()));
    }
  }
  event->acceptProposedAction();
}

}  // namespace latent::gui
