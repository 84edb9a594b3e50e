// SPDX-License-Identifier: GPL-3.0-or-later
// The models of the user: what is here, what is offered, and every change of it.
#include <QtCore/QStringList>
#include <algorithm>
#include <utility>

#include "app/studio/words.h"
#include "app/task_table.h"
#include "gui/viewmodel/ai_settings.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

void AiSettings::list_models() {
  std::vector<std::string> notices;
  const app::ModelManager manager(app::standard_model_setup());
  auto list = manager.list(&notices);
  for (const std::string& notice : notices) Q_EMIT problem(qt(notice));
  if (!list) return Q_EMIT problem(qt(list.error().sentence));
  models_ = *std::move(list);
  Q_EMIT models_changed();
}

void AiSettings::change(const QString& what, std::function<Status(const app::ModelManager&)> work) {
  start(what, [this, what, work = std::move(work)](const std::stop_token&) {
    const Status done = work(app::ModelManager(app::standard_model_setup()));
    post(this, [this, done, what] {
      if (done) {
        Q_EMIT told(what);
      } else {
        Q_EMIT problem(qt(done.error().sentence));
      }
      list_models();
    });
  });
}

void AiSettings::enable(const QString& id) {
  change(tr("%1 is used now").arg(id),
         [id = id.toStdString()](const auto& manager) { return manager.enable(id); });
}
void AiSettings::disable(const QString& id) {
  change(tr("%1 is not used any more").arg(id),
         [id = id.toStdString()](const auto& manager) { return manager.disable(id); });
}
void AiSettings::pin(const QString& id, bool keep) {
  using Pin = app::ModelManager::Pin;
  change(keep ? tr("%1 stays at its version").arg(id) : tr("%1 may be updated").arg(id),
         [id = id.toStdString(), keep](const auto& manager) {
           return manager.pin(id, keep ? Pin::Keep : Pin::Free);
         });
}
void AiSettings::remove(const QString& id) {
  change(tr("%1 was deleted").arg(id),
         [id = id.toStdString()](const auto& manager) { return manager.remove(id); });
}
void AiSettings::verify(const QString& id) {
  change(tr("%1 is whole: every hash is right, and its golden answers came out").arg(id),
         [id = id.toStdString()](const auto& manager) -> Status {
           LATENT_TRY([[maybe_unused]] const auto verified,
                      manager.verify(id, app::ModelManager::Run::Goldens, {}));
           return {};
         });
}
void AiSettings::import_package(const std::filesystem::path& path) {
  change(tr("%1 was imported").arg(shown_name(path)), [path](const auto& manager) -> Status {
    app::InstallOptions options;
    LATENT_TRY([[maybe_unused]] const auto installed, manager.import_package(path, options, {}));
    return {};
  });
}

const app::ModelEntry* AiSettings::model(const QString& id) const {
  const auto found = std::ranges::find(models_, id.toStdString(), &app::ModelEntry::id);
  return found == models_.end() ? nullptr : &*found;
}

const app::ModelEntry* AiSettings::model_of(const QString& task, const QString& asked) const {
  if (!asked.isEmpty()) return model(asked);
  const auto row = app::task_row(task.toStdString());
  if (!row) return nullptr;
  const auto found = std::ranges::find_if(models_, [&](const app::ModelEntry& entry) {
    return entry.enabled && entry.facts.task == (*row)->model_task;
  });
  return found == models_.end() ? nullptr : &*found;
}

QString AiSettings::model_words(const QString& task, const QString& asked) const {
  const auto* entry = model_of(task, asked);
  if (entry == nullptr) return tr("No model is enabled for this task. Choose one in Settings.");
  return QStringLiteral("%1 %2").arg(qt(entry->facts.name), qt(entry->facts.version));
}

namespace {

QString head(const std::string& name, const std::string& version, const std::string& words) {
  return QStringLiteral("# %1 %2\n\n%3\n\n").arg(qt(name), qt(version), qt(words));
}

QString line(const QString& name, const std::string& value) {
  return value.empty() ? QString() : QStringLiteral("**%1** %2\n\n").arg(name, qt(value));
}

}  // namespace

QString AiSettings::trust_words(const models::TrustFacts& trust) {
  const std::string nothing = tr("not stated").toStdString();
  return line(tr("Licence of the weights:"),
              trust.weights_licence.empty() ? nothing : trust.weights_licence) +
         line(tr("Trained on:"), trust.data.empty() ? nothing : trust.data) +
         line(tr("Licence of that data:"),
              trust.data_licence.empty() ? nothing : trust.data_licence) +
         line(tr("Openness:"), trust.osaid);
}

QString AiSettings::card(const app::ModelEntry& entry) const {
  QString text = head(entry.facts.name, entry.facts.version, entry.facts.description) +
                 trust_words(entry.facts.trust) + line(tr("File:"), entry.path.native());
  if (entry.origin) text += line(tr("It came from:"), entry.origin->source);
  for (const std::string& objection : entry.objections) {
    text += line(tr("The policy says:"), objection);
  }
  return text;
}

void AiSettings::list_offers() {
  auto offers = app::ModelManager(app::standard_model_setup()).catalogue();
  if (!offers) return Q_EMIT problem(qt(offers.error().sentence));
  offers_ = *std::move(offers);
  Q_EMIT models_changed();
}

void AiSettings::ask_repositories() {
  start(tr("Asking the repositories what they have"), [this](const std::stop_token& stop) {
    const app::ModelManager manager(app::standard_model_setup());
    const auto answers = manager.refresh({}, {stop, {}});
    post(this, [this, answers] {
      if (!answers) {
        if (answers.error().code != ErrorCode::Cancelled) {
          Q_EMIT problem(qt(answers.error().sentence));
        }
        return;
      }
      for (const std::string& sentence : *answers) Q_EMIT problem(qt(sentence));
      list_offers();
      if (answers->empty()) {
        Q_EMIT told(
            tr("The repositories offer %n models", nullptr, static_cast<int>(offers_.size())));
      }
    });
  });
}

const app::CatalogueEntry* AiSettings::offer(const QString& id) const {
  const auto found = std::ranges::find_if(
      offers_, [&](const app::CatalogueEntry& entry) { return qt(entry.offer.id) == id; });
  return found == offers_.end() ? nullptr : &*found;
}

QString AiSettings::offer_card(const app::CatalogueEntry& entry) const {
  const auto& offer = entry.offer;
  QString text =
      head(offer.name.empty() ? offer.id : offer.name, offer.version, offer.description) +
      trust_words(offer.trust) + line(tr("It comes from:"), entry.repository);
  if (offer.size > 0) {
    text += line(tr("Size:"), app::size_words(static_cast<double>(offer.size)));
  }
  for (const std::string& objection : entry.objections) {
    text += line(tr("The policy says:"), objection);
  }
  return text;
}

void AiSettings::install(const QString& id) {
  const auto* entry = offer(id);
  if (entry == nullptr) return;
  const models::TrustFacts shown = entry->offer.trust;
  const std::string name = id.toStdString();
  const std::string from = entry->repository;
  start(tr("Downloading %1").arg(id), [this, shown, name, from](const std::stop_token& stop) {
    const app::ModelManager manager(app::standard_model_setup());
    app::InstallOptions options;
    options.from = from;
    // The card of the offer was read and agreed to; a package that says less freedom than its
    // offer did is another thing.
    options.consent = [&](const app::ModelQuestion& question) -> Result<bool> {
      return shown.weights_licence.empty() || question.trust.weights_licence.empty() ||
             question.trust.weights_licence == shown.weights_licence;
    };
    const auto installed = manager.install(name, options, {stop, {}});
    post(this, [this, installed, name] {
      if (installed) {
        Q_EMIT told(tr("%1 %2 was installed").arg(qt(name), qt(installed->version)));
      } else if (installed.error().code == ErrorCode::Cancelled) {
        Q_EMIT told(tr("%1 was not installed").arg(qt(name)));
      } else {
        Q_EMIT problem(qt(installed.error().sentence));
      }
      list_models();
      list_offers();
    });
  });
}

void AiSettings::update(const QString& id) {
  start(tr("Looking for a newer %1").arg(id), [this, name = id.toStdString()](
                                                  const std::stop_token& stop) {
    const app::ModelManager manager(app::standard_model_setup());
    const auto updated = manager.update({name}, {}, {stop, {}});
    post(this, [this, updated, name] {
      if (!updated) {
        Q_EMIT problem(qt(updated.error().sentence));
      } else if (!updated->empty() && !updated->front().problem.empty()) {
        Q_EMIT problem(qt(updated->front().problem));
      } else if (!updated->empty() && updated->front().installed) {
        Q_EMIT told(tr("%1 is now %2").arg(qt(name), qt(updated->front().installed->version)));
      } else {
        Q_EMIT told(tr("%1 is the newest there is").arg(qt(name)));
      }
      list_models();
    });
  });
}

std::vector<models::Repository> AiSettings::repositories() const {
  auto all = app::ModelManager(app::standard_model_setup()).repositories();
  return all ? *std::move(all) : std::vector<models::Repository>{};
}

bool AiSettings::add_repository(const QString& name, const QString& url, const QString& key) {
  const auto added = app::ModelManager(app::standard_model_setup())
                         .add_repository({name.trimmed().toStdString(),
                                          url.trimmed().toStdString(),
                                          key.trimmed().toStdString(),
                                          0,
                                          {}});
  if (!added) Q_EMIT problem(qt(added.error().sentence));
  Q_EMIT models_changed();
  return added.has_value();
}

void AiSettings::remove_repository(const QString& name) {
  const auto removed =
      app::ModelManager(app::standard_model_setup()).remove_repository(name.toStdString());
  if (!removed) Q_EMIT problem(qt(removed.error().sentence));
  list_offers();
}

QString AiSettings::policy_words() const {
  const auto policy = app::ModelManager(app::standard_model_setup()).policy();
  if (!policy) return qt(policy.error().sentence);
  QStringList parts;
  if (!policy->licences.empty()) {
    QStringList licences;
    for (const std::string& licence : policy->licences) licences << qt(licence);
    parts << tr("only weights under %1").arg(licences.join(QStringLiteral(", ")));
  }
  if (policy->refuse_undisclosed_data) parts << tr("none of which the data is not stated");
  if (policy->refuse_research_only_data) parts << tr("none trained on data for research only");
  if (policy->least_mof != models::MofClass::NotStated ||
      policy->least_osaid != models::OsaidClass::NotStated) {
    parts << tr("none below a class of openness");
  }
  return parts.isEmpty() ? tr("Your policy accepts every model; latent models policy changes it.")
                         : tr("Your policy: %1.").arg(parts.join(QStringLiteral("; ")));
}

}  // namespace latent::gui
