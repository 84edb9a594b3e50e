// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
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

struct Options {
  std::string file;
  bool json = false;
  LimitOptions limits;
};

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
  if (options.json) {
    print(app::to_json(options.file, *info));
  } else if (const auto* picture = std::get_if<app::PictureInfo>(&*info)) {
    print_picture_info(*picture);
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
