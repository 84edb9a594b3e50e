// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/picture_info.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/path.h"
#include "cli/output.h"

namespace latent::cli {

namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

void print_json(const std::string& file, const app::PictureInfo& info) {
  const read::PictureFacts& facts = info.facts;
  Json metadata = Json::object();
  for (const auto& field : info.described) {
    metadata[printable(field.name)] = printable(field.value);
  }
  Json report{{"file", displayed(file)},
              {"format", printable(facts.format)},
              {"width", facts.size.width},
              {"height", facts.size.height},
              {"colours", facts.colours},
              {"alpha", facts.alpha},
              {"depth", sample_depth_name(facts.depth)},
              {"orientation", facts.orientation},
              {"profile", text_or_null(info.profile)},
              {"profile_embedded", info.profile_from_file},
              {"profile_stated", info.profile_stated}};
  report["noise"] = nullptr;
  if (info.level) {
    report["noise"] = {{"overall", info.level->overall()},
                       {"sigma", info.level->sigma},
                       {"confidence", info.level->confidence}};
  }
  report["metadata"] = metadata;
  report["warnings"] = info.warnings;
  report["output"] = info.output.empty() ? Json(nullptr) : Json(displayed(info.output));
  report["refusal"] = text_or_null(info.refusal);
  print(report.dump(2) + "\n");
}

void print_text(const app::PictureInfo& info) {
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
    print(fmt::format("noise       sigma {:.2f} of 255\n",
                      static_cast<double>(info.level->overall()) * 255.0));
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

}  // namespace

void show_picture_info(const std::string& file, const app::PictureInfo& info, bool json) {
  if (json) {
    print_json(file, info);
  } else {
    print_text(info);
  }
}

}  // namespace latent::cli
