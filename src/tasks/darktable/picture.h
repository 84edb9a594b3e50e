// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "rgb/gamut_guard.h"
#include "tasks/darktable/network.h"
#include "tasks/network_session.h"
#include "tasks/picture/source.h"

namespace latent::tasks {

/// How a finished picture goes through a network made for darktable the way we do it.
struct DarktableDoors {
  bool on = false;     ///< the network is such a one
  bool boost = false;  ///< dark pictures: the root of the light before, the square after
};

/// Whether the package wants the shadows of this picture lifted; looks at the whole of it.
[[nodiscard]] bool wants_boost(const DarktableNetwork& darktable, const PictureSource& source);

/// Fills r, g, b of a tile, bent into the range of the network.
///
/// Shapes   planes [1, 3, h, w].
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Status pack_for_darktable(const PictureSource& source, const rgb::GamutGuard& guard,
                                        WideGamut gamut, bool boost, const Rect& tile,
                                        TensorView planes);

/// Turns answers in place into what they take away from the bent source: so that from here on they
/// go the way of every residual.
///
/// Shapes   bent and answer: `count` samples.
void become_residual(const float* bent, float* answer, bool boost, std::size_t count);

/// darktable 5.6's arithmetic over a whole picture; hands on the rows of `region` enlarged.
///
/// Shapes   rows [n, region width * scale, colours of the source], in the working encoding.
/// Errors   as NetworkSession::run_grid() and those of `take`.
struct DarktableRun {
  const PictureSource& source;
  const DarktableNetwork& darktable;
  Rect region;
  double strength = 1;
  bool preserve_gamut = true;
  int threads = 1;

  using TakeRows = std::function<Status(ImageView<const float> rows)>;
  [[nodiscard]] Status run(NetworkSession& session, const TakeRows& take, const RunControl& control,
                           TaskReport& report) const;
};

}  // namespace latent::tasks
