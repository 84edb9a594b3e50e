// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/studio.h"

#include <QtCore/QLocale>
#include <algorithm>

#include "app/standard_paths.h"
#include "app/studio/thumbnails.h"
#include "app/studio/worker_process.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

namespace fs = std::filesystem;
using app::ItemState;

namespace {

constexpr int kSaveAfterMs = 1500;

QString state_word(ItemState state) {
  switch (state) {
    case ItemState::Waiting:
      return QStringLiteral("waiting");
    case ItemState::Running:
      return QStringLiteral("running");
    case ItemState::Done:
      return QStringLiteral("done");
    case ItemState::Failed:
      return QStringLiteral("failed");
    case ItemState::Skipped:
    case ItemState::Cancelled:
      return {};
  }
  return {};
}

}  // namespace

StudioPlaces StudioPlaces::standard() {
  StudioPlaces places;
  places.folder = app::studio_folder();
  const fs::path config = app::config_folder();
  if (!config.empty()) places.settings = config / "studio.json";
  places.thumbnails = app::ThumbnailCache::standard_folder();
  places.program = app::latent_program();
  return places;
}

Studio::Studio(const StudioPlaces& places, QObject* parent) : QObject(parent) {
  std::vector<std::string> notices = app::folder_notices();
  settings_ = app::StudioSettings::load(places.safe ? fs::path{} : places.settings, &notices);
  if (!places.safe && !places.folder.empty()) {
    auto catalogue = app::Catalogue::open(places.folder / "catalogue.sqlite", &notices);
    if (catalogue) {
      catalogue_.emplace(*std::move(catalogue));
    } else {
      notices.push_back(catalogue.error().sentence);
    }
  }
  library_ = std::make_unique<LibraryModel>(catalogue_ ? &*catalogue_ : nullptr,
                                            places.safe ? fs::path{} : places.thumbnails);
  restore_ = std::make_unique<RestorePanel>(settings_);
  preview_ = std::make_unique<PreviewModel>();
  queue_ = std::make_unique<QueueModel>(places.folder, places.program);
  ai_ = std::make_unique<AiSettings>(settings_, places.program);
  mask_ = std::make_unique<MaskTool>(
      places.safe || places.folder.empty() ? fs::path{} : places.folder / "masks");
  notices.insert(notices.end(), queue_->notices().begin(), queue_->notices().end());
  for (const std::string& notice : notices) notices_ << qt(notice);

  save_later_.setSingleShot(true);
  save_later_.setInterval(kSaveAfterMs);
  connect(&save_later_, &QTimer::timeout, this, &Studio::save);
  const auto later = [this] { save_later_.start(); };

  connect(restore_.get(), &RestorePanel::settings_changed, this, &Studio::update_preview_job);
  connect(restore_.get(), &RestorePanel::settings_changed, this, later);
  connect(restore_.get(), &RestorePanel::output_changed, this,
          [this] { library_->set_grouping(true, restore_->result_leads()); });
  connect(ai_.get(), &AiSettings::engine_changed, this, &Studio::update_preview_job);
  connect(ai_.get(), &AiSettings::models_changed, this, &Studio::update_preview_job);
  connect(library_.get(), &LibraryModel::facts_changed, this, [this](const QString& path) {
    if (path_of(path) == current_) {
      update_current();
      update_preview_job();
    }
    if (selection_.size() < 50 || path_of(path) == selection_.back()) update_selection();
  });
  connect(library_.get(), &LibraryModel::problem, this, &Studio::problem);
  connect(restore_.get(), &RestorePanel::problem, this, &Studio::problem);
  connect(queue_.get(), &QueueModel::problem, this, &Studio::problem);
  connect(ai_.get(), &AiSettings::problem, this, &Studio::problem);
  connect(ai_.get(), &AiSettings::told, this, &Studio::told);
  connect(preview_.get(), &PreviewModel::facts_known, this, [this] {
    const auto& facts = preview_->facts();
    // What upscaling opens is not measured, and says nothing about the noise.
    if (facts && !facts->is_raw && !facts->noise_curve.empty()) {
      library_->put_noise(preview_->path(), facts->noise, facts->confidence);
    }
    Q_EMIT current_changed();
  });
  connect(preview_.get(), &PreviewModel::state_changed, this,
          [this] { library_->hold_background(!preview_->busy().isEmpty()); });
  connect(preview_.get(), &PreviewModel::opened, this, &Studio::comparison_changed);
  connect(queue_.get(), &QueueModel::item_changed, this,
          [this](const QString& source, int state, const QString& output) {
            library_->put_state(path_of(source), state_word(static_cast<ItemState>(state)));
            if (!output.isEmpty() && restore_->add_to_library()) {
              library_->add({path_of(output)});
            }
          });
  connect(queue_.get(), &QueueModel::measured, this, [this](const QString& task, double pace) {
    restore_->put_pace(task.toStdString(), pace);
    save_later_.start();
  });
  connect_mask();
  ai_->list_models();
}

Studio::~Studio() {
  save();
  // The queue first: it puts back what it is doing.
  queue_.reset();
}

void Studio::save() {
  if (auto saved = settings_.save(); !saved) {
    Q_EMIT problem(tr("The settings cannot be saved: %1").arg(qt(saved.error().sentence)));
  }
}

void Studio::open(const std::vector<fs::path>& places) {
  if (places.empty()) return;
  current_.clear();
  mask_->set_photograph({});
  selection_.clear();
  preview_->open({}, 1, {});
  library_->open(places);
  for (const fs::path& place : places) {
    std::error_code unknown;
    const fs::path whole = fs::absolute(place, unknown).lexically_normal();
    if (catalogue_ && fs::is_directory(whole, unknown)) {
      static_cast<void>(catalogue_->remember_folder(whole));
    }
  }
  Q_EMIT folders_changed();
  Q_EMIT current_changed();
}

QStringList Studio::known_folders() const {
  QStringList folders;
  if (catalogue_) {
    if (const auto known = catalogue_->folders()) {
      for (const fs::path& folder : *known) folders << qt(folder.native());
    }
  }
  return folders;
}

void Studio::forget_folder(const QString& folder) {
  if (catalogue_) static_cast<void>(catalogue_->forget_folder(path_of(folder)));
  Q_EMIT folders_changed();
}

void Studio::set_current(const fs::path& path) {
  if (path == current_) return;
  current_ = path;
  mask_->set_photograph(current_);
  update_current();
  update_preview_job();
}

void Studio::update_current() {
  const auto* facts = library_->facts(current_);
  const fs::path root = library_->places().empty() ? fs::path{} : library_->places().front();
  restore_->set_current(current_, facts, root);
  preview_->open(current_, facts == nullptr ? 1 : facts->orientation,
                 facts == nullptr ? QSize() : QSize(facts->size.width, facts->size.height));
  Q_EMIT current_changed();
}

void Studio::step(int rows) {
  const int count = library_->rowCount();
  if (count == 0) return;
  const int now = library_->row_of(current_);
  const int row = now < 0 ? 0 : std::clamp(now + rows, 0, count - 1);
  set_current(library_->path(row));
}

void Studio::set_selection(const std::vector<fs::path>& paths) {
  const bool first = selection_.empty();
  selection_ = paths;
  update_selection();
  // Finished pictures that were opened begin with what can be done to them.
  if (first && !paths.empty() && !restore_->can_process()) {
    restore_->set_task(QStringLiteral("denoise"));
  }
}

void Studio::update_selection() {
  std::vector<app::FileFacts> facts;
  facts.reserve(selection_.size());
  for (const fs::path& path : selection_) {
    const auto* known = library_->facts(path);
    facts.push_back(known == nullptr ? app::guessed_facts(path) : *known);
  }
  restore_->set_selection(selection_, std::move(facts));
}

bool Studio::process() {
  std::vector<app::NewItem> orders = restore_->orders();
  const auto& places = library_->places();
  for (app::NewItem& order : orders) {
    ai_->put_into(order.job);
    put_local_mask(order.job, order.job.sources.front());
    if (!places.empty()) order.library = places.front();
  }
  return !orders.empty() && queue_->add(orders);
}

QString Studio::headline() const {
  if (current_.empty()) return {};
  if (preview_->is_comparing()) {
    QStringList names;
    for (const PreviewModel::Compared& one : preview_->compared()) {
      QString name = shown_name(one.path);
      if (const auto& pixels = one.photo.whole) {
        name += QStringLiteral("  ·  %1 x %2")
                    .arg(QLocale().toString(pixels->width()), QLocale().toString(pixels->height()));
      }
      names << name;
    }
    return names.join(QStringLiteral("   |   "));
  }
  QStringList parts{shown_name(current_)};
  const QLocale locale;
  if (const auto* facts = library_->facts(current_)) {
    if (facts->size.area() > 0) {
      parts << QStringLiteral("%1 x %2").arg(locale.toString(facts->size.width),
                                             locale.toString(facts->size.height));
    }
    if (!facts->format.empty()) parts << qt(facts->format);
    if (facts->iso > 0) parts << QStringLiteral("ISO %1").arg(facts->iso, 0, 'f', 0);
    if (!facts->camera.empty()) parts << qt(facts->camera);
  }
  if (const QString noise = preview_->noise_words(); !noise.isEmpty()) parts << noise;
  return parts.join(QStringLiteral("  ·  "));
}

}  // namespace latent::gui
