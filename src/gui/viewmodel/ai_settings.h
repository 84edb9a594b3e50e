// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractTableModel>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/model_manager.h"
#include "app/studio/studio_settings.h"
#include "app/studio/worker_process.h"

namespace latent::gui {

/// A way to run networks, as `latent devices` lists it and `latent doctor` tries it.
struct DeviceRow {
  QString engine;
  QString device;
  QString name;
  QString precisions;
  QString verdict;  ///< "proved", "failed: ...", or empty: not tried
  QString pace;     ///< "0.25 s/MP", or empty
};

/// Devices and models. What could hang or crash (device libraries) runs in a process of its own;
/// the network is used for nothing but what the user asked for.
class AiSettings : public QObject {
  Q_OBJECT
 public:
  AiSettings(app::StudioSettings& settings, std::filesystem::path program,
             QObject* parent = nullptr);
  ~AiSettings() override;

  [[nodiscard]] const std::vector<DeviceRow>& devices() const { return devices_; }
  [[nodiscard]] const std::vector<app::ModelEntry>& models() const { return models_; }
  [[nodiscard]] const QString& busy() const { return busy_; }  ///< what goes on, or empty

  /// The words of a job's engine section: "auto", "cpu", "gpu", ...
  [[nodiscard]] QString device() const;
  void set_device(const QString& device);
  [[nodiscard]] QString precision() const;
  void set_precision(const QString& precision);
  [[nodiscard]] QString ort_library() const;
  void set_ort_library(const QString& path);
  /// Paths of plug-ins of ONNX Runtime, with colons between them.
  [[nodiscard]] QString ort_plugins() const;
  void set_ort_plugins(const QString& paths);
  /// Puts these words into a job.
  void put_into(app::Job& job) const;

  void list_devices();
  /// Runs the default network on every device; takes seconds to minutes, and can be cancelled.
  void try_devices();
  void cancel();

  void list_models();
  void enable(const QString& id);
  void disable(const QString& id);
  void pin(const QString& id, bool keep);
  void remove(const QString& id);
  void verify(const QString& id);
  void import_package(const std::filesystem::path& path);
  /// What the model of a task is: "Latent raw denoise 1.0", or why there is none.
  [[nodiscard]] QString model_words(const QString& task, const QString& asked) const;
  [[nodiscard]] const app::ModelEntry* model_of(const QString& task, const QString& asked) const;
  [[nodiscard]] const app::ModelEntry* model(const QString& id) const;
  /// The card of a model in Markdown: what it is, is made of, and may be used for.
  [[nodiscard]] QString card(const app::ModelEntry& entry) const;

  /// What the repositories offered when they were last asked; list_offers() asks nobody.
  [[nodiscard]] const std::vector<app::CatalogueEntry>& offers() const { return offers_; }
  [[nodiscard]] const app::CatalogueEntry* offer(const QString& id) const;
  [[nodiscard]] QString offer_card(const app::CatalogueEntry& entry) const;
  void list_offers();
  /// These three use the network.
  void ask_repositories();
  void install(const QString& id);  ///< of an offer whose card the user has seen
  void update(const QString& id);
  [[nodiscard]] std::vector<models::Repository> repositories() const;
  bool add_repository(const QString& name, const QString& url, const QString& key);
  void remove_repository(const QString& name);
  /// What the user's policy accepts, in one sentence.
  [[nodiscard]] QString policy_words() const;

 Q_SIGNALS:
  void devices_changed();
  void models_changed();
  void busy_changed();
  void engine_changed();
  void told(const QString& sentence);     ///< something was done
  void problem(const QString& sentence);  ///< or was not

 private:
  void start(const QString& what, std::function<void(const std::stop_token&)> work);
  void change(const QString& what, std::function<Status(const app::ModelManager&)> work);
  [[nodiscard]] std::string run_program(const std::vector<std::string>& arguments,
                                        std::string& trouble);
  /// A verb of the program, with the libraries that these settings name.
  [[nodiscard]] std::vector<std::string> with_libraries(std::vector<std::string> verb) const;
  void take_devices(const std::string& json);
  void take_verdicts(const std::string& json);
  [[nodiscard]] static QString trust_words(const models::TrustFacts& trust);

  app::StudioSettings& settings_;
  std::filesystem::path program_;
  std::vector<DeviceRow> devices_;
  std::vector<app::ModelEntry> models_;
  std::vector<app::CatalogueEntry> offers_;
  QString busy_;
  std::mutex mutex_;
  app::WorkerProcess* process_ = nullptr;
  std::jthread thread_;
};

}  // namespace latent::gui
