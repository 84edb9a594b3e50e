// SPDX-License-Identifier: GPL-3.0-or-later
// What the mask tool has to do with the rest: local strength, erasing, what the viewer shows.
#include "app/job.h"
#include "app/studio/mask_store.h"
#include "app/studio/name_pattern.h"
#include "app/studio/queue.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

namespace fs = std::filesystem;

namespace {

constexpr double kMega = 1e6;

}  // namespace

void Studio::connect_mask() {
  connect(mask_.get(), &MaskTool::problem, this, &Studio::problem);
  connect(mask_.get(), &MaskTool::told, this, &Studio::told);
  connect(mask_.get(), &MaskTool::on_changed, this, &Studio::update_preview_job);
  connect(mask_.get(), &MaskTool::hole_changed, this, &Studio::update_preview_job);
  connect(mask_.get(), &MaskTool::use_changed, this, &Studio::update_preview_job);
  connect(ai_.get(), &AiSettings::engine_changed, this, &Studio::update_mask_means);
  connect(ai_.get(), &AiSettings::models_changed, this, &Studio::update_mask_means);
}

void Studio::update_mask_means() {
  app::Job job = app::plain_job("denoise");
  ai_->put_into(job);
  app::MaskMeans means;
  means.engine = job.engine;
  for (const app::ModelEntry& entry : ai_->models()) {
    if (!entry.enabled) continue;
    if (entry.facts.task == "mask") means.model = entry.id;
    if (entry.facts.task == "depth" || entry.facts.task == "mask-depth")
      means.depth_model = entry.id;
  }
  mask_->set_means(means);
  mask_->set_depth_there(!means.depth_model.empty());
}

void Studio::put_local_mask(app::Job& job, const fs::path& photograph) const {
  if (!app::mask_in(job).empty()) return;  // one that the user named for all of them
  if (const auto kept = mask_->used_for(photograph)) {
    app::put_mask(job, kept->picture, kept->invert);
  }
}

app::Job Studio::erase_job() const {
  app::Job job = app::plain_job("erase");
  auto& settings = std::get<tasks::EraseSettings>(job.settings);
  settings.mask = mask_->hole().mask;
  settings.spots_list = mask_->hole().dust;
  const auto* facts = library_->facts(current_);
  // A raw stays a raw: holes are filled on its own samples.
  if (facts != nullptr && facts->denoisable_raw) job.format = "dng";
  ai_->put_into(job);
  return job;
}

std::optional<app::Job> Studio::shown_job() const {
  if (current_.empty()) return std::nullopt;
  const bool erases = mask_->is_on() && mask_->purpose() == MaskTool::Purpose::Erase;
  if (erases && !mask_->hole().empty()) return erase_job();
  const auto* facts = library_->facts(current_);
  if (facts != nullptr && facts->kind == app::FileKind::Unreadable) return std::nullopt;
  app::Job job = restore_->job();
  if (!restore_->objection(restore_->task()).isEmpty()) {
    // A mask is made on sharp pixels, whatever the task of the panel takes.
    if (!mask_->is_on()) return std::nullopt;
    job = app::plain_job("denoise");
  }
  ai_->put_into(job);
  put_local_mask(job, current_);
  return job;
}

void Studio::update_preview_job() { preview_->set_job(shown_job()); }

bool Studio::erase() {
  if (current_.empty() || mask_->hole().empty()) return false;
  const auto* facts = library_->facts(current_);
  const fs::path root = library_->places().empty() ? fs::path{} : library_->places().front();
  app::NewItem order{erase_job(), app::kUsualPattern, root,
                     facts == nullptr ? 0 : static_cast<double>(facts->size.area()) / kMega};
  order.job.sources = {current_};
  return queue_->add({order});
}

}  // namespace latent::gui
