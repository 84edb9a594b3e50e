// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QHash>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "app/studio/catalogue.h"
#include "app/studio/display_colour.h"
#include "app/studio/file_facts.h"
#include "app/studio/preview_desk.h"

namespace latent::gui {

class PhotoLoader;

/// Which photographs of the open folder are shown.
struct LibraryFilter {
  enum class Show { All, NeedsDenoise, NotProcessed, DoneToday, Failed };
  enum class Kind { Any, Raw, Picture };
  Show show = Show::All;
  Kind kind = Kind::Any;
  QString text;  ///< in name, camera or "ISO 3200"
};

/// The photographs that were opened: a folder with those below it, or single files. Rows are in the
/// order of their names; what a filter or a group hides has no row.
class LibraryModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role {
    PathRole = Qt::UserRole + 1,
    BadgeRole,  ///< "ISO 12800", "small", ...
    StateRole,  ///< "", "done", "failed", "running", "waiting"
    RatingRole,
    LabelRole,
    GroupRole,  ///< how many results stand behind it
    SpokenRole  ///< all of it in words, for screen readers
  };

  /// `catalogue` may be null: then nothing is remembered. `thumbnails` empty: none are kept.
  LibraryModel(app::Catalogue* catalogue, const std::filesystem::path& thumbnails,
               QObject* parent = nullptr);
  ~LibraryModel() override;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

  /// Opens folders and files in place of what was open.
  void open(const std::vector<std::filesystem::path>& places);
  /// Adds files to what is open: results.
  void add(const std::vector<std::filesystem::path>& files);
  /// Looks again at what is open: files may have come, gone or changed.
  void refresh();
  [[nodiscard]] const std::vector<std::filesystem::path>& places() const { return places_; }
  [[nodiscard]] bool is_scanning() const { return scanning_ > 0; }

  void set_filter(const LibraryFilter& filter);
  [[nodiscard]] const LibraryFilter& filter() const { return filter_; }
  void set_grouping(bool grouped, bool result_leads);
  [[nodiscard]] int count(LibraryFilter::Show show) const;
  [[nodiscard]] int total() const { return static_cast<int>(entries_.size()); }

  [[nodiscard]] std::filesystem::path path(int row) const;
  [[nodiscard]] int row_of(const std::filesystem::path& path) const;  ///< -1: not shown
  [[nodiscard]] const app::FileFacts* facts(const std::filesystem::path& path) const;
  [[nodiscard]] std::vector<std::filesystem::path> group_of(
      const std::filesystem::path& path) const;

  /// What the preview measured is remembered.
  void put_noise(const std::filesystem::path& path, double noise, double confidence);
  /// What the queue says of a file.
  void put_state(const std::filesystem::path& path, const QString& state);

  /// The rows that are on the screen, and how large thumbnails are there.
  void show_rows(int first, int last, int longest_side_px);
  void prepare_all();
  void hold_background(bool hold);
  void use_table(std::shared_ptr<const app::DisplayTable> table);

 Q_SIGNALS:
  void thumbnail_ready(const QString& path, latent::app::SharedPixels pixels);
  void facts_changed(const QString& path);
  void counts_changed();
  /// What goes on behind: "reading 812 of 10,000 files"; empty: nothing.
  void background_changed(const QString& words);
  void problem(const QString& sentence);

 private:
  struct Entry {
    std::filesystem::path path;
    app::FileFacts facts;
    bool known = false;
    QString state;
    std::string group;  ///< the name that source and results share
  };
  struct Found {
    std::vector<Entry> entries;  ///< by path, each once
    QString problem;
  };

  void scan(std::vector<std::filesystem::path> places, bool anew);
  [[nodiscard]] std::vector<Entry> look_up(const std::vector<std::filesystem::path>& files) const;
  void take(Found found);
  void rebuild();
  void take_facts(const std::filesystem::path& path, const app::FileFacts& facts);
  void flush_facts();
  void sweep(bool with_thumbnails);
  [[nodiscard]] Entry* entry_of(const std::filesystem::path& path);
  [[nodiscard]] bool passes(const Entry& entry) const;
  [[nodiscard]] bool shows(const Entry& entry, LibraryFilter::Show show) const;
  [[nodiscard]] QString badge_of(const Entry& entry) const;
  [[nodiscard]] QString spoken(const Entry& entry) const;
  void changed(const std::filesystem::path& path);

  app::Catalogue* catalogue_;
  std::vector<std::filesystem::path> places_;
  std::vector<Entry> entries_;  ///< by path
  std::vector<int> rows_;       ///< of entries that are shown
  std::unordered_map<std::string, std::vector<int>> groups_;
  std::vector<app::CatalogueFile> unsaved_;
  LibraryFilter filter_;
  bool grouped_ = true;
  bool result_leads_ = false;
  bool preparing_ = false;
  int scanning_ = 0;
  int generation_ = 0;
  int sweep_total_ = 0;
  std::unique_ptr<PhotoLoader> loader_;
  std::jthread scanner_;
};

}  // namespace latent::gui

Q_DECLARE_METATYPE(latent::app::SharedPixels)
