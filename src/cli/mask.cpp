// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/mask.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "app/job.h"
#include "app/mask.h"
#include "app/output_file.h"
#include "app/setting.h"
#include "app/task_table.h"
#include "base/path.h"
#include "cli/engine_options.h"
#include "cli/exit_code.h"
#include "cli/limit_options.h"
#include "cli/mask_trace.h"
#include "cli/output.h"

namespace latent::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string file;
  std::vector<std::string> clicks;
  std::vector<std::string> not_clicks;
  std::vector<std::string> boxes;
  std::vector<std::string> strokes;
  std::string prompts;
  std::string previous;
  std::string output;
  std::string overlay;
  std::string refine = "edge";
  std::string objects = "keep-clicked";
  std::string small_objects = "whole";
  std::string compat = "none";
  EngineOptions engine;
  app::MaskJob job;
  bool json = false;
  bool print_job = false;
  LimitOptions limits;
};

/// Numbers between commas; all of them pixels, or all shares in percent ("50%,40%").
Result<std::vector<app::TypedPlace>> places_of(const std::string& text, std::size_t numbers,
                                               const char* form) {
  const auto wrong = [&] {
    return fail(ErrorCode::Usage, fmt::format("\"{}\" is not {}", text.substr(0, 60), form));
  };
  std::vector<double> found;
  std::size_t shares = 0;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    if (!part.empty() && part.back() == '%') {
      ++shares;
      part.pop_back();
    }
    std::istringstream digits(part);
    double number = 0;
    if (!(digits >> number) || !digits.eof()) return wrong();
    found.push_back(number);
  }
  if (found.size() != numbers || (shares != 0 && shares != numbers)) return wrong();
  std::vector<app::TypedPlace> places;
  const double scale = shares != 0 ? 0.01 : 1.0;
  for (std::size_t i = 0; i + 1 < found.size(); i += 2) {
    places.push_back({found[i] * scale, found[i + 1] * scale, shares != 0});
  }
  return places;
}

Result<app::TypedPrompt> click_of(const std::string& text, bool on_object) {
  app::TypedPrompt prompt;
  prompt.on_object = on_object;
  LATENT_TRY(prompt.places, places_of(text, 2, "X,Y: two numbers of pixels, or of percent"));
  return prompt;
}

Result<app::TypedPrompt> box_of(const std::string& text) {
  app::TypedPrompt prompt;
  prompt.kind = mask::PromptKind::Box;
  LATENT_TRY(prompt.places, places_of(text, 4, "X,Y,W,H: four numbers of pixels, or of percent"));
  return prompt;
}

/// What was typed, in the order of the command line.
Status read_prompts(const CLI::App& verb, Options& options) {
  std::map<std::string, std::size_t> next;
  for (const CLI::Option* option : verb.parse_order()) {
    const std::string name = option->get_name();
    const std::size_t index = next[name]++;
    if (name == "--click" && index < options.clicks.size()) {
      LATENT_TRY(const auto prompt, click_of(options.clicks[index], true));
      options.job.typed.emplace_back(prompt);
    } else if (name == "--not" && index < options.not_clicks.size()) {
      LATENT_TRY(const auto prompt, click_of(options.not_clicks[index], false));
      options.job.typed.emplace_back(prompt);
    } else if (name == "--box" && index < options.boxes.size()) {
      LATENT_TRY(const auto prompt, box_of(options.boxes[index]));
      options.job.typed.emplace_back(prompt);
    } else if (name == "--stroke" && index < options.strokes.size()) {
      options.job.typed.emplace_back(std::filesystem::path(options.strokes[index]));
    }
  }
  return {};
}

void print_report(const Options& options, const app::MaskReport& report) {
  if (options.json) {
    Json text{
        {"file", displayed(options.job.source)},
        {"output", options.job.target ? Json(displayed(*options.job.target)) : Json(nullptr)},
        {"overlay", options.job.overlay ? Json(displayed(*options.job.overlay)) : Json(nullptr)},
        {"width", report.size.width},
        {"height", report.size.height},
        {"objects", report.objects},
        {"model", report.model.empty() ? Json(nullptr) : Json(report.model)},
        {"share", report.share},
        {"seconds", {{"encode", report.seconds_encoding}, {"mask", report.seconds_mask}}},
        {"notices", report.notices}};
    print(text.dump() + "\n");
    return;
  }
  for (const std::string& notice : report.notices) print_error(notice);
  const auto& target = options.job.target ? options.job.target : options.job.overlay;
  print(fmt::format("{} -> {}  ({} x {}, {:.1f} % of it, {:.1f} s)\n",
                    displayed(options.job.source), displayed(*target), report.size.width,
                    report.size.height, 100.0 * report.share,
                    report.seconds_encoding + report.seconds_mask));
}

/// What a job says by text, where the verb was given it.
struct Word {
  const char* key;
  std::string text;
};

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("{}", fmt::join(lines, "\n"));
}

/// What the verb can and a job cannot.
Status refuse_what_no_job_says(const Options& options, const CLI::App& verb) {
  const auto refuse = [](const char* what) {
    return fail(ErrorCode::Usage, fmt::format("a job has no {}; store the prompts with -o "
                                              "FILE.json, and name them with --prompts",
                                              what));
  };
  if (!options.strokes.empty()) return refuse("--stroke");
  if (!options.previous.empty()) return fail(ErrorCode::Usage, "a job has no --from");
  if (!options.overlay.empty()) return fail(ErrorCode::Usage, "a job has no --overlay");
  const std::vector<std::string> order{"--box", "--click", "--not"};
  std::size_t reached = 0;
  for (const CLI::Option* option : verb.parse_order()) {
    const auto found = std::ranges::find(order, option->get_name());
    if (found == order.end()) continue;
    const auto place = static_cast<std::size_t>(found - order.begin());
    if (place < reached) return refuse("order of prompts but boxes, clicks, --not");
    reached = place;
  }
  return {};
}

/// Where the mask goes: an .xmp that is there gets the mask added, as the verb does it.
app::OutputRule output_of(const Options& options, app::MaskChoice& choice) {
  app::OutputRule rule;
  if (!options.output.empty()) rule.file = options.output;
  app::recognise_folder(rule);
  const bool adds = rule.file && rule.file->extension() == ".xmp" && !options.job.overwrite;
  if (options.job.overwrite) choice.edits = app::EditRule::Replace;
  rule.if_exists = options.job.overwrite || adds ? app::IfExists::Overwrite
                   : rule.file                   ? app::IfExists::Refuse
                                                 : app::IfExists::NextFreeName;
  return rule;
}

/// The same as a job, for latent run.
Result<app::Job> printed_job(const Options& options, const CLI::App& verb) {
  LATENT_CHECK(refuse_what_no_job_says(options, verb));
  LATENT_TRY(app::Job job, app::new_job("mask"));
  job.sources = {options.file};
  auto& choice = std::get<app::MaskChoice>(job.settings);
  choice.mask = options.job.settings;
  choice.prompts = options.prompts;
  choice.prompts_anyway = options.job.prompts_anyway;
  choice.automatic = options.job.automatic;
  job.model = options.job.model == "built-in" ? "builtin" : options.job.model;
  for (const Word& word :
       {Word{"boxes", joined(options.boxes)}, Word{"clicks", joined(options.clicks)},
        Word{"not", joined(options.not_clicks)}, Word{"refine", options.refine},
        Word{"objects", options.objects}, Word{"small_objects", options.small_objects},
        Word{"compat", options.compat},
        Word{"bit_depth", options.job.bits == 0 ? "auto" : std::to_string(options.job.bits)}}) {
    LATENT_CHECK(app::put_text(job, word.key, word.text, word.key));
  }
  job.output = output_of(options, choice);
  LATENT_TRY(job.engine, options.engine.request());
  LATENT_TRY(job.limits, options.limits.limits());
  LATENT_CHECK(app::check_job(job));
  return app::with_absolute_paths(std::move(job));
}

int print_job(const Options& options, const CLI::App& verb) {
  const auto job = printed_job(options, verb);
  if (!job) return usage_error(job.error());
  print(app::to_json(*job));
  return kAllDone;
}

int run(Options& options, const CLI::App& verb, const std::stop_token& stop) {
  app::MaskJob& job = options.job;
  if (options.file.empty()) {
    return usage_error(fail(ErrorCode::Usage, "name the photograph: latent mask FILE").value());
  }
  if (options.print_job) return print_job(options, verb);
  job.source = options.file;
  if (!options.prompts.empty()) job.prompts = options.prompts;
  if (!options.previous.empty()) job.previous = options.previous;
  if (!options.output.empty()) {
    job.target = app::file_in(options.output, job.source, "_mask", "png");
  }
  if (!options.overlay.empty()) job.overlay = options.overlay;
  if (const auto read = read_prompts(verb, options); !read) return usage_error(read.error());
  if (options.refine == "none") job.settings.refine.how = mask::Refinement::None;
  if (options.refine == "hair") job.settings.refine.how = mask::Refinement::Hair;
  if (options.objects == "all") job.settings.objects = mask::KeptPieces::All;
  if (options.small_objects == "crop") job.settings.small_objects = mask::SmallObjects::Crop;
  if (options.compat != "none") {
    job.compat = options.compat == "darktable-5.6" ? mask::NetCompat::Darktable56
                                                   : mask::NetCompat::Darktable58;
    // darktable leads the edge along the picture itself, and no further than its own size.
    if (verb.count("--refine") == 0) job.settings.refine.how = mask::Refinement::None;
  }
  const auto engine = options.engine.request();
  if (!engine) return usage_error(engine.error());
  job.engine = *engine;
  job.engine.stop = stop;
  if (!job.engine.cache_dir.empty()) job.encodings = job.engine.cache_dir / "encodings";
  const auto limits = options.limits.limits();
  if (!limits) return usage_error(limits.error());
  job.limits = *limits;
  const auto report = app::make_mask(job, {stop, {}});
  if (!report) {
    print_error(report.error().sentence);
    return report.error().code == ErrorCode::Usage ? kUsage : exit_code_of(report.error().code);
  }
  print_report(options, *report);
  return kAllDone;
}

void declare_prompts(CLI::App& verb, Options& options) {
  verb.add_option("--click", options.clicks,
                  "a place on the object, pixels or percent of the photograph (not turned)")
      ->type_name("X,Y")
      ->allow_extra_args(false);
  verb.add_option("--not", options.not_clicks, "a place that is not of the object")
      ->type_name("X,Y")
      ->allow_extra_args(false);
  verb.add_option("--box", options.boxes, "a box around the object")
      ->type_name("X,Y,W,H")
      ->allow_extra_args(false);
  verb.add_option("--stroke", options.strokes, "a JSON file of brush strokes, see docs/masks.md")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb.add_option("--prompts", options.prompts, "a JSON file that -o FILE.json wrote")
      ->type_name("FILE");
  verb.add_flag("--prompts-anyway", options.job.prompts_anyway,
                "use prompts that were made for another photograph");
  verb.add_option("--from", options.previous, "a mask to go on from: a grey picture")
      ->type_name("MASK");
}

void declare_model(CLI::App& verb, Options& options) {
  verb.add_option("--model", options.job.model,
                  "id of an installed model for masks, or a .dtmodel file; built-in: the selector "
                  "that needs none; default: the model enabled for masks, else the selector")
      ->type_name("ID|FILE|built-in");
  verb.add_option("--auto", options.job.automatic,
                  "find the subject, or the sky, without clicks, by a model of the task "
                  "mask-ai-subject or mask-ai-sky")
      ->check(CLI::IsMember({"subject", "sky"}));
  verb.add_option("--compat", options.compat,
                  "how to run models: none (as they were trained), or as darktable 5.6 or 5.8 does "
                  "(then --refine none unless it is given)")
      ->check(CLI::IsMember({"none", "darktable-5.6", "darktable-5.8"}))
      ->capture_default_str();
  options.engine.declare(verb);
}

void declare_settings(CLI::App& verb, Options& options) {
  verb.add_flag("--second-prompts", options.job.settings.second_prompts,
                "after each answer ask again, with a click in the middle of what was found");
  verb.add_option("--small-objects", options.small_objects,
                  "crop: look for objects that are small in the frame again in a crop around them")
      ->check(CLI::IsMember({"crop", "whole"}))
      ->capture_default_str();
  mask::MaskSettings& settings = options.job.settings;
  verb.add_option("--threshold", settings.threshold,
                  "where the outline lies in the soft edge, 0.01 to 0.99; more is smaller")
      ->capture_default_str();
  verb.add_option("--cleanup", settings.cleanup,
                  "pieces and holes below this share of the picture are removed, 0 to 0.1")
      ->capture_default_str();
  verb.add_option("--smoothing", settings.smoothing,
                  "rounds off the outline, a radius in pixels, 0 to 200")
      ->capture_default_str();
  verb.add_option("--feather", settings.feather, "softens the edge over so many pixels, 0 to 1000")
      ->capture_default_str();
  verb.add_option("--refine", options.refine, "none, edge, or hair for hair and fur")
      ->check(CLI::IsMember({"none", "edge", "hair"}))
      ->capture_default_str();
  verb.add_option("--objects", options.objects, "keep-clicked or all pieces that were found")
      ->check(CLI::IsMember({"keep-clicked", "all"}))
      ->capture_default_str();
}

}  // namespace

void add_mask(CLI::App& program, RunVerb& run_verb) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand(
      "mask",
      "Select an object by clicks, boxes and strokes; write a soft mask or an editable path");
  verb->add_option("file", options->file, "photograph, raw or finished")->type_name("FILE");
  declare_prompts(*verb, *options);
  verb->add_option(
      "-o,--output", options->output,
      "mask to write: .png, .tif, .pfm; .svg or .xmp (darktable) for an editable path; "
      ".json for the prompts");
  verb->add_option("--overlay", options->overlay, "a PNG to look at: the photograph and the mask");
  declare_settings(*verb, *options);
  declare_model(*verb, *options);
  verb->add_option("--bits", options->job.bits,
                   "bits per sample: 8, 16 or 32; 0: 16, or what the format has")
      ->check(CLI::IsMember({0, 8, 16, 32}))
      ->capture_default_str();
  verb->add_flag("--overwrite", options->job.overwrite, "replace existing files");
  verb->add_flag("--print-job", options->print_job,
                 "print the job as JSON for latent run, and stop");
  verb->add_flag("--json", options->json, "print one JSON object");
  options->limits.declare(*verb);
  add_mask_render(*verb, run_verb);
  add_mask_trace(*verb, run_verb);
  verb->callback([options, verb, &run_verb] {
    if (!verb->get_subcommands().empty()) return;
    run_verb = [options, verb](const std::stop_token& stop) { return run(*options, *verb, stop); };
  });
}

}  // namespace latent::cli
