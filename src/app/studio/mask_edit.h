// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/studio/history.h"
#include "base/result.h"
#include "fill/spot_list.h"
#include "image/geometry.h"
#include "mask/prompts.h"
#include "mask/session.h"

namespace latent::app {

/// How a mask comes about.
enum class MaskWay : std::uint8_t {
  Objects,  ///< objects are found by clicks, boxes and strokes
  Painted,  ///< exactly what the brush covers
  Depth     ///< what lies in a range of depths
};

/// Shares of the depth of a photograph: 0 the nearest of it, 1 the farthest.
struct DepthRange {
  double near = 0;
  double far = 0.3;
  double soft = 0.05;
  friend bool operator==(const DepthRange&, const DepthRange&) = default;
};

/// A shadow of dust that was found.
struct DustSpot {
  fill::Spot spot;    ///< in pixels of MaskState::dust_in
  bool erase = true;  ///< ticked off: it stays
};

/// All that a mask is made of, and made again.
struct MaskState {
  MaskWay way = MaskWay::Objects;
  mask::PromptSet prompts;  ///< of Objects and Painted
  std::size_t object = 0;   ///< which the next prompt belongs to; may be one more than there are
  mask::MaskSettings settings;
  DepthRange depth;
  std::vector<DustSpot> dust;  ///< of what is erased
  Size dust_in;                ///< the photograph that they were found in, not turned

  /// Whether there is something to make a mask of.
  [[nodiscard]] bool says_something() const;
};
[[nodiscard]] bool operator==(const MaskState& a, const MaskState& b);

/// The spots that are to go, as a list for tasks::EraseSettings::spots_list.
[[nodiscard]] fill::SpotList dust_to_erase(const MaskState& state);

/// A mask that a person works on. Every change can be taken back.
///
/// Threads  one at a time.
class MaskEdit {
 public:
  explicit MaskEdit(MaskState start = {}) : history_(std::move(start)) {}

  [[nodiscard]] const MaskState& now() const { return history_.now(); }

  /// One more prompt of the chosen object.
  ///
  /// Errors   Usage  as mask::check_prompt(); an object whose first prompt says what it is not;
  ///                 anything but a stroke where the mask is painted; more than the limits.
  [[nodiscard]] Status add(mask::Prompt prompt);
  /// The next prompt begins another object; nothing where the last one has no prompt yet.
  void begin_object();
  void choose_object(std::size_t object);
  void remove_object(std::size_t object);
  /// Takes all prompts and spots away; the settings stay.
  void clear();
  /// In place of those of before; all are to go.
  void set_dust(const std::vector<fill::Spot>& spots, Size photograph);
  /// Whether a spot goes or stays; nothing where there is none of that number.
  void tick_dust(std::size_t spot, bool erase);
  void tick_all_dust(bool erase);

  void set_way(MaskWay way);
  /// `what`  names the slider: changes of the same one in a row are one step
  void set_settings(const mask::MaskSettings& settings, const std::string& what);
  void set_depth(const DepthRange& depth, const std::string& what);
  void end_step() { history_.end_step(); }

  [[nodiscard]] bool can_undo() const { return history_.can_undo(); }
  [[nodiscard]] bool can_redo() const { return history_.can_redo(); }
  bool undo() { return history_.undo(); }
  bool redo() { return history_.redo(); }

 private:
  HistoryOf<MaskState> history_;
};

}  // namespace latent::app
