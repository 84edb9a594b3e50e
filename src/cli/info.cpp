// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/info.h"
#include "base/path.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/output.h"
#include "cli/picture_info.h"
#include "cli/verbs.h"

namespace latent::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string file;
  bool json = false;
  LimitOptions limits;
};

Json rect_json(const Rect& rect) { return {rect.x, rect.y, rect.width, rect.height}; }

Json noise_json(const app::RawInfo& info) {
  if (!info.noise) return nullptr;
  return {{"origin", noise_origin_name(info.noise->origin)},
          {"a", info.noise->a},
          {"b", info.noise->b},
          {"confidence", info.noise_confidence}};
}

void print_json(const std::string& file, const app::RawInfo& info) {
  const read::RawFacts& facts = info.facts;
  Json metadata = Json::object();
  for (const auto& field : info.described) {
    metadata[printable(field.name)] = printable(field.value);
  }
  Json report{{"file", displayed(file)},
              {"container", printable(facts.container)},
              {"sensor", sensor_class_name(facts.sensor)},
              {"cfa", facts.cfa_letters},
              {"buffer", {facts.buffer.width, facts.buffer.height}},
              {"active", rect_json(facts.active)},
              {"crop", rect_json(facts.crop)},
              {"bits", facts.bits_per_sample},
              {"floating_point", facts.is_float},
              {"levels_are_final", facts.levels_are_final},
              {"black", facts.levels.black.counts},
              {"black_period", {facts.levels.black.period.width, facts.levels.black.period.height}},
              {"white", facts.levels.white},
              {"orientation", facts.orientation},
              {"make", printable(facts.camera.make)},
              {"model", printable(facts.camera.model)},
              {"iso", facts.camera.iso},
              {"as_shot_wb", facts.camera.as_shot_wb},
              {"as_shot_wb_known", facts.camera.as_shot_wb_known},
              {"noise", noise_json(info)},
              {"metadata", metadata},
              {"warnings", info.warnings}};
  report["output"] = info.output.empty() ? Json(nullptr) : Json(displayed(info.output));
  report["refusal"] = info.refusal.empty() ? Json(nullptr) : Json(info.refusal);
  print(report.dump(2) + "\n");
}

void print_levels(const read::RawFacts& facts) {
  if (!facts.levels_are_final) {
    print("levels      not known before the samples are decoded\n");
    return;
  }
  const auto& black = facts.levels.black.counts;
  const bool one_black =
      std::adjacent_find(black.begin(), black.end(), std::not_equal_to<>()) == black.end();
  print(fmt::format(
      "levels      black {}, white {}\n",
      one_black ? fmt::format("{:g}", black.front()) : fmt::format("{}", fmt::join(black, " ")),
      facts.levels.white[1]));
}

void print_picture(const read::RawFacts& facts) {
  print(fmt::format("sensor      {}{}, {} bits{}, {}\n", sensor_class_name(facts.sensor),
                    facts.cfa_letters.empty() ? "" : " " + facts.cfa_letters, facts.bits_per_sample,
                    facts.is_float ? " floating-point" : "", printable(facts.container)));
  print(fmt::format("picture     {} x {} of {} x {} samples, {:.1f} MP, orientation {}\n",
                    facts.crop.width, facts.crop.height, facts.buffer.width, facts.buffer.height,
                    static_cast<double>(facts.crop.size().area()) / 1e6, facts.orientation));
  print_levels(facts);
  const auto& balance = facts.camera.as_shot_wb;
  if (facts.camera.as_shot_wb_known) {
    print(fmt::format("white bal.  {:.3f} {:.3f} {:.3f} as shot\n", balance[0], balance[1],
                      balance[2]));
  } else {
    print("white bal.  not in the file\n");
  }
}

void print_noise(const app::RawInfo& info) {
  if (!info.noise) return;
  constexpr const char* kNames[] = {"red", "green", "blue"};
  for (std::size_t colour = 0; colour < 3; ++colour) {
    print(fmt::format("{:<12}{:<6} variance = {:.3g} x + {:.3g}\n", colour == 0 ? "noise" : "",
                      kNames[colour], info.noise->a[colour], info.noise->b[colour]));
  }
  print(fmt::format("            ({}; x from black 0 to white 1)\n",
                    noise_origin_name(info.noise->origin)));
}

void print_text(const app::RawInfo& info) {
  print_picture(info.facts);
  print_noise(info);
  for (const auto& field : info.described) {
    print(fmt::format("{:<11} {}\n", printable(field.name), printable(field.value)));
  }
  for (const auto& warning : info.warnings) print(fmt::format("warning     {}\n", warning));
  if (!info.output.empty()) {
    print(fmt::format("rawdenoise  would write {}\n", displayed(info.output)));
  } else {
    print(fmt::format("rawdenoise  would refuse: {}\n", info.refusal));
  }
}

int run(const Options& options) {
  const auto limits = options.limits.limits();
  if (!limits) return usage_error(limits.error());
  const auto info = app::info(options.file, *limits);
  if (!info) {
    print_error(info.error().sentence);
    return kSomeFailed;
  }
  if (const auto* picture = std::get_if<app::PictureInfo>(&*info)) {
    show_picture_info(options.file, *picture, options.json);
  } else if (options.json) {
    print_json(options.file, std::get<app::RawInfo>(*info));
  } else {
    print_text(std::get<app::RawInfo>(*info));
  }
  return kAllDone;
}

}  // namespace

void add_info(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      program.add_subcommand("info", "Show what a file contains and what Latent would do with it");
  verb->add_option("file", options->file, "raw file or picture")->required()->type_name("FILE");
  verb->add_flag("--json", options->json, "print one JSON object");
  options->limits.declare(*verb);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token&) { return run(*options); };
  });
}

}  // namespace latent::cli
