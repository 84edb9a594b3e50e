// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QRect>
#include <QtCore/QSize>
#include <QtCore/QString>
#include <QtCore/QTimer>
#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "app/studio/compare_desk.h"
#include "app/studio/display_colour.h"
#include "app/studio/preview_desk.h"
#include "app/studio/preview_pieces.h"

namespace latent::gui {

/// The photograph that is looked at: a look at the whole, and pieces before and after, as far as
/// they are there. Coordinates are those of the source, not turned.
class PreviewModel : public QObject {
  Q_OBJECT
 public:
  struct Piece {
    QRect region;  ///< of the source
    app::SharedPixels before;
    app::SharedPixels after;
    std::uint64_t settings = 0;
    app::SharedPixels difference;  ///< app::difference_of(); null: not asked for, or not there yet
  };

  explicit PreviewModel(QObject* parent = nullptr);
  ~PreviewModel() override;

  void open(const std::filesystem::path& path, int orientation, const QSize& upright_size);
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// None: the photograph is shown without an effect.
  void set_job(const std::optional<app::Job>& job);
  /// The part of the source that is on the screen; empty: only the look is.
  void set_visible(const QRect& region);
  /// Whether pieces have a `difference`.
  void show_difference(bool show);
  void use_table(std::shared_ptr<const app::DisplayTable> table);

  /// One of two photographs that are compared.
  struct Compared {
    std::filesystem::path path;
    app::ComparedPhoto photo;
    QRect place;  ///< in size(), once both are there
  };
  /// Shows two photographs as they are in place of one before and after, until another is opened or
  /// end_comparison(): size() is the frame that both lie in.
  void compare(const std::filesystem::path& first, const std::filesystem::path& second);
  void end_comparison();
  [[nodiscard]] bool is_comparing() const { return comparing_; }
  [[nodiscard]] const std::array<Compared, 2>& compared() const { return compared_; }
  [[nodiscard]] bool are_both_there() const { return !frame_.isEmpty(); }

  /// Of the source, not turned.
  [[nodiscard]] QSize size() const { return comparing_ ? frame_ : size_; }
  [[nodiscard]] int orientation() const { return comparing_ ? 1 : orientation_; }
  [[nodiscard]] int scale() const { return comparing_ ? 1 : scale_; }
  [[nodiscard]] const app::SharedPixels& look() const { return look_; }  ///< upright, small
  /// Oldest first: where two overlap, the later one holds.
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  /// Whether every piece of that part is there and of the present settings.
  [[nodiscard]] bool is_complete(const QRect& region) const;
  [[nodiscard]] const std::optional<app::PreviewFacts>& facts() const { return facts_; }
  /// What was measured of the noise of this photograph, by whichever task; else nothing.
  [[nodiscard]] const std::optional<app::PreviewFacts>& noise() const { return noise_; }
  [[nodiscard]] const QString& busy() const { return busy_; }
  [[nodiscard]] const QString& problem() const { return problem_; }
  /// 256 bins each of red, green and blue of the look in sRGB; empty without one.
  [[nodiscard]] const std::vector<int>& histogram() const { return histogram_; }
  /// The noise that was measured, and how sure that is; empty: not measured.
  [[nodiscard]] QString noise_words() const;

 Q_SIGNALS:
  void opened();
  void changed(const QRect& region);  ///< of the source; empty: all
  void facts_known();
  void state_changed();  ///< busy or problem

 private:
  void ask();
  void take_compared(std::size_t side, const app::ComparedPhoto& photo);
  void take_part(const std::filesystem::path& path, const app::PreviewPart& part,
                 const app::SharedPixels& difference);
  void make_differences();
  [[nodiscard]] app::SharedPixels displayed(const app::SharedPixels& pixels) const;
  void want(bool all);
  [[nodiscard]] std::vector<app::ShownPiece> there() const;

  std::filesystem::path path_;
  QSize size_;
  int orientation_ = 1;
  int scale_ = 1;
  app::SharedPixels look_;
  std::vector<int> histogram_;
  std::vector<Piece> pieces_;
  std::vector<Rect> asked_;
  std::optional<app::PreviewFacts> facts_;
  std::optional<app::PreviewFacts> noise_;
  std::optional<app::Job> job_;
  std::string key_;
  std::uint64_t settings_ = 0;
  std::uint64_t key_since_ = 0;  ///< settings from which on key_ holds
  bool comparing_ = false;
  std::uint64_t pair_ = 0;
  std::array<Compared, 2> compared_;
  QSize frame_;  ///< empty until both are there
  QRect visible_;
  QString busy_;
  QString problem_;
  QTimer rest_;  ///< single: after it the whole picture is made
  mutable std::mutex mutex_;
  std::shared_ptr<const app::DisplayTable> table_;
  std::atomic<bool> differs_{false};
  // Last: their threads use the others.
  std::unique_ptr<app::CompareDesk> compare_desk_;
  std::unique_ptr<app::PreviewDesk> desk_;
  std::jthread differences_;
};

}  // namespace latent::gui
