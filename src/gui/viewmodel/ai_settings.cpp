// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/ai_settings.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QStringList>
#include <algorithm>
#include <utility>

#include "app/setting.h"
#include "base/path_list.h"
#include "base/threads.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

AiSettings::AiSettings(app::StudioSettings& settings, std::filesystem::path program,
                       QObject* parent)
    : QObject(parent), settings_(settings), program_(std::move(program)) {}

AiSettings::~AiSettings() { cancel(); }

void AiSettings::cancel() {
  thread_.request_stop();
  const std::scoped_lock lock(mutex_);
  if (process_ != nullptr) process_->kill();
}

void AiSettings::start(const QString& what, std::function<void(const std::stop_token&)> work) {
  cancel();
  if (thread_.joinable()) thread_.join();
  busy_ = what;
  Q_EMIT busy_changed();
  thread_ = std::jthread([this, work = std::move(work)](const std::stop_token& stop) {
    const Status done = run_safely([&] { work(stop); });
    post(this, [this, done] {
      busy_.clear();
      if (!done) Q_EMIT problem(qt(done.error().sentence));
      Q_EMIT busy_changed();
    });
  });
}

std::string AiSettings::run_program(const std::vector<std::string>& arguments,
                                    std::string& trouble) {
  auto process = app::WorkerProcess::start(program_, arguments, {});
  if (!process) {
    trouble = process.error().sentence;
    return {};
  }
  {
    const std::scoped_lock lock(mutex_);
    process_ = process->get();
  }
  std::string text;
  const app::ProcessEnd end =
      (*process)->wait([&](const std::string& line) { text += line + "\n"; });
  {
    const std::scoped_lock lock(mutex_);
    process_ = nullptr;
  }
  if (end.signal != 0) {
    trouble = "the library of a device crashed while it was asked; the window is not harmed";
  }
  return text;
}

QString AiSettings::device() const { return qt(settings_.word("device", "auto")); }
void AiSettings::set_device(const QString& device) {
  settings_.set_word("device", device.toStdString());
  Q_EMIT engine_changed();
}
QString AiSettings::precision() const { return qt(settings_.word("precision", "auto")); }
void AiSettings::set_precision(const QString& precision) {
  settings_.set_word("precision", precision.toStdString());
  Q_EMIT engine_changed();
}
QString AiSettings::ort_library() const { return qt(settings_.word("ort_library")); }
void AiSettings::set_ort_library(const QString& path) {
  settings_.set_word("ort_library", path.toStdString());
  Q_EMIT engine_changed();
  list_devices();
}

QString AiSettings::ort_plugins() const { return qt(settings_.word("ort_plugins")); }
void AiSettings::set_ort_plugins(const QString& paths) {
  settings_.set_word("ort_plugins", paths.toStdString());
  Q_EMIT engine_changed();
  list_devices();
}

std::vector<std::string> AiSettings::with_libraries(std::vector<std::string> verb) const {
  const std::string library = settings_.word("ort_library");
  if (!library.empty()) verb.insert(verb.end(), {"--ort-library", library});
  for (const auto& plugin : path_list(settings_.word("ort_plugins"))) {
    verb.insert(verb.end(), {"--ort-plugin", plugin.string()});
  }
  return verb;
}

void AiSettings::put_into(app::Job& job) const {
  const auto put = [&](const char* key, const QString& value) {
    static_cast<void>(app::put_text(job, key, value.toStdString(), key));
  };
  put("device", device());
  put("precision", precision());
  job.engine.ort_library = ort_library().toStdString();
  job.engine.ort_plugins = path_list(settings_.word("ort_plugins"));
}

void AiSettings::list_devices() {
  const auto arguments = with_libraries({"devices", "--json"});
  start(tr("Looking for devices"), [this, arguments](const std::stop_token& stop) {
    std::string trouble;
    const std::string json = run_program(arguments, trouble);
    if (stop.stop_requested()) return;
    post(this, [this, json, trouble] {
      if (!trouble.empty()) Q_EMIT problem(qt(trouble));
      take_devices(json);
    });
  });
}

void AiSettings::take_devices(const std::string& json) {
  const auto top = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
  std::vector<DeviceRow> rows;
  for (const auto& value : top[QLatin1String("devices")].toArray()) {
    const QJsonObject device = value.toObject();
    QStringList precisions;
    for (const auto& word : device[QLatin1String("precisions")].toArray()) {
      precisions << word.toString();
    }
    rows.push_back({device[QLatin1String("engine")].toString(),
                    device[QLatin1String("device")].toString(),
                    device[QLatin1String("name")].toString(),
                    precisions.join(QLatin1String(", ")),
                    {},
                    {}});
  }
  for (const auto& value : top[QLatin1String("engines")].toArray()) {
    const QJsonObject engine = value.toObject();
    if (engine[QLatin1String("usable")].toBool()) continue;
    rows.push_back({engine[QLatin1String("engine")].toString(),
                    {},
                    {},
                    {},
                    tr("not usable: %1").arg(engine[QLatin1String("problem")].toString()),
                    {}});
  }
  for (const auto& value : top[QLatin1String("plugins")].toArray()) {
    const QJsonObject plugin = value.toObject();
    if (plugin[QLatin1String("usable")].toBool()) continue;
    rows.push_back({tr("plug-in"),
                    {},
                    plugin[QLatin1String("file")].toString(),
                    {},
                    tr("not usable: %1").arg(plugin[QLatin1String("problem")].toString()),
                    {}});
  }
  devices_ = std::move(rows);
  Q_EMIT devices_changed();
}

void AiSettings::try_devices() {
  start(tr("Trying every device; networks are compiled for it the first time"),
        [this, arguments = with_libraries({"doctor", "--json"})](const std::stop_token& stop) {
          std::string trouble;
          const std::string json = run_program(arguments, trouble);
          if (stop.stop_requested()) return;
          post(this, [this, json, trouble] {
            if (!trouble.empty()) Q_EMIT problem(qt(trouble));
            take_verdicts(json);
          });
        });
}

void AiSettings::take_verdicts(const std::string& json) {
  const auto top = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
  for (const auto& value : top[QLatin1String("checkups")].toArray()) {
    const QJsonObject checkup = value.toObject();
    const QString engine = checkup[QLatin1String("engine")].toString();
    const QString device = checkup[QLatin1String("device")].toString();
    const auto row = std::ranges::find_if(devices_, [&](const DeviceRow& candidate) {
      return candidate.engine == engine && candidate.device == device;
    });
    if (row == devices_.end()) continue;
    const QString precision = checkup[QLatin1String("precision")].toString();
    const bool works = checkup[QLatin1String("works")].toBool();
    const QString word =
        works ? tr("%1 proved").arg(precision)
              : tr("%1 failed: %2").arg(precision, checkup[QLatin1String("problem")].toString());
    row->verdict += (row->verdict.isEmpty() ? QString() : QStringLiteral(", ")) + word;
    const double pace = checkup[QLatin1String("seconds_per_megapixel")].toDouble();
    if (works && pace > 0) {
      row->pace += (row->pace.isEmpty() ? QString() : QStringLiteral(", ")) +
                   tr("%1 %2 s/MP").arg(precision).arg(pace, 0, 'g', 2);
    }
  }
  Q_EMIT devices_changed();
}

}  // namespace latent::gui
