// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/library_model.h"

#include <QtCore/QLocale>
#include <algorithm>
#include <ctime>
#include <stop_token>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "app/source_stem.h"
#include "base/path.h"
#include "base/threads.h"
#include "gui/viewmodel/photo_loader.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

namespace fs = std::filesystem;

namespace {

constexpr int kSaveAfter = 200;  // facts of so many files are written at once

/// "dir/photo" of "dir/photo_raw-denoise_1.dng" and of "dir/photo.nef": what source and results
/// share.
std::string group_name(const fs::path& path) {
  return (path.parent_path() / app::source_stem(path.stem().native())).native();
}

template <class Entry>
const std::string& name_of(const Entry& entry) {
  return entry.path.native();
}

bool is_today(std::int64_t modified_ns) {
  const std::time_t then = static_cast<std::time_t>(modified_ns / 1'000'000'000);
  const std::time_t now = std::time(nullptr);
  std::tm a{};
  std::tm b{};
  localtime_r(&then, &a);
  localtime_r(&now, &b);
  return a.tm_year == b.tm_year && a.tm_yday == b.tm_yday;
}

void list_folder(const fs::path& folder, const std::stop_token& stop, std::vector<fs::path>& files,
                 std::string& problem) {
  std::error_code failed;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         failed);
  for (const fs::recursive_directory_iterator end; !failed && entry != end;
       entry.increment(failed)) {
    if (stop.stop_requested()) return;
    std::error_code unknown;
    const fs::path& path = entry->path();
    const bool hidden = path.filename().native().starts_with('.');
    if (entry->is_directory(unknown)) {
      if (hidden || entry->is_symlink(unknown)) entry.disable_recursion_pending();
    } else if (!hidden && app::named_like_photograph(path)) {
      files.push_back(path);
    }
  }
  if (failed) problem = quoted(folder) + " cannot be read: " + failed.message();
}

}  // namespace

LibraryModel::LibraryModel(app::Catalogue* catalogue, const fs::path& thumbnails, QObject* parent)
    : QAbstractListModel(parent), catalogue_(catalogue) {
  PhotoLoader::Callbacks callbacks;
  callbacks.facts = [this](const fs::path& path, const app::FileFacts& facts) {
    post(this, [this, path, facts] { take_facts(path, facts); });
  };
  callbacks.thumbnail = [this](const fs::path& path, app::SharedPixels pixels) {
    post(this, [this, path, pixels] { Q_EMIT thumbnail_ready(qt(path.native()), pixels); });
  };
  callbacks.rest = [this](int left) {
    post(this, [this, left] {
      if (left == 0) {
        flush_facts();
        preparing_ = false;
        Q_EMIT background_changed({});
      } else if (left % 20 == 0) {
        const QLocale locale;
        const QString done = locale.toString(sweep_total_ - left);
        const QString all = locale.toString(sweep_total_);
        Q_EMIT background_changed(preparing_ ? tr("preparing thumbnails, %1 of %2").arg(done, all)
                                             : tr("reading files, %1 of %2").arg(done, all));
      }
    });
  };
  loader_ = std::make_unique<PhotoLoader>(thumbnails, std::move(callbacks));
}

LibraryModel::~LibraryModel() {
  scanner_ = {};
  loader_.reset();
  flush_facts();
}

int LibraryModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant LibraryModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Entry& entry =
      entries_[static_cast<std::size_t>(rows_[static_cast<std::size_t>(index.row())])];
  switch (role) {
    case Qt::DisplayRole:
      return shown_name(entry.path);
    case Qt::ToolTipRole:
      return entry.facts.problem.empty() ? shown_path(entry.path) : qt(entry.facts.problem);
    case Qt::AccessibleTextRole:
    case SpokenRole:
      return spoken(entry);
    case PathRole:
      return qt(entry.path.native());
    case BadgeRole:
      return badge_of(entry);
    case StateRole:
      return !entry.state.isEmpty()     ? entry.state
             : entry.facts.done.empty() ? QString()
                                        : QStringLiteral("done");
    case RatingRole:
      return entry.facts.rating;
    case LabelRole:
      return qt(entry.facts.label);
    case GroupRole: {
      const auto group = groups_.find(entry.group);
      return group == groups_.end() ? 0 : static_cast<int>(group->second.size()) - 1;
    }
    default:
      return {};
  }
}

QString LibraryModel::badge_of(const Entry& entry) const {
  if (!entry.known) return {};
  if (entry.facts.kind == app::FileKind::Unreadable) return tr("unreadable");
  switch (app::suggestion_for(entry.facts).need) {
    case app::Need::RawDenoise:
    case app::Need::Denoise:
      return entry.facts.iso > 0 ? tr("ISO %1").arg(entry.facts.iso, 0, 'f', 0) : tr("noisy");
    case app::Need::Upscale:
      return tr("small");
    case app::Need::Nothing:
      return {};
  }
  return {};
}

QString LibraryModel::spoken(const Entry& entry) const {
  QStringList words{shown_name(entry.path)};
  if (const QString badge = badge_of(entry); !badge.isEmpty()) words << badge;
  if (entry.facts.rating > 0) words << tr("%n stars", nullptr, entry.facts.rating);
  if (entry.state == QLatin1String("running")) words << tr("being processed");
  if (entry.state == QLatin1String("waiting")) words << tr("in the queue");
  if (entry.state == QLatin1String("failed")) words << tr("failed");
  if (entry.state == QLatin1String("done") || !entry.facts.done.empty()) words << tr("processed");
  return words.join(QStringLiteral(", "));
}

void LibraryModel::open(const std::vector<fs::path>& places) {
  beginResetModel();
  places_ = places;
  entries_.clear();
  rows_.clear();
  groups_.clear();
  endResetModel();
  loader_->forget();
  Q_EMIT counts_changed();
  scan(places, true);
}

void LibraryModel::refresh() { scan(places_, true); }

void LibraryModel::add(const std::vector<fs::path>& files) { scan(files, false); }

void LibraryModel::scan(std::vector<fs::path> places, bool anew) {
  flush_facts();
  if (anew) {
    ++generation_;
    scanner_ = {};  // stops and waits: it looks at its stop token for every file
  } else if (scanner_.joinable()) {
    scanner_.join();
  }
  ++scanning_;
  scanner_ = std::jthread([this, places = std::move(places), generation = generation_,
                           anew](const std::stop_token& stop) {
    Found found;
    std::string problem;
    static_cast<void>(run_safely([&] {
      std::vector<fs::path> files;
      for (const fs::path& place : places) {
        std::error_code unknown;
        const fs::path whole = fs::absolute(place, unknown).lexically_normal();
        if (fs::is_directory(whole, unknown)) {
          list_folder(whole.has_filename() ? whole : whole.parent_path(), stop, files, problem);
        } else if (fs::exists(whole, unknown)) {
          files.push_back(whole);
        } else {
          problem = quoted(whole) + " is not there: was a card or disk removed?";
        }
      }
      std::ranges::sort(files, {}, &fs::path::native);
      const auto last = std::ranges::unique(files);
      files.erase(last.begin(), last.end());
      found.entries = look_up(files);
    }));
    found.problem = qt(problem);
    post(this, [this, generation, anew, found = std::move(found)]() mutable {
      --scanning_;
      if (generation != generation_) return;
      beginResetModel();
      if (anew && !entries_.empty()) {
        std::unordered_set<std::string_view> there;
        for (const Entry& entry : found.entries) there.insert(entry.path.native());
        std::erase_if(entries_,
                      [&](const Entry& entry) { return !there.contains(entry.path.native()); });
      }
      take(std::move(found));
    });
  });
}

/// One question for each folder. On the thread that scans, as all that grows with the number of
/// files: the window's thread takes what comes as it is.
std::vector<LibraryModel::Entry> LibraryModel::look_up(const std::vector<fs::path>& files) const {
  std::unordered_map<std::string, app::FileFacts> known;
  fs::path last;
  for (const fs::path& file : files) {
    fs::path folder = file.parent_path();
    if (catalogue_ == nullptr || folder == last) continue;
    last = std::move(folder);
    auto there = catalogue_->files_in(last);
    if (!there) continue;
    for (auto& [path, facts] : *there) known[path.native()] = std::move(facts);
  }
  std::vector<Entry> entries;
  entries.reserve(files.size());
  for (const fs::path& file : files) {
    Entry entry;
    entry.path = file;
    entry.group = group_name(file);
    if (const auto found = known.find(file.native()); found != known.end()) {
      entry.facts = std::move(found->second);
      entry.known = true;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

void LibraryModel::take(Found found) {
  if (entries_.empty()) {
    entries_ = std::move(found.entries);
  } else {
    std::unordered_set<std::string> there;  // its own texts: entries move while others come
    for (const Entry& entry : entries_) there.insert(entry.path.native());
    for (Entry& entry : found.entries) {
      if (!there.contains(entry.path.native())) entries_.push_back(std::move(entry));
    }
    std::ranges::sort(entries_, {}, name_of<Entry>);
  }
  rebuild();
  if (!found.problem.isEmpty()) Q_EMIT problem(found.problem);
  sweep(preparing_);
}

/// Between beginResetModel(), which comes before anything is changed, and its end here.
void LibraryModel::rebuild() {
  groups_.clear();
  groups_.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    groups_[entries_[i].group].push_back(static_cast<int>(i));
  }
  // The shortest name is the source's; results follow.
  for (auto& [name, members] : groups_) {
    std::ranges::stable_sort(members, {}, [&](int i) {
      return entries_[static_cast<std::size_t>(i)].path.stem().native().size();
    });
  }
  std::vector<bool> leads(entries_.size(), !grouped_);
  for (const auto& [name, members] : groups_) {
    leads[static_cast<std::size_t>(result_leads_ ? members.back() : members.front())] = true;
  }
  rows_.clear();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (leads[i] && passes(entries_[i])) rows_.push_back(static_cast<int>(i));
  }
  endResetModel();
  Q_EMIT counts_changed();
}

bool LibraryModel::shows(const Entry& entry, LibraryFilter::Show show) const {
  if (show == LibraryFilter::Show::All) return true;
  const auto group = groups_.find(entry.group);
  const bool has_result = entry.state == QLatin1String("done") || !entry.facts.done.empty() ||
                          (group != groups_.end() && group->second.size() > 1);
  switch (show) {
    case LibraryFilter::Show::All:
      break;
    case LibraryFilter::Show::NeedsDenoise: {
      if (!entry.known || has_result) return false;
      const auto need = app::suggestion_for(entry.facts).need;
      return need == app::Need::RawDenoise || need == app::Need::Denoise;
    }
    case LibraryFilter::Show::NotProcessed:
      return !has_result;
    case LibraryFilter::Show::DoneToday: {
      if (!has_result || group == groups_.end()) return false;
      return std::ranges::any_of(group->second, [&](int i) {
        const Entry& member = entries_[static_cast<std::size_t>(i)];
        return !member.facts.done.empty() && is_today(member.facts.stamp.modified_ns);
      });
    }
    case LibraryFilter::Show::Failed:
      return entry.state == QLatin1String("failed") ||
             (entry.known && entry.facts.kind == app::FileKind::Unreadable);
  }
  return true;
}

bool LibraryModel::passes(const Entry& entry) const {
  using Kind = LibraryFilter::Kind;
  if (filter_.kind == Kind::Raw && entry.known && entry.facts.kind != app::FileKind::Raw) {
    return false;
  }
  if (filter_.kind == Kind::Picture && entry.known && entry.facts.kind != app::FileKind::Picture) {
    return false;
  }
  if (!shows(entry, filter_.show)) return false;
  if (filter_.text.isEmpty()) return true;
  const QString all = shown_name(entry.path) + QLatin1Char('\n') + qt(entry.facts.camera) +
                      QStringLiteral("\nISO %1").arg(entry.facts.iso, 0, 'f', 0);
  const QStringList words = filter_.text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  return std::ranges::all_of(
      words, [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

int LibraryModel::count(LibraryFilter::Show show) const {
  if (show == LibraryFilter::Show::All) return static_cast<int>(groups_.size());
  int count = 0;
  for (const auto& [name, members] : groups_) {
    const Entry& leader = entries_[static_cast<std::size_t>(members.front())];
    if (shows(leader, show)) ++count;
  }
  return count;
}

void LibraryModel::set_filter(const LibraryFilter& filter) {
  beginResetModel();
  filter_ = filter;
  rebuild();
}

void LibraryModel::set_grouping(bool grouped, bool result_leads) {
  if (grouped == grouped_ && result_leads == result_leads_) return;
  beginResetModel();
  grouped_ = grouped;
  result_leads_ = result_leads;
  rebuild();
}

fs::path LibraryModel::path(int row) const {
  if (row < 0 || row >= rowCount()) return {};
  return entries_[static_cast<std::size_t>(rows_[static_cast<std::size_t>(row)])].path;
}

int LibraryModel::row_of(const fs::path& path) const {
  const auto found =
      std::ranges::lower_bound(rows_, path.native(), {}, [&](int i) -> const std::string& {
        return entries_[static_cast<std::size_t>(i)].path.native();
      });
  if (found == rows_.end() || entries_[static_cast<std::size_t>(*found)].path != path) return -1;
  return static_cast<int>(found - rows_.begin());
}

LibraryModel::Entry* LibraryModel::entry_of(const fs::path& path) {
  const auto found = std::ranges::lower_bound(entries_, path.native(), {}, name_of<Entry>);
  return found == entries_.end() || found->path != path ? nullptr : &*found;
}

const app::FileFacts* LibraryModel::facts(const fs::path& path) const {
  const Entry* const found = const_cast<LibraryModel*>(this)->entry_of(path);
  return found == nullptr || !found->known ? nullptr : &found->facts;
}

std::vector<fs::path> LibraryModel::group_of(const fs::path& path) const {
  std::vector<fs::path> members;
  const auto found = groups_.find(group_name(path));
  if (found == groups_.end()) return members;
  for (const int i : found->second) members.push_back(entries_[static_cast<std::size_t>(i)].path);
  return members;
}

void LibraryModel::changed(const fs::path& path) {
  const int row = row_of(path);
  if (row >= 0) Q_EMIT dataChanged(index(row), index(row));
  Q_EMIT facts_changed(qt(path.native()));
}

void LibraryModel::take_facts(const fs::path& path, const app::FileFacts& facts) {
  Entry* const found = entry_of(path);
  if (found == nullptr) return;
  found->facts = facts;
  found->known = true;
  unsaved_.push_back({path, facts});
  if (unsaved_.size() >= kSaveAfter) flush_facts();
  changed(path);
}

void LibraryModel::put_noise(const fs::path& path, double noise, double confidence) {
  Entry* const found = entry_of(path);
  if (found == nullptr || !found->known) return;
  found->facts.noise = noise;
  found->facts.noise_confidence = confidence;
  unsaved_.push_back({path, found->facts});
  changed(path);
}

void LibraryModel::put_state(const fs::path& path, const QString& state) {
  Entry* const found = entry_of(path);
  if (found == nullptr || found->state == state) return;
  found->state = state;
  changed(path);
  Q_EMIT counts_changed();
}

void LibraryModel::flush_facts() {
  if (unsaved_.empty()) return;
  if (catalogue_ != nullptr) {
    if (auto put = catalogue_->put(unsaved_); !put) {
      Q_EMIT problem(tr("The catalogue cannot be written: %1").arg(qt(put.error().sentence)));
    }
  }
  unsaved_.clear();
  Q_EMIT counts_changed();
}

void LibraryModel::show_rows(int first, int last, int longest_side_px) {
  std::vector<PhotoLoader::Request> requests;
  for (int row = std::max(0, first); row <= std::min(last, rowCount() - 1); ++row) {
    const Entry& entry = entries_[static_cast<std::size_t>(rows_[static_cast<std::size_t>(row)])];
    requests.push_back({entry.path, entry.known ? entry.facts.stamp : app::FileStamp{}});
  }
  loader_->show(std::move(requests), longest_side_px);
}

void LibraryModel::sweep(bool with_thumbnails) {
  std::vector<PhotoLoader::Request> requests;
  const auto want = [&](const Entry& entry) {
    requests.push_back({entry.path, entry.known ? entry.facts.stamp : app::FileStamp{}});
  };
  if (with_thumbnails) {  // in the order that is on the screen
    for (const int i : rows_) want(entries_[static_cast<std::size_t>(i)]);
  } else {
    for (const Entry& entry : entries_) want(entry);
  }
  sweep_total_ = static_cast<int>(requests.size());
  loader_->look_at_rest(std::move(requests), with_thumbnails);
}

void LibraryModel::prepare_all() {
  preparing_ = true;
  sweep(true);
}

void LibraryModel::hold_background(bool hold) { loader_->hold_rest(hold); }
void LibraryModel::use_table(std::shared_ptr<const app::DisplayTable> table) {
  loader_->use_table(std::move(table));
}

}  // namespace latent::gui
