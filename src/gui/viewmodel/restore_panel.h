// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVariant>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/job.h"
#include "app/studio/file_facts.h"
#include "app/studio/history.h"
#include "app/studio/studio_settings.h"

namespace latent::app {
struct Setting;
struct NewItem;
}  // namespace latent::app

namespace latent::gui {

/// What the restore panel shows and does: one task with its settings, how results are written, what
/// the button will do. Every change can be undone.
class RestorePanel : public QObject {
  Q_OBJECT
 public:
  explicit RestorePanel(app::StudioSettings& settings, QObject* parent = nullptr);
  ~RestorePanel() override;

  /// The tasks in the order of the tabs: "rawdenoise", "denoise", "upscale".
  [[nodiscard]] static const QStringList& tasks();
  [[nodiscard]] QString task() const { return qt_task_; }
  void set_task(const QString& task);

  [[nodiscard]] const app::Job& job() const { return jobs_.at(task_); }
  /// Setting by its key in the table of words; numbers, words, flags. Empty: no such setting.
  [[nodiscard]] QVariant value(const QString& key) const;
  [[nodiscard]] QVariant usual(const QString& key) const;  ///< its default
  [[nodiscard]] const app::Setting* setting(const QString& key) const;
  /// False, and a problem, where the value is refused. `keep_step`: more of the same follows.
  bool set_value(const QString& key, const QVariant& value);
  void end_step();
  void reset(const QString& key);
  void reset_all();

  [[nodiscard]] QString pattern() const;
  void set_pattern(const QString& pattern);
  /// "DSC_0433_raw-denoise.dng", or why there is none.
  [[nodiscard]] QString example() const;
  /// "about 21 MB", or empty.
  [[nodiscard]] QString size_hint() const;
  /// Of an enlargement: "6.0 MP becomes 24.0 MP"; a warning from 60 MP on.
  [[nodiscard]] QString scale_hint() const;
  [[nodiscard]] bool is_large() const;
  /// Whether a setting changes anything beside the others: the quality of JPEG only with that format.
  [[nodiscard]] bool is_used(const QString& key) const;

  [[nodiscard]] bool add_to_library() const;
  void set_add_to_library(bool add);
  [[nodiscard]] bool result_leads() const;
  void set_result_leads(bool leads);

  [[nodiscard]] QStringList presets() const;  ///< of the task
  void apply_preset(const QString& name);
  void save_preset(const QString& name);
  void remove_preset(const QString& name);

  [[nodiscard]] bool can_undo() const { return history_.can_undo(); }
  [[nodiscard]] bool can_redo() const { return history_.can_redo(); }
  void undo();
  void redo();

  /// What is looked at, and what the button would process.
  void set_current(const std::filesystem::path& path, const app::FileFacts* facts,
                   const std::filesystem::path& library);
  void set_selection(std::vector<std::filesystem::path> paths, std::vector<app::FileFacts> facts);
  [[nodiscard]] const app::Suggestion& suggestion() const { return suggestion_; }
  [[nodiscard]] bool suggestions_shown() const;
  void show_suggestions(bool show);

  /// Why a task does not apply to the current photograph; empty: it does.
  [[nodiscard]] QString objection(const QString& task) const;
  /// "Process 37 pictures", "Process this picture"; and how long it takes.
  [[nodiscard]] QString button_text() const;
  [[nodiscard]] QString time_hint() const;
  [[nodiscard]] bool can_process() const;
  /// The jobs of all that the button says, each of one source.
  [[nodiscard]] std::vector<app::NewItem> orders() const;

  void put_pace(const std::string& task, double seconds_per_megapixel);

 Q_SIGNALS:
  void task_changed();
  void settings_changed();  ///< also by undo: all values are to be read anew
  void output_changed();
  void selection_changed();
  void presets_changed();
  void problem(const QString& sentence);

 private:
  [[nodiscard]] std::string state() const;
  void restore(const std::string& state);
  void remember(const QString& what);
  [[nodiscard]] bool takes(const app::FileFacts& facts) const;
  [[nodiscard]] std::vector<std::size_t> taken() const;

  app::StudioSettings& settings_;
  std::string task_;
  QString qt_task_;
  std::map<std::string, app::Job> jobs_;
  app::History history_;
  std::filesystem::path current_;
  std::optional<app::FileFacts> facts_;
  std::filesystem::path library_;
  app::Suggestion suggestion_;
  std::vector<std::filesystem::path> selected_;
  std::vector<app::FileFacts> selected_facts_;
};

}  // namespace latent::gui
