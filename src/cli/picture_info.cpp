// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/picture_info.h"

#include <fmt/format.h>

#include "base/path.h"
#include "cli/output.h"

namespace latent::cli {

void print_picture_info(const app::PictureInfo& info) {
  const read::PictureFacts& facts = info.facts;
  print(fmt::format("picture     {} {} x {}, {:.1f} MP, {}{}{}, orientation {}\n",
                    printable(facts.format), facts.size.width, facts.size.height,
                    static_cast<double>(facts.size.area()) / 1e6, facts.colours == 1 ? "grey " : "",
                    sample_depth_name(facts.depth), facts.alpha ? " with alpha" : "",
                    facts.orientation));
  if (!info.profile.empty()) {
    const char* origin = info.profile_from_file ? ""
                         : info.profile_stated  ? " (stated by the file without a profile)"
                                                : " (assumed: none is embedded)";
    print(fmt::format("profile     {}{}\n", info.profile, origin));
  }
  if (info.level) {
    constexpr float kSteps = 255.0F;
    const rgb::LevelInterval interval = rgb::interval_of(*info.level);
    print(fmt::format(
        "noise       level {:.1f} of 255, between {:.1f} and {:.1f} (confidence {:.2f})\n",
        kSteps * info.level->overall(), kSteps * interval.least, kSteps * interval.most,
        info.level->confidence));
    print(fmt::format("            denoise uses {:.1f}; --level sets another\n",
                      kSteps * rgb::cautious_level(*info.level).overall()));
  }
  for (const auto& field : info.described) {
    print(fmt::format("{:<11} {}\n", printable(field.name), printable(field.value)));
  }
  for (const auto& warning : info.warnings) print(fmt::format("warning     {}\n", warning));
  if (!info.output.empty()) {
    print(fmt::format("denoise     would write {}\n", displayed(info.output)));
  } else {
    print(fmt::format("denoise     would refuse: {}\n", info.refusal));
  }
}

}  // namespace latent::cli
