// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "raw/defect_sites.h"

namespace latent::raw {

enum class DefectKind : std::uint8_t { Sound, Hot, Dead };

struct Judgement {
  DefectKind kind = DefectKind::Sound;
  bool alone = true;     ///< it would be struck if nothing around it were left aside
  bool spreads = false;  ///< it is sound because light around it tells so
  bool rough = false;    ///< its surroundings show more than noise: the scene may be the reason
};

/// What is known of a frame as a whole before its sites are judged.
struct FrameFacts {
  /// Noise of sites whose surroundings have clipped at the darkest count, in units of (white -
  /// black): of such a frame no model tells it. 0 where nothing has clipped.
  double dark_sigma = 0;
  double smooth_share = 1;  ///< of all sites, those that are not rough
  double caution = 1;       ///< how many times as far a struck site has to stand out
};

/// Measures a frame at some twenty thousand sites.
[[nodiscard]] FrameFacts measure_frame(const Sites& sites);

/// Judges one site as find_defects() describes it.
[[nodiscard]] Judgement judge(const Sites& sites, const FrameFacts& frame, int x, int y);

}  // namespace latent::raw
