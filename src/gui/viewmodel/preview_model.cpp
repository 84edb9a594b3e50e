// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/preview_model.h"

#include <algorithm>

#include "app/studio/difference.h"
#include "base/threads.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

namespace {

constexpr int kRestAfterMs = 400;
constexpr std::int64_t kMostPixels = 80'000'000;  // before and after: six bytes each
// Of a piece: what a slow processor cleans in a second. The rim around those of a raw is so wide
// that larger pieces are worth the wait.
constexpr std::int64_t kPixelsOfPiece = 600'000;
constexpr std::int64_t kPixelsOfRaw = 1'300'000;
constexpr std::int64_t kEnlargedPixels = 1'200'000;
constexpr std::int64_t kPixelsAtOnce = 270'000;  // of what a slider shows first
constexpr int kFirstTurned = 5;

constexpr double kSureEnough = 0.35;

/// 256 bins of each colour, of every other pixel.
std::vector<int> histogram_of(const app::SharedPixels& look) {
  if (!look) return {};
  constexpr int kBins = 256;
  std::vector<int> bins(std::size_t{3} * kBins);
  for (int y = 0; y < look->height(); y += 2) {
    const auto row = look->view().row(y);
    for (std::size_t i = 0; i + 2 < row.size(); i += 6) {
      for (std::size_t c = 0; c < 3; ++c) ++bins[c * kBins + row[i + c]];
    }
  }
  return bins;
}

Rect rect_of(const QRect& rect) { return {rect.x(), rect.y(), rect.width(), rect.height()}; }

int scale_of(const std::optional<app::Job>& job) {
  const auto* upscale = job ? std::get_if<app::UpscaleChoice>(&job->settings) : nullptr;
  return upscale == nullptr ? 1 : upscale->scale;
}

}  // namespace

PreviewModel::PreviewModel(QObject* parent) : QObject(parent) {
  rest_.setSingleShot(true);
  rest_.setInterval(kRestAfterMs);
  connect(&rest_, &QTimer::timeout, this, [this] {
    if (!comparing_) want(true);
  });
  app::PreviewDesk::Callbacks callbacks;
  callbacks.look = [this](const std::filesystem::path& path, app::SharedPixels pixels) {
    const auto shown = displayed(pixels);
    post(this, [this, path, shown, bins = histogram_of(pixels)] {
      if (path != path_) return;
      if (shown) look_ = shown;
      histogram_ = bins;
      Q_EMIT changed({});
    });
  };
  callbacks.facts = [this](const std::filesystem::path& path, const app::PreviewFacts& facts) {
    post(this, [this, path, facts] {
      if (path != path_) return;
      facts_ = facts;
      if (!facts.noise_curve.empty()) noise_ = facts;
      size_ = {facts.size.width, facts.size.height};
      orientation_ = facts.orientation;
      problem_.clear();
      Q_EMIT facts_known();
      Q_EMIT state_changed();
      ask();
    });
  };
  callbacks.part = [this](const std::filesystem::path& path, const app::PreviewPart& part) {
    app::PreviewPart shown = part;
    shown.before = displayed(part.before);
    shown.after = displayed(part.after);
    app::SharedPixels difference;
    if (differs_) difference = app::difference_of(shown.before, shown.after).value_or(nullptr);
    post(this, [this, path, shown, difference] { take_part(path, shown, difference); });
  };
  callbacks.problem = [this](const std::filesystem::path& path, std::uint64_t settings,
                             const std::string& sentence) {
    post(this, [this, path, settings, sentence] {
      if (path != path_) return;
      if (settings != 0 && settings < key_since_) return;  // of a task that was left meanwhile
      problem_ = qt(sentence);
      Q_EMIT state_changed();
    });
  };
  callbacks.busy = [this](const std::string& what) {
    post(this, [this, what] {
      busy_ = what.empty() ? QString() : tr("Measuring the noise and starting the network");
      Q_EMIT state_changed();
    });
  };
  desk_ = std::make_unique<app::PreviewDesk>(std::move(callbacks));
}

PreviewModel::~PreviewModel() {
  differences_ = {};
  compare_desk_.reset();
  desk_.reset();
}

void PreviewModel::compare(const std::filesystem::path& first,
                           const std::filesystem::path& second) {
  if (!compare_desk_) {  // few need it
    app::CompareDesk::Callbacks callbacks;
    callbacks.ready = [this](std::uint64_t pair, int side, const app::ComparedPhoto& photo) {
      app::ComparedPhoto shown{displayed(photo.whole), displayed(photo.look)};
      post(this, [this, pair, side, shown] {
        if (comparing_ && pair == pair_) take_compared(static_cast<std::size_t>(side), shown);
      });
    };
    callbacks.problem = [this](std::uint64_t pair, const std::string& sentence) {
      post(this, [this, pair, sentence] {
        if (!comparing_ || pair != pair_) return;
        problem_ = qt(sentence);
        Q_EMIT state_changed();
      });
    };
    compare_desk_ = std::make_unique<app::CompareDesk>(std::move(callbacks));
  }
  comparing_ = true;
  compared_ = {Compared{first, {}, {}}, Compared{second, {}, {}}};
  frame_ = {};
  problem_.clear();
  rest_.stop();
  desk_->want({});
  compare_desk_->open(first, second, ++pair_);
  Q_EMIT opened();
  Q_EMIT state_changed();
}

void PreviewModel::end_comparison() {
  if (!comparing_) return;
  comparing_ = false;
  compare_desk_->stop();
  compared_ = {};
  frame_ = {};
  problem_.clear();
  visible_ = {};
  Q_EMIT opened();
  Q_EMIT state_changed();
}

void PreviewModel::take_compared(std::size_t side, const app::ComparedPhoto& photo) {
  compared_[side].photo = photo;
  const auto& first = compared_[0].photo.whole;
  const auto& second = compared_[1].photo.whole;
  if (first && second) {
    const Size frame = app::compared_frame(first->size(), second->size());
    frame_ = {frame.width, frame.height};
    for (Compared& one : compared_) {
      const Rect place = app::place_in_frame(one.photo.whole->size(), frame);
      one.place = QRect(place.x, place.y, place.width, place.height);
    }
    Q_EMIT opened();
    Q_EMIT state_changed();
  }
}

app::SharedPixels PreviewModel::displayed(const app::SharedPixels& pixels) const {
  std::shared_ptr<const app::DisplayTable> table;
  {
    const std::scoped_lock lock(mutex_);
    table = table_;
  }
  if (!table || !pixels) return pixels;
  auto copy = pixels->clone();
  if (!copy) return pixels;
  table->apply(copy->view());
  return std::make_shared<const Image<std::uint8_t>>(*std::move(copy));
}

void PreviewModel::use_table(std::shared_ptr<const app::DisplayTable> table) {
  {
    const std::scoped_lock lock(mutex_);
    table_ = std::move(table);
  }
  if (path_.empty()) return;
  const auto again = path_;
  const QSize upright = orientation_ >= kFirstTurned ? size_.transposed() : size_;
  path_.clear();
  open(again, orientation_, upright);
}

void PreviewModel::open(const std::filesystem::path& path, int orientation,
                        const QSize& upright_size) {
  if (path != path_) end_comparison();
  if (path == path_) {  // its header was read meanwhile
    if (facts_ || path.empty()) return;
    orientation_ = orientation;
    size_ = orientation >= kFirstTurned ? upright_size.transposed() : upright_size;
    if (!comparing_) Q_EMIT changed({});
    return;
  }
  path_ = path;
  orientation_ = orientation;
  size_ = orientation >= kFirstTurned ? upright_size.transposed() : upright_size;
  look_.reset();
  histogram_.clear();
  pieces_.clear();
  asked_.clear();
  facts_.reset();
  noise_.reset();
  problem_.clear();
  visible_ = {};
  rest_.stop();
  desk_->open(path);
  Q_EMIT opened();
  Q_EMIT state_changed();
}

void PreviewModel::set_job(const std::optional<app::Job>& job) {
  const std::string key = job ? app::preview_key(*job) : std::string{};
  job_ = job;
  scale_ = scale_of(job);
  if (key != key_) {
    pieces_.clear();
    asked_.clear();
    facts_.reset();
    problem_.clear();
    Q_EMIT changed({});
    Q_EMIT state_changed();
  }
  desk_->set_job(job, ++settings_);
  if (key != key_) key_since_ = settings_;
  key_ = key;
  ask();
}

void PreviewModel::set_visible(const QRect& region) {
  if (comparing_ || region == visible_) return;
  visible_ = region;
  ask();
}

void PreviewModel::ask() {
  if (comparing_ || !job_ || !facts_ || visible_.isEmpty()) return;
  want(false);
  rest_.start();
}

std::vector<app::ShownPiece> PreviewModel::there() const {
  std::vector<app::ShownPiece> there;
  for (const Piece& piece : pieces_) {
    there.push_back({rect_of(piece.region), piece.settings == settings_});
  }
  return there;
}

void PreviewModel::want(bool all) {
  const QRect visible = visible_.intersected(QRect(QPoint(0, 0), size_));
  if (visible.isEmpty()) return;
  const bool raw = facts_->is_raw && job_->task == "rawdenoise";
  const app::PieceWish wish{{size_.width(), size_.height()},
                            rect_of(visible),
                            raw           ? kPixelsOfRaw
                            : scale_ == 1 ? kPixelsOfPiece
                                          : kEnlargedPixels / (scale_ * scale_),
                            scale_ == 1 ? kPixelsAtOnce : 0,
                            there(),
                            asked_};
  asked_ = app::visible_pieces(wish);
  std::vector<Rect> wanted = asked_;
  if (all) {
    std::int64_t pixels = 0;
    for (const Rect& region : app::other_pieces(wish)) {
      pixels += region.size().area() * scale_ * scale_;
      if (pixels > kMostPixels / (differs_ ? 3 : 2)) break;
      wanted.push_back(region);
    }
  }
  desk_->want(std::move(wanted));
}

bool PreviewModel::is_complete(const QRect& region) const {
  return app::is_covered(rect_of(region), {size_.width(), size_.height()}, there());
}

void PreviewModel::show_difference(bool show) {
  if (show == differs_) return;
  differs_ = show;
  differences_ = {};
  if (show) return make_differences();
  for (Piece& piece : pieces_) piece.difference.reset();
  Q_EMIT changed({});
}

/// Of the pieces that came before anybody asked; later ones bring theirs.
void PreviewModel::make_differences() {
  differences_ = std::jthread([this, pieces = pieces_](const std::stop_token& stop) {
    static_cast<void>(run_safely([&] {
      for (const Piece& piece : pieces) {
        if (stop.stop_requested()) return;
        if (piece.difference) continue;
        auto difference = app::difference_of(piece.before, piece.after);
        if (!difference) continue;
        post(this, [this, after = piece.after, difference = *std::move(difference)] {
          const auto found =
              std::ranges::find_if(pieces_, [&](const Piece& each) { return each.after == after; });
          if (found == pieces_.end() || !differs_) return;
          found->difference = difference;
          Q_EMIT changed(found->region);
        });
      }
    }));
  });
}

void PreviewModel::take_part(const std::filesystem::path& path, const app::PreviewPart& part,
                             const app::SharedPixels& difference) {
  if (path != path_ || part.scale != scale_) return;
  const QRect region(part.region.x, part.region.y, part.region.width, part.region.height);
  const bool late = std::ranges::any_of(pieces_, [&](const Piece& piece) {
    return piece.region == region && piece.settings > part.settings;
  });
  if (late) return;
  std::erase_if(pieces_, [&](const Piece& piece) {
    return piece.settings <= part.settings && region.contains(piece.region);
  });
  pieces_.push_back({region, part.before, part.after, part.settings, difference});
  if (differs_ && !difference) make_differences();  // it was made while nobody asked
  const std::int64_t layers = differs_ ? 3 : 2;
  const std::int64_t most = 2 * kMostPixels / layers;
  std::int64_t pixels = 0;
  for (const Piece& piece : pieces_) pixels += piece.before->size().area();
  for (auto piece = pieces_.begin(); piece != pieces_.end() && pixels > most;) {
    if (piece->region.intersects(visible_)) {
      ++piece;
      continue;
    }
    pixels -= piece->before->size().area();
    piece = pieces_.erase(piece);
  }
  Q_EMIT changed(region);
}

QString PreviewModel::noise_words() const {
  if (!noise_ || !(noise_->noise > 0)) return {};
  if (noise_->of_sensor) {
    const QString level = tr("noise %1 % at mid grey").arg(noise_->noise, 0, 'f', 2);
    if (noise_->from_profile) return level + tr(", as the file's profile says");
    return level + tr(", measured");
  }
  return noise_->confidence >= kSureEnough
             ? tr("noise %1 of 255, confidence high").arg(noise_->noise, 0, 'f', 1)
             : tr("noise measured, confidence low: a plain surface is missing");
}

}  // namespace latent::gui
