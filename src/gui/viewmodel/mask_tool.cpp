// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/mask_tool.h"

#include <QtCore/QLocale>
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/studio/words.h"
#include "app/warm_models.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

namespace fs = std::filesystem;
using app::MaskWay;
using mask::Place;
using mask::PromptKind;

namespace {

constexpr double kLeastBrush = 0.001;
constexpr double kMostBrush = 0.1;
constexpr double kLeastBox = 0.002;   // of a side: less is a click with a shaking hand
constexpr double kStrokeStep = 0.15;  // of the radius: places of a stroke that lie closer are one

Place place_of(const QPointF& share) {
  return {std::clamp(share.x(), 0.0, 1.0), std::clamp(share.y(), 0.0, 1.0)};
}

bool is_inside(const QPointF& share) {
  return share.x() >= 0 && share.x() <= 1 && share.y() >= 0 && share.y() <= 1;
}

}  // namespace

MaskTool::MaskTool(const fs::path& folder, QObject* parent) : QObject(parent), shelf_(folder) {
  app::MaskDesk::Callbacks callbacks;
  callbacks.busy = [this](const fs::path& path, const std::string& what) {
    post(this, [this, path, what] {
      if (path != photograph_) return;
      busy_ = what;
      Q_EMIT words_changed();
    });
  };
  callbacks.found = [this](const fs::path& path, const app::MaskFound& found) {
    post(this, [this, path, found] {
      if (path == photograph_ && on_) take_found(found);
    });
  };
  callbacks.dust = [this](const fs::path& path, const tasks::FoundSpots& found) {
    post(this, [this, path, found] {
      if (path != photograph_ || !on_ || purpose_ != Purpose::Erase) return;
      dust_sought_ = true;
      chosen_dust_ = -1;
      edit().set_dust(found.spots, found.picture);
      changed();
    });
  };
  callbacks.problem = [this](const fs::path& path, std::uint64_t number,
                             const std::string& sentence) {
    post(this, [this, path, number, sentence] {
      if (number == 0) {
        applied_.clear();
        return Q_EMIT problem(qt(sentence));
      }
      if (path != photograph_ || number != number_) return;
      trouble_ = qt(sentence);
      Q_EMIT words_changed();
    });
  };
  callbacks.written = [this](const fs::path& path, const fs::path& file) {
    post(this, [this, path, file] {
      if (path == photograph_ && file == applied_) return take_written(file);
      Q_EMIT told(tr("The mask was written to %1").arg(shown_path(file)));
    });
  };
  desk_ = std::make_unique<app::MaskDesk>(std::move(callbacks));
}

MaskTool::~MaskTool() { desk_.reset(); }

app::MaskEdit& MaskTool::edit() const {
  auto& edits = purpose_ == Purpose::Erase ? holes_ : edits_;
  const auto known = edits.find(photograph_);
  if (known != edits.end()) return known->second;
  app::MaskState start;
  if (purpose_ == Purpose::Erase) {
    start.way = MaskWay::Painted;  // nothing has to be looked for before the first stroke
  } else if (const auto& kept = kept_of(photograph_)) {
    start = kept->state;
  }
  return edits.emplace(photograph_, app::MaskEdit(std::move(start))).first->second;
}

const std::optional<app::KeptMask>& MaskTool::kept_of(const fs::path& photograph) const {
  const auto known = kept_.find(photograph);
  if (known != kept_.end()) return known->second;
  std::optional<app::KeptMask> kept;
  if (!photograph.empty()) {
    if (auto loaded = shelf_.load(photograph)) kept = *std::move(loaded);
  }
  return kept_.emplace(photograph, std::move(kept)).first->second;
}

std::optional<app::KeptMask> MaskTool::used_for(const fs::path& photograph) const {
  const auto& kept = kept_of(photograph);
  return kept && kept->in_use ? kept : std::nullopt;
}

void MaskTool::set_photograph(const fs::path& photograph) {
  if (photograph == photograph_) return;
  photograph_ = photograph;
  if (opened_) desk_->open({}, means_);
  opened_ = false;
  drawing_.reset();
  hole_ = {};
  chosen_dust_ = -1;
  dust_sought_ = false;
  applied_.clear();
  busy_.clear();
  changed();
  prepare();
  Q_EMIT hole_changed();
}

void MaskTool::set_means(const app::MaskMeans& means) {
  const bool same = means.model == means_.model && means.depth_model == means_.depth_model &&
                    app::key_of(means.engine) == app::key_of(means_.engine);
  if (same) return;
  means_ = means;
  opened_ = false;
  if (on_) ask();
}

void MaskTool::set_depth_there(bool there) {
  depth_there_ = there;
  Q_EMIT tool_changed();
}

void MaskTool::begin(Purpose purpose) {
  if (on_ && purpose == purpose_) return;
  on_ = true;
  const bool other = purpose != std::exchange(purpose_, purpose);
  drawing_.reset();
  // What is to be erased is painted, an object is clicked on; a hand of the other purpose is not kept.
  hand_ = state().way == MaskWay::Painted ? Hand::Brush : other ? Hand::Click : hand_;
  Q_EMIT on_changed();
  changed();
  prepare();
}

void MaskTool::prepare() {
  if (!on_ || photograph_.empty() || state().way != MaskWay::Objects) return;
  open_desk();
  desk_->prepare();
}

void MaskTool::end() {
  if (!on_) return;
  on_ = false;
  drawing_.reset();
  overlay_.reset();
  found_.reset();
  trouble_.clear();
  desk_->open({}, means_);  // what it kept of the photograph is large
  opened_ = false;
  Q_EMIT on_changed();
  Q_EMIT overlay_changed();
}

void MaskTool::set_hand(Hand hand) {
  if (state().way == MaskWay::Painted && hand != Hand::Brush) edit().set_way(MaskWay::Objects);
  const bool other_way = state().way != MaskWay::Painted && purpose_ == Purpose::Erase &&
                         hand == Hand::Brush && state().prompts.objects.empty();
  if (other_way) edit().set_way(MaskWay::Painted);
  hand_ = hand;
  drop_drawing();
  Q_EMIT tool_changed();
  changed();
}

void MaskTool::set_brush(double radius) {
  brush_ = std::clamp(radius, kLeastBrush, kMostBrush);
  Q_EMIT tool_changed();
}

void MaskTool::set_style(app::MaskStyle style) {
  style_ = style;
  Q_EMIT tool_changed();
  if (on_) ask();
}

void MaskTool::press(const QPointF& share, Qt::KeyboardModifiers keys) {
  if (!on_ || photograph_.empty() || state().way == MaskWay::Depth || !is_inside(share)) return;
  if (const int spot = dust_at(share); spot >= 0) {
    chosen_dust_ = spot;
    return tick_dust(spot, !state().dust[static_cast<std::size_t>(spot)].erase);
  }
  mask::Prompt prompt;
  prompt.on_object = (keys & Qt::AltModifier) == 0;
  prompt.places = {place_of(share)};
  const bool box = hand_ == Hand::Box || (keys & Qt::ShiftModifier) != 0;
  if (hand_ == Hand::Brush && (keys & Qt::ShiftModifier) == 0) {
    prompt.kind = PromptKind::Stroke;
    prompt.radius = brush_;
  } else if (box && state().way == MaskWay::Objects) {
    prompt.kind = PromptKind::Box;
    prompt.on_object = true;
    prompt.places.push_back(prompt.places.front());
  }
  drawing_ = std::move(prompt);
  Q_EMIT drawing_changed();
}

void MaskTool::move(const QPointF& share) {
  if (!drawing_) return;
  const Place at = place_of(share);
  auto& places = drawing_->places;
  if (drawing_->kind == PromptKind::Box) {
    places[1] = at;
  } else if (drawing_->kind == PromptKind::Stroke) {
    const bool near =
        std::hypot(at.x - places.back().x, at.y - places.back().y) < drawing_->radius * kStrokeStep;
    if (near || places.size() >= mask::kMostStrokePlaces) return;
    places.push_back(at);
  } else {
    return;
  }
  Q_EMIT drawing_changed();
}

void MaskTool::release(const QPointF& share) {
  if (!drawing_) return;
  move(share);
  mask::Prompt prompt = *std::exchange(drawing_, std::nullopt);
  Q_EMIT drawing_changed();
  if (prompt.kind == PromptKind::Box) {
    const Place& a = prompt.places[0];
    const Place& b = prompt.places[1];
    if (std::abs(a.x - b.x) < kLeastBox || std::abs(a.y - b.y) < kLeastBox) return;
  }
  if (auto added = edit().add(std::move(prompt)); !added) {
    trouble_ = qt(added.error().sentence);
    return Q_EMIT words_changed();
  }
  changed();
}

void MaskTool::drop_drawing() {
  if (!drawing_) return;
  drawing_.reset();
  Q_EMIT drawing_changed();
}

void MaskTool::set_way(MaskWay way) {
  if (way == state().way) return;
  edit().set_way(way);
  hand_ = way == MaskWay::Painted ? Hand::Brush : Hand::Click;
  Q_EMIT tool_changed();
  changed();
  prepare();
}

void MaskTool::set_settings(const mask::MaskSettings& settings, const QString& what) {
  edit().set_settings(settings, what.toStdString());
  changed();
}

void MaskTool::set_depth(const app::DepthRange& depth, const QString& what) {
  edit().set_depth(depth, what.toStdString());
  changed();
}

void MaskTool::end_step() { edit().end_step(); }

void MaskTool::look_for_dust() {
  if (!on_ || photograph_.empty() || purpose_ != Purpose::Erase) return;
  open_desk();
  desk_->find_dust();
}

void MaskTool::tick_dust(int spot, bool erase) {
  if (spot < 0) return;
  edit().tick_dust(static_cast<std::size_t>(spot), erase);
  changed();
}

void MaskTool::tick_all_dust(bool erase) {
  edit().tick_all_dust(erase);
  changed();
}

void MaskTool::choose_dust(int spot) {
  if (spot == chosen_dust_) return;
  chosen_dust_ = spot;
  Q_EMIT drawing_changed();
}

/// The spot under a place, with a rim that a hand hits; -1: none.
int MaskTool::dust_at(const QPointF& share) const {
  if (purpose_ != Purpose::Erase || !hole_.empty()) return -1;
  const app::MaskState& now = state();
  const double rim = 0.004 * std::max(now.dust_in.width, now.dust_in.height);
  int nearest = -1;
  double distance = 0;
  for (std::size_t i = 0; i < now.dust.size(); ++i) {
    const fill::Spot& spot = now.dust[i].spot;
    const double away =
        std::hypot(share.x() * now.dust_in.width - spot.x, share.y() * now.dust_in.height - spot.y);
    if (away > spot.radius + rim || (nearest >= 0 && away >= distance)) continue;
    nearest = static_cast<int>(i);
    distance = away;
  }
  return nearest;
}

void MaskTool::begin_object() {
  edit().begin_object();
  changed();
}
void MaskTool::choose_object(int object) {
  edit().choose_object(static_cast<std::size_t>(std::max(0, object)));
  changed();
}
void MaskTool::remove_object(int object) {
  if (object >= 0) edit().remove_object(static_cast<std::size_t>(object));
  changed();
}
void MaskTool::clear() {
  edit().clear();
  changed();
}
void MaskTool::undo() {
  if (edit().undo()) changed();
}
void MaskTool::redo() {
  if (edit().redo()) changed();
}

/// The state is another: what was found is of the one before.
void MaskTool::changed() {
  trouble_.clear();
  if (!hole_.empty()) {
    hole_ = {};
    Q_EMIT hole_changed();
  }
  if (!state().says_something()) {
    found_.reset();
    overlay_.reset();
    ++number_;
    Q_EMIT overlay_changed();
  } else if (on_) {
    ask();
  }
  Q_EMIT state_changed();
  Q_EMIT words_changed();
}

void MaskTool::open_desk() {
  if (!opened_) desk_->open(photograph_, means_);
  opened_ = true;
}

void MaskTool::ask() {
  if (photograph_.empty() || !state().says_something()) return;
  open_desk();
  desk_->ask(state(), style_, ++number_);
}

void MaskTool::take_found(const app::MaskFound& found) {
  if (found.number != number_) return;
  found_ = found;
  overlay_ = found.overlay;
  trouble_.clear();
  Q_EMIT overlay_changed();
  Q_EMIT words_changed();
}

QString MaskTool::dust_words() const {
  if (purpose_ != Purpose::Erase) return {};
  const auto all = static_cast<int>(state().dust.size());
  const auto go = static_cast<int>(app::dust_to_erase(state()).spots.size());
  if (all > 0) {
    return tr("%n shadow(s) of dust found, %1 to go. Tick off what is no dust.", nullptr, all)
        .arg(go);
  }
  return dust_sought_ ? tr("No shadow of dust was found; on texture nothing tells them from it.")
                      : QString();
}

QString MaskTool::words() const {
  if (!trouble_.isEmpty()) return trouble_;
  if (busy_ == "opening") return tr("Opening the picture");
  if (busy_ == "encoding") return tr("Looking at the picture, once for all clicks");
  if (busy_ == "finding") return tr("Looking for the object");
  if (busy_ == "depth") return tr("Finding the depth of the picture, once");
  if (busy_ == "dust") return tr("Looking for shadows of dust");
  if (busy_ == "writing") return tr("Writing the mask");
  const QString dust = dust_words();
  if (!dust.isEmpty() && !state().says_something()) return dust;
  if (found_ && state().says_something()) {
    const QLocale locale;
    const QString share = locale.toString(found_->share * 100, 'f', found_->share < 0.1 ? 1 : 0);
    const QString time = qt(app::duration_words(found_->seconds));
    if (state().way != MaskWay::Objects)
      return (tr("The mask covers %1 % of the picture.").arg(share) + QLatin1Char(' ') + dust)
          .trimmed();
    return found_->by.empty()
               ? tr("The mask covers %1 % of the picture; found in %2 by the built-in selector.")
                     .arg(share, time)
               : tr("The mask covers %1 % of the picture; found in %2 by %3.")
                     .arg(share, time, qt(found_->by));
  }
  if (state().way == MaskWay::Depth) return {};
  if (state().way == MaskWay::Painted) return tr("Paint over it. Alt takes away again.");
  switch (hand_) {
    case Hand::Click:
      return tr("Click in the middle of the object. Alt+click on what does not belong to it.");
    case Hand::Box:
      return tr("Draw a box around the whole object.");
    case Hand::Brush:
      return tr("Paint over the object. With Alt: over what does not belong to it.");
  }
  return {};
}

void MaskTool::export_to(const fs::path& file) { desk_->write(file); }

bool MaskTool::can_apply() const {
  const bool erases = purpose_ == Purpose::Erase;
  if (erases && !hole_.empty()) return false;
  if (state().says_something()) return found_.has_value();
  return erases && !app::dust_to_erase(state()).spots.empty();
}

void MaskTool::apply() {
  if (!can_apply()) return;
  wanted_ = {};
  if (purpose_ == Purpose::Erase) {
    if (const auto dust = app::dust_to_erase(state()); !dust.spots.empty()) {
      auto list = shelf_.keep_dust(photograph_, dust);
      if (!list) return Q_EMIT problem(qt(list.error().sentence));
      wanted_.dust = *list;
    }
  }
  if (!state().says_something()) return take_written({});
  const char* purpose = purpose_ == Purpose::Erase ? "erase" : "strength";
  auto picture = shelf_.picture_of(photograph_, state(), purpose);
  if (!picture) return Q_EMIT problem(qt(picture.error().sentence));
  applied_ = *picture;
  desk_->write(*picture);
}

void MaskTool::take_written(const fs::path& file) {
  applied_.clear();
  if (purpose_ == Purpose::Erase) {
    hole_ = {file, wanted_.dust};
    return Q_EMIT hole_changed();
  }
  app::KeptMask kept = kept_of(photograph_).value_or(app::KeptMask{});
  kept.state = state();
  kept.picture = file;
  kept_[photograph_] = std::move(kept);
  keep(true);
}

void MaskTool::keep(bool in_use) {
  auto& kept = kept_[photograph_];
  if (!kept) return;
  kept->in_use = in_use;
  if (auto stored = shelf_.store(photograph_, *kept); !stored) {
    Q_EMIT problem(tr("The mask cannot be kept: %1").arg(qt(stored.error().sentence)));
  }
  Q_EMIT use_changed();
}

void MaskTool::set_invert(bool invert) {
  static_cast<void>(kept_of(photograph_));
  auto& kept = kept_[photograph_];
  if (!kept || kept->invert == invert) return;
  kept->invert = invert;
  keep(kept->in_use);
}

void MaskTool::take_off() {
  static_cast<void>(kept_of(photograph_));
  keep(false);
}

}  // namespace latent::gui
