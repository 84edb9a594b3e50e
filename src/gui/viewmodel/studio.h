// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QTimer>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "app/studio/catalogue.h"
#include "app/studio/studio_settings.h"
#include "gui/viewmodel/ai_settings.h"
#include "gui/viewmodel/library_model.h"
#include "gui/viewmodel/mask_tool.h"
#include "gui/viewmodel/preview_model.h"
#include "gui/viewmodel/queue_model.h"
#include "gui/viewmodel/restore_panel.h"

namespace latent::gui {

/// Where a studio keeps its things, and with which program it works.
struct StudioPlaces {
  std::filesystem::path folder;      ///< catalogue and queue; empty: nothing is kept
  std::filesystem::path settings;    ///< studio.json; empty: nothing is kept
  std::filesystem::path thumbnails;  ///< empty: none are kept
  std::filesystem::path program;     ///< `latent`
  bool safe = false;  ///< nothing remembered is used: settings at their defaults, no catalogue

  [[nodiscard]] static StudioPlaces standard();
};

/// The whole of the app without its window: what is open, looked at, selected, processed, and how
/// these depend on each other.
class Studio : public QObject {
  Q_OBJECT
 public:
  explicit Studio(const StudioPlaces& places, QObject* parent = nullptr);
  ~Studio() override;

  [[nodiscard]] app::StudioSettings& settings() { return settings_; }
  [[nodiscard]] LibraryModel& library() { return *library_; }
  [[nodiscard]] RestorePanel& restore() { return *restore_; }
  [[nodiscard]] PreviewModel& preview() { return *preview_; }
  [[nodiscard]] QueueModel& queue() { return *queue_; }
  [[nodiscard]] AiSettings& ai() { return *ai_; }
  [[nodiscard]] MaskTool& mask() { return *mask_; }

  /// What went wrong or was repaired while starting; shown once the window is there.
  [[nodiscard]] const QStringList& notices() const { return notices_; }

  void open(const std::vector<std::filesystem::path>& places);
  [[nodiscard]] QStringList known_folders() const;
  void forget_folder(const QString& folder);

  [[nodiscard]] const std::filesystem::path& current() const { return current_; }
  void set_current(const std::filesystem::path& path);
  void step(int rows);  ///< along what is shown
  void set_selection(const std::vector<std::filesystem::path>& paths);

  /// What compare() shows: two photographs that are selected; else the current one's source and its
  /// newest result, or the current one where that is a result. Empty: there are no two.
  [[nodiscard]] std::vector<std::filesystem::path> pair_to_compare() const;
  /// Shows them in one view, until another photograph is looked at or end_comparison(); says what
  /// is missing where there are no two.
  bool compare();
  void compare(const std::filesystem::path& first, const std::filesystem::path& second);
  void end_comparison();
  [[nodiscard]] bool is_comparing() const { return preview_->is_comparing(); }

  /// Hands all that the button says to the queue.
  bool process();
  /// Hands the picture without what the mask tool covers to the queue.
  bool erase();
  /// "DSC_0433.NEF · 6,048 x 4,024 · Bayer · ISO 12800 · noise measured, confidence high"
  [[nodiscard]] QString headline() const;

  void save();

 Q_SIGNALS:
  void current_changed();
  void folders_changed();
  void comparison_changed();
  void problem(const QString& sentence);
  void told(const QString& sentence);

 private:
  void connect_mask();
  void update_mask_means();
  void update_preview_job();
  /// What the viewer is to show; none: the photograph without an effect.
  [[nodiscard]] std::optional<app::Job> shown_job() const;
  [[nodiscard]] app::Job erase_job() const;
  void put_local_mask(app::Job& job, const std::filesystem::path& photograph) const;
  void update_current();
  void update_selection();

  app::StudioSettings settings_;
  std::optional<app::Catalogue> catalogue_;
  QStringList notices_;
  std::filesystem::path current_;
  std::vector<std::filesystem::path> selection_;
  QTimer save_later_;
  std::unique_ptr<LibraryModel> library_;
  std::unique_ptr<RestorePanel> restore_;
  std::unique_ptr<PreviewModel> preview_;
  std::unique_ptr<QueueModel> queue_;
  std::unique_ptr<AiSettings> ai_;
  std::unique_ptr<MaskTool> mask_;
};

}  // namespace latent::gui
