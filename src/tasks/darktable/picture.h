// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "tasks/darktable/network.h"
#include "tasks/network_session.h"
#include "tasks/picture/source.h"

namespace latent::tasks {

/// Whether the package wants the shadows of this picture lifted; looks at the whole of it.
[[nodiscard]] bool wants_boost(const DarktableNetwork& darktable, const PictureSource& source);

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
