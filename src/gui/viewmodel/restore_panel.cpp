// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/restore_panel.h"

#include <QtCore/QLocale>
#include <algorithm>
#include <utility>

#include "app/setting.h"
#include "app/studio/name_pattern.h"
#include "app/studio/queue.h"
#include "app/studio/words.h"
#include "app/task_table.h"
#include "base/path.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

namespace fs = std::filesystem;
using models::Json;

namespace {

constexpr double kMega = 1e6;
constexpr double kLargeMegapixels = 60;

QVariant variant_of(const Json& json) {
  if (const auto* flag = json.as_bool()) return *flag;
  if (const auto* whole = json.as_integer()) return QVariant::fromValue<qlonglong>(*whole);
  if (const auto* real = json.as_real()) return *real;
  if (const auto* text = json.as_string()) return qt(*text);
  return {};
}

Json json_of(const QVariant& value) {
  switch (value.typeId()) {
    case QMetaType::Bool:
      return value.toBool();
    case QMetaType::Int:
    case QMetaType::LongLong:
      return static_cast<std::int64_t>(value.toLongLong());
    case QMetaType::Double:
      return value.toDouble();
    case QMetaType::QString:
      return value.toString().toStdString();
    default:
      return {};
  }
}

double megapixels(const app::FileFacts& facts) {
  return static_cast<double>(facts.size.area()) / kMega;
}

int scale_of(const app::Job& job) {
  const auto* upscale = std::get_if<app::UpscaleChoice>(&job.settings);
  return upscale == nullptr ? 1 : upscale->scale;
}

}  // namespace

const QStringList& RestorePanel::tasks() {
  static const QStringList tasks = [] {
    QStringList ids;
    for (const app::TaskRow& row : app::task_table()) {
      if (ids.size() < 3) ids << qt(row.id);  // the three of restoring, in this order
    }
    return ids;
  }();
  return tasks;
}

RestorePanel::RestorePanel(app::StudioSettings& settings, QObject* parent)
    : QObject(parent), settings_(settings), history_("") {
  for (const QString& task : tasks()) {
    jobs_.emplace(task.toStdString(), settings_.job(task.toStdString()));
  }
  task_ = settings_.word("task", tasks().front().toStdString());
  if (!jobs_.contains(task_)) task_ = tasks().front().toStdString();
  qt_task_ = qt(task_);
  history_ = app::History(state());
}

RestorePanel::~RestorePanel() = default;

/// Task, its job and its pattern as one text; a newline cannot stand in the first two lines.
std::string RestorePanel::state() const {
  return task_ + "\n" + pattern().toStdString() + "\n" + app::job_text(job());
}

void RestorePanel::restore(const std::string& state) {
  const auto first = state.find('\n');
  const auto second = state.find('\n', first + 1);
  if (first == std::string::npos || second == std::string::npos) return;
  auto job = app::job_of_text(state.substr(second + 1));
  if (!job) return;
  const bool other = task_ != job->task;
  task_ = job->task;
  qt_task_ = qt(task_);
  settings_.set_word("pattern." + task_, state.substr(first + 1, second - first - 1));
  settings_.set_job(*job);
  jobs_.insert_or_assign(task_, *std::move(job));
  if (other) Q_EMIT task_changed();
  Q_EMIT settings_changed();
  Q_EMIT output_changed();
}

void RestorePanel::remember(const QString& what) {
  settings_.set_job(job());
  history_.change(state(), what.toStdString());
}

void RestorePanel::set_task(const QString& task) {
  const std::string id = task.toStdString();
  if (id == task_ || !jobs_.contains(id)) return;
  task_ = id;
  qt_task_ = task;
  settings_.set_word("task", task_);
  remember({});
  Q_EMIT task_changed();
  Q_EMIT settings_changed();
  Q_EMIT output_changed();
  Q_EMIT selection_changed();
}

const app::Setting* RestorePanel::setting(const QString& key) const {
  const auto row = app::task_row(task_);
  if (!row) return nullptr;
  const std::string name = key.toStdString();
  for (const app::Setting& setting : *(*row)->settings) {
    if (setting.key == name) return &setting;
  }
  return nullptr;
}

QVariant RestorePanel::value(const QString& key) const {
  const auto* found = setting(key);
  return found == nullptr ? QVariant() : variant_of(found->get(job()));
}

QVariant RestorePanel::usual(const QString& key) const {
  const auto* found = setting(key);
  return found == nullptr ? QVariant() : variant_of(found->get(app::plain_job(task_)));
}

bool RestorePanel::set_value(const QString& key, const QVariant& value) {
  if (this->value(key) == value) return true;
  auto put = app::put_value(jobs_.at(task_), key.toStdString(), json_of(value), key.toStdString());
  if (!put) {
    Q_EMIT problem(qt(put.error().sentence));
    Q_EMIT settings_changed();
    return false;
  }
  remember(key);
  Q_EMIT settings_changed();
  Q_EMIT output_changed();
  return true;
}

void RestorePanel::end_step() { history_.end_step(); }

void RestorePanel::reset(const QString& key) {
  end_step();
  set_value(key, usual(key));
}

void RestorePanel::reset_all() {
  jobs_.insert_or_assign(task_, app::plain_job(task_));
  settings_.set_word("pattern." + task_, app::kUsualPattern);
  remember({});
  Q_EMIT settings_changed();
  Q_EMIT output_changed();
}

QString RestorePanel::pattern() const {
  return qt(settings_.word("pattern." + task_, app::kUsualPattern));
}

void RestorePanel::set_pattern(const QString& pattern) {
  std::string text = pattern.toStdString();
  std::erase(text, '\n');
  settings_.set_word("pattern." + task_, text);
  remember(QStringLiteral("pattern"));
  Q_EMIT output_changed();
}

QString RestorePanel::example() const {
  const fs::path source = current_.empty() ? fs::path("/photographs/DSC_0433.NEF") : current_;
  const auto named = app::named_by_pattern(pattern().toStdString(), job(), {source, 1, library_});
  if (!named) return qt(named.error().sentence);
  const fs::path beside = named->lexically_relative(source.parent_path());
  return beside.native().starts_with("..") ? shown_path(*named) : qt(displayed(beside));
}

QString RestorePanel::size_hint() const {
  if (!facts_ || facts_->size.area() == 0) return {};
  const double pixels =
      static_cast<double>(facts_->size.area()) * scale_of(job()) * scale_of(job());
  const QString format = value(QStringLiteral("format")).toString();
  const QString depth = value(QStringLiteral("bit_depth")).toString();
  const QString compression = value(QStringLiteral("compression")).toString();
  const bool plain = compression == QLatin1String("none");
  double bytes_per_pixel = 0;  // measured on the pictures of docs/speed.md; plain ones are exact
  if (format == QLatin1String("dng")) {
    bytes_per_pixel = !value(QStringLiteral("demosaic")).toBool()    ? (plain ? 2.0 : 1.2)
                      : plain                                        ? 6.0
                      : compression == QLatin1String("jxl")          ? 0.3
                      : compression == QLatin1String("jxl-lossless") ? 2.1
                                                                     : 3.0;
  } else if (format == QLatin1String("jpg")) {
    bytes_per_pixel = 0.6;
  } else {
    const double samples = depth == QLatin1String("8") ? 3 : depth == QLatin1String("32") ? 12 : 6;
    bytes_per_pixel = plain && format == QLatin1String("tif") ? samples : samples * 0.7;
  }
  return tr("about %1").arg(qt(app::size_words(pixels * bytes_per_pixel)));
}

QString RestorePanel::scale_hint() const {
  if (!facts_ || scale_of(job()) == 1 || facts_->size.area() == 0) return {};
  const double before = megapixels(*facts_);
  const double after = before * scale_of(job()) * scale_of(job());
  QLocale locale;
  return tr("%1 MP becomes %2 MP, %3 x %4")
      .arg(locale.toString(before, 'f', 1), locale.toString(after, 'f', 1))
      .arg(facts_->size.width * scale_of(job()))
      .arg(facts_->size.height * scale_of(job()));
}

bool RestorePanel::is_large() const {
  return facts_ && scale_of(job()) > 1 &&
         megapixels(*facts_) * scale_of(job()) * scale_of(job()) >= kLargeMegapixels;
}

bool RestorePanel::add_to_library() const { return settings_.word("add", "yes") == "yes"; }
void RestorePanel::set_add_to_library(bool add) { settings_.set_word("add", add ? "yes" : "no"); }
bool RestorePanel::result_leads() const { return settings_.word("leads", "no") == "yes"; }
void RestorePanel::set_result_leads(bool leads) {
  settings_.set_word("leads", leads ? "yes" : "no");
  Q_EMIT output_changed();
}

QStringList RestorePanel::presets() const {
  QStringList names;
  for (const auto& [name, preset] : settings_.presets()) {
    if (preset.task == task_) names << qt(name);
  }
  return names;
}

void RestorePanel::apply_preset(const QString& name) {
  const auto found = settings_.presets().find(name.toStdString());
  if (found == settings_.presets().end()) return;
  const auto job = app::job_of_text(found->second.job);
  if (!job) return Q_EMIT problem(qt(job.error().sentence));
  jobs_.insert_or_assign(task_, *job);
  settings_.set_word("pattern." + task_, found->second.pattern);
  end_step();
  remember(name);
  Q_EMIT settings_changed();
  Q_EMIT output_changed();
}

void RestorePanel::save_preset(const QString& name) {
  if (name.trimmed().isEmpty()) return;
  settings_.set_preset(name.trimmed().toStdString(),
                       {task_, app::job_text(job()), pattern().toStdString()});
  Q_EMIT presets_changed();
}

void RestorePanel::remove_preset(const QString& name) {
  settings_.remove_preset(name.toStdString());
  Q_EMIT presets_changed();
}

void RestorePanel::undo() {
  if (history_.undo()) restore(history_.now());
}
void RestorePanel::redo() {
  if (history_.redo()) restore(history_.now());
}

void RestorePanel::set_current(const fs::path& path, const app::FileFacts* facts,
                               const fs::path& library) {
  current_ = path;
  library_ = library;
  facts_ = facts == nullptr ? std::nullopt : std::optional<app::FileFacts>(*facts);
  suggestion_ = facts == nullptr ? app::Suggestion{} : app::suggestion_for(*facts);
  Q_EMIT output_changed();
  Q_EMIT selection_changed();
}

void RestorePanel::set_selection(std::vector<fs::path> paths, std::vector<app::FileFacts> facts) {
  selected_ = std::move(paths);
  selected_facts_ = std::move(facts);
  Q_EMIT selection_changed();
}

bool RestorePanel::suggestions_shown() const {
  return settings_.word("suggestions", "yes") == "yes";
}
void RestorePanel::show_suggestions(bool show) {
  settings_.set_word("suggestions", show ? "yes" : "no");
  Q_EMIT selection_changed();
}

bool RestorePanel::takes(const app::FileFacts& facts) const {
  if (facts.kind == app::FileKind::Unreadable) return false;
  if (task_ == tasks().front().toStdString()) return facts.denoisable_raw;
  return true;
}

QString RestorePanel::objection(const QString& task) const {
  if (!facts_) return {};
  if (facts_->kind == app::FileKind::Unreadable) return qt(facts_->problem);
  if (task != tasks().front()) return {};
  if (facts_->kind == app::FileKind::Picture) {
    return tr("This is a finished picture, without the data of the sensor.");
  }
  if (!facts_->denoisable_raw)
    return tr("Raw denoise cannot take this raw file: it %1.").arg(qt(facts_->problem));
  return {};
}

/// Of the selected those that the task takes.
std::vector<std::size_t> RestorePanel::taken() const {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < selected_.size(); ++i) {
    if (takes(selected_facts_[i])) indices.push_back(i);
  }
  return indices;
}

bool RestorePanel::is_used(const QString& key) const {
  return key != QLatin1String("quality") ||
         value(QStringLiteral("format")).toString() == QLatin1String("jpg");
}

bool RestorePanel::can_process() const { return !taken().empty(); }

QString RestorePanel::button_text() const {
  const auto count = static_cast<int>(taken().size());
  if (count == 0) return tr("Nothing to process");
  return count == 1 ? tr("Process this picture") : tr("Process %n pictures", nullptr, count);
}

QString RestorePanel::time_hint() const {
  const auto indices = taken();
  QStringList parts;
  const double pace = settings_.number("pace." + task_, 0);
  if (!indices.empty() && pace > 0) {
    double sum = 0;
    for (const auto i : indices) sum += megapixels(selected_facts_[i]);
    parts << tr("about %1").arg(qt(app::duration_words(sum * pace)));
  } else if (!indices.empty()) {
    parts << tr("the first picture tells how long it takes");
  }
  const auto left_out = static_cast<int>(selected_.size() - indices.size());
  if (left_out == 1) parts << tr("1 is left out: not for this task");
  if (left_out > 1) parts << tr("%n are left out: not for this task", nullptr, left_out);
  return parts.join(QStringLiteral(" · "));
}

std::vector<app::NewItem> RestorePanel::orders() const {
  std::vector<app::NewItem> orders;
  for (const auto i : taken()) {
    app::NewItem order{job(), pattern().toStdString(), library_, megapixels(selected_facts_[i])};
    order.job.sources = {selected_[i]};
    orders.push_back(std::move(order));
  }
  return orders;
}

void RestorePanel::put_pace(const std::string& task, double seconds_per_megapixel) {
  const double old = settings_.number("pace." + task, 0);
  constexpr double kShare = 0.3;  // of the newest
  settings_.set_number("pace." + task, old <= 0 ? seconds_per_megapixel
                                                : old + (seconds_per_megapixel - old) * kShare);
  Q_EMIT selection_changed();
}

}  // namespace latent::gui
