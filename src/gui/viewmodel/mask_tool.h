// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPointF>
#include <QtCore/QString>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "app/studio/mask_desk.h"
#include "app/studio/mask_edit.h"
#include "app/studio/mask_store.h"

namespace latent::gui {

/// The mask of the photograph that is looked at: what was clicked, boxed and painted, what was found
/// of it, and what it is for. Places are shares of the photograph's sides, not turned.
class MaskTool : public QObject {
  Q_OBJECT
 public:
  enum class Purpose { Strength, Erase };
  enum class Hand { Click, Box, Brush };

  /// `folder`  where masks are kept; empty: they are not
  explicit MaskTool(const std::filesystem::path& folder, QObject* parent = nullptr);
  ~MaskTool() override;

  void set_photograph(const std::filesystem::path& photograph);
  void set_means(const app::MaskMeans& means);
  /// Whether there is a network for depths; none ships.
  void set_depth_there(bool there);
  [[nodiscard]] bool depth_there() const { return depth_there_; }

  void begin(Purpose purpose);
  void end();
  [[nodiscard]] bool is_on() const { return on_; }
  [[nodiscard]] Purpose purpose() const { return purpose_; }

  [[nodiscard]] Hand hand() const { return hand_; }
  void set_hand(Hand hand);
  [[nodiscard]] double brush() const { return brush_; }  ///< radius, of the longest side
  void set_brush(double radius);
  [[nodiscard]] app::MaskStyle style() const { return style_; }
  void set_style(app::MaskStyle style);

  /// Alt says that a place is not the object's; Shift draws a box.
  void press(const QPointF& share, Qt::KeyboardModifiers keys);
  void move(const QPointF& share);
  void release(const QPointF& share);
  void drop_drawing();
  /// What is drawn just now, before the button is let go.
  [[nodiscard]] const std::optional<mask::Prompt>& drawing() const { return drawing_; }

  [[nodiscard]] const app::MaskState& state() const { return edit().now(); }
  void set_way(app::MaskWay way);
  void set_settings(const mask::MaskSettings& settings, const QString& what);
  void set_depth(const app::DepthRange& depth, const QString& what);
  void end_step();
  /// Looks for shadows of dust in the photograph; all that are found are to go.
  void look_for_dust();
  void tick_dust(int spot, bool erase);
  void tick_all_dust(bool erase);
  /// The one that is pointed out in the list and in the picture; -1: none.
  void choose_dust(int spot);
  [[nodiscard]] int chosen_dust() const { return chosen_dust_; }
  void begin_object();
  void choose_object(int object);
  void remove_object(int object);
  void clear();
  void undo();
  void redo();
  [[nodiscard]] bool can_undo() const { return edit().can_undo(); }
  [[nodiscard]] bool can_redo() const { return edit().can_redo(); }

  /// [h, w, 4] as app::mask_look(); empty: nothing is to be shown.
  [[nodiscard]] const app::SharedPixels& overlay() const { return overlay_; }
  [[nodiscard]] bool is_found() const { return found_.has_value(); }
  [[nodiscard]] double share() const { return found_ ? found_->share : 0; }
  /// Where things stand, in one sentence.
  [[nodiscard]] QString words() const;
  [[nodiscard]] bool is_busy() const { return !busy_.empty(); }
  [[nodiscard]] bool is_trouble() const { return !trouble_.isEmpty(); }

  void export_to(const std::filesystem::path& file);
  /// Has the mask count for local strength, or shows the photograph without what it covers.
  void apply();
  void set_invert(bool invert);
  /// The photograph is worked on as a whole again; the mask is kept.
  void take_off();
  /// The mask by which that photograph is worked on.
  [[nodiscard]] std::optional<app::KeptMask> used_for(
      const std::filesystem::path& photograph) const;
  /// What is erased: files that a job is given. Both empty: nothing, or the state was changed since.
  struct Hole {
    std::filesystem::path mask;
    std::filesystem::path dust;  ///< a list of spots
    [[nodiscard]] bool empty() const { return mask.empty() && dust.empty(); }
  };
  [[nodiscard]] const Hole& hole() const { return hole_; }
  /// Whether apply() has something to do.
  [[nodiscard]] bool can_apply() const;

 Q_SIGNALS:
  void on_changed();
  void tool_changed();   ///< hand, brush, style
  void state_changed();  ///< prompts or settings
  void drawing_changed();
  void overlay_changed();
  void words_changed();
  void use_changed();   ///< which mask counts for local strength
  void hole_changed();  ///< what is erased
  void told(const QString& sentence);
  void problem(const QString& sentence);

 private:
  /// Of the photograph and the purpose; begun where there is none yet.
  [[nodiscard]] app::MaskEdit& edit() const;
  void changed();
  void prepare();
  void open_desk();
  [[nodiscard]] QString dust_words() const;
  void ask();
  [[nodiscard]] int dust_at(const QPointF& share) const;
  void take_found(const app::MaskFound& found);
  void take_written(const std::filesystem::path& file);
  void keep(bool in_use);
  [[nodiscard]] const std::optional<app::KeptMask>& kept_of(
      const std::filesystem::path& photograph) const;

  app::MaskStore shelf_;
  std::filesystem::path photograph_;
  app::MaskMeans means_;
  bool depth_there_ = false;
  bool on_ = false;
  bool opened_ = false;  ///< the desk has the photograph
  Purpose purpose_ = Purpose::Strength;
  Hand hand_ = Hand::Click;
  double brush_ = 0.01;
  app::MaskStyle style_ = app::MaskStyle::Tint;
  mutable std::map<std::filesystem::path, app::MaskEdit> edits_;  ///< of this session
  mutable std::map<std::filesystem::path, app::MaskEdit> holes_;  ///< of what is erased
  mutable std::map<std::filesystem::path, std::optional<app::KeptMask>> kept_;
  std::optional<mask::Prompt> drawing_;
  std::uint64_t number_ = 0;
  std::optional<app::MaskFound> found_;
  app::SharedPixels overlay_;
  std::string busy_;
  QString trouble_;
  std::filesystem::path applied_;  ///< a picture that is being written
  Hole hole_;
  Hole wanted_;  ///< what apply() makes of it once the mask is written
  int chosen_dust_ = -1;
  bool dust_sought_ = false;             ///< in this photograph
  std::unique_ptr<app::MaskDesk> desk_;  ///< last: its thread calls this
};

}  // namespace latent::gui
