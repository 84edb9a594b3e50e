// SPDX-License-Identifier: GPL-3.0-or-later
// Every field of every settings struct stands in the table: each is taken apart by structured
// bindings here, so that a new field does not compile until it is named, and is then asked for.
#include "app/settings_table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

#include "job_values.h"

namespace latent::app {
namespace {

bool operator==(const NoiseModel& one, const NoiseModel& other) {
  return one.a == other.a && one.b == other.b && one.origin == other.origin;
}

using Fields = std::map<std::string, bool>;  // name -> differs

template <class T>
void compare(Fields& fields, const char* name, const T& one, const T& other) {
  fields[name] = !(one == other);
}

/// std::optional of a type whose operator stands here only.
void compare(Fields& fields, const char* name, const std::optional<NoiseModel>& one,
             const std::optional<NoiseModel>& other) {
  fields[name] = one.has_value() != other.has_value() || (one && !(*one == *other));
}

void compare(Fields& fields, const tasks::PictureOutputSettings& one,
             const tasks::PictureOutputSettings& other) {
  const auto& [depth, profile, compression, quality, dpi] = one;
  const auto& [depth2, profile2, compression2, quality2, dpi2] = other;
  compare(fields, "dpi", dpi, dpi2);
  compare(fields, "depth", depth, depth2);
  compare(fields, "profile", profile, profile2);
  compare(fields, "compression", compression, compression2);
  compare(fields, "jpeg_quality", quality, quality2);
}

void compare(Fields& fields, const tasks::LocalMask& one, const tasks::LocalMask& other) {
  const auto& [file, invert] = one;
  const auto& [file2, invert2] = other;
  compare(fields, "mask file", file, file2);
  compare(fields, "mask invert", invert, invert2);
}

void compare(Fields& fields, const tasks::RawDenoiseSettings& one,
             const tasks::RawDenoiseSettings& other) {
  const auto& [strength, noise, of_camera, scale, hot, learned, demosaic, ca, mask, region,
               compression, compat, threads] = one;
  const auto& [strength2, noise2, of_camera2, scale2, hot2, learned2, demosaic2, ca2, mask2,
               region2, compression2, compat2, threads2] = other;
  compare(fields, "strength", strength, strength2);
  compare(fields, "noise", noise, noise2);
  EXPECT_EQ(of_camera, of_camera2);  // a word of "noise" (setting_test.cpp)
  compare(fields, "noise_scale", scale, scale2);
  compare(fields, "hot_pixels", hot, hot2);
  compare(fields, "demosaic", demosaic, demosaic2);
  compare(fields, "ca", ca, ca2);
  EXPECT_EQ(learned, learned2);  // by who runs a batch, not by the user
  compare(fields, mask, mask2);
  compare(fields, "region", region, region2);
  compare(fields, "compression", compression, compression2);
  compare(fields, "compat", compat, compat2);
  compare(fields, "threads", threads, threads2);
}

void compare(Fields& fields, const tasks::DenoiseSettings& one,
             const tasks::DenoiseSettings& other) {
  const auto& [strength, luma, chroma, level, detail, tones, gamut, mask, region, compat, output,
               threads] = one;
  const auto& [strength2, luma2, chroma2, level2, detail2, tones2, gamut2, mask2, region2, compat2,
               output2, threads2] = other;
  compare(fields, "strength", strength, strength2);
  compare(fields, "luma", luma, luma2);
  compare(fields, "chroma", chroma, chroma2);
  compare(fields, "level", level, level2);
  compare(fields, "detail", detail, detail2);
  compare(fields, "tones", tones, tones2);
  compare(fields, "wide_gamut", gamut, gamut2);
  compare(fields, mask, mask2);
  compare(fields, "region", region, region2);
  compare(fields, "compat", compat, compat2);
  compare(fields, output, output2);
  compare(fields, "threads", threads, threads2);
}

void compare(Fields& fields, const UpscaleChoice& one, const UpscaleChoice& other) {
  compare(fields, "scale", one.scale, other.scale);
  compare(fields, "print", one.print, other.print);
  const auto& [denoise, tolerance, consistent, overshoot, gamut, compat, mask, region, output,
               threads] = static_cast<const tasks::UpscaleSettings&>(one);
  const auto& [denoise2, tolerance2, consistent2, overshoot2, gamut2, compat2, mask2, region2,
               output2, threads2] = static_cast<const tasks::UpscaleSettings&>(other);
  compare(fields, "denoise", denoise, denoise2);
  compare(fields, "tolerance", tolerance, tolerance2);
  compare(fields, "consistent", consistent, consistent2);
  compare(fields, "overshoot", overshoot, overshoot2);
  compare(fields, "wide_gamut", gamut, gamut2);
  compare(fields, "compat", compat, compat2);
  compare(fields, mask, mask2);
  compare(fields, "region", region, region2);
  compare(fields, output, output2);
  compare(fields, "threads", threads, threads2);
}

void compare(Fields& fields, const tasks::EraseSettings& one, const tasks::EraseSettings& other) {
  const auto& [mask, scale, clicks, not_on, boxes, spots, list, dilate, grain, output, threads] =
      one;
  const auto& [mask2, scale2, clicks2, not_on2, boxes2, spots2, list2, dilate2, grain2, output2,
               threads2] = other;
  compare(fields, "mask", mask, mask2);
  compare(fields, "scale_mask", scale, scale2);
  compare(fields, "clicks", clicks, clicks2);
  compare(fields, "not", not_on, not_on2);
  compare(fields, "boxes", boxes, boxes2);
  compare(fields, "spots", spots, spots2);
  compare(fields, "spots_list", list, list2);
  compare(fields, "dilate", dilate, dilate2);
  compare(fields, "grain", grain, grain2);
  compare(fields, output, output2);
  compare(fields, "threads", threads, threads2);
}

void compare(Fields& fields, const tasks::DepthSettings& one, const tasks::DepthSettings& other) {
  const auto& [near, far, soft, point, spread, invert, snap, bits, compat, threads] = one;
  const auto& [near2, far2, soft2, point2, spread2, invert2, snap2, bits2, compat2, threads2] =
      other;
  compare(fields, "near", near, near2);
  compare(fields, "far", far, far2);
  compare(fields, "soft", soft, soft2);
  compare(fields, "point", point, point2);
  compare(fields, "spread", spread, spread2);
  compare(fields, "invert", invert, invert2);
  compare(fields, "edges", snap, snap2);
  compare(fields, "bits", bits, bits2);
  compare(fields, "compat", compat, compat2);
  compare(fields, "threads", threads, threads2);
}

void compare(Fields& fields, const mask::MaskSettings& one, const mask::MaskSettings& other) {
  const auto& [refine, second, small, objects, threshold, cleanup, smoothing, feather] = one;
  const auto& [refine2, second2, small2, objects2, threshold2, cleanup2, smoothing2, feather2] =
      other;
  compare(fields, "refine", refine.how, refine2.how);
  compare(fields, "second_prompts", second, second2);
  compare(fields, "small_objects", small, small2);
  compare(fields, "objects", objects, objects2);
  compare(fields, "threshold", threshold, threshold2);
  compare(fields, "cleanup", cleanup, cleanup2);
  compare(fields, "smoothing", smoothing, smoothing2);
  compare(fields, "feather", feather, feather2);
}

void compare(Fields& fields, const MaskChoice& one, const MaskChoice& other) {
  compare(fields, "edits", one.edits, other.edits);
  const auto& [automatic, prompts, anyway, boxes, clicks, not_on, how, compat, bits] =
      static_cast<const tasks::ObjectMaskSettings&>(one);
  const auto& [automatic2, prompts2, anyway2, boxes2, clicks2, not_on2, how2, compat2, bits2] =
      static_cast<const tasks::ObjectMaskSettings&>(other);
  compare(fields, "auto", automatic, automatic2);
  compare(fields, "prompts", prompts, prompts2);
  compare(fields, "prompts_anyway", anyway, anyway2);
  compare(fields, "boxes", boxes, boxes2);
  compare(fields, "clicks", clicks, clicks2);
  compare(fields, "not", not_on, not_on2);
  compare(fields, how, how2);
  compare(fields, "compat", compat, compat2);
  compare(fields, "bits", bits, bits2);
}

template <class Settings>
void compare_settings(Fields& fields, const Job& one, const Job& other) {
  compare(fields, std::get<Settings>(one.settings), std::get<Settings>(other.settings));
}

void compare(Fields& fields, const Job& one, const Job& other) {
  const auto& [task, sources, settings, output, format, model, denoise_model, again, engine,
               limits] = one;
  const auto& [task2, sources2, settings2, output2, format2, model2, denoise_model2, again2,
               engine2, limits2] = other;
  compare(fields, "again", again, again2);
  compare(fields, "format", format, format2);
  compare(fields, "model", model, model2);
  compare(fields, "denoise_model", denoise_model, denoise_model2);
  if (task == "rawdenoise") compare_settings<tasks::RawDenoiseSettings>(fields, one, other);
  if (task == "denoise") compare_settings<tasks::DenoiseSettings>(fields, one, other);
  if (task == "upscale") compare_settings<UpscaleChoice>(fields, one, other);
  if (task == "erase") compare_settings<tasks::EraseSettings>(fields, one, other);
  if (task == "depth") compare_settings<tasks::DepthSettings>(fields, one, other);
  if (task == "mask") compare_settings<MaskChoice>(fields, one, other);
  const auto& [file, folder, if_exists] = output;
  const auto& [file2, folder2, if_exists2] = output2;
  compare(fields, "file", file, file2);
  compare(fields, "folder", folder, folder2);
  compare(fields, "if_exists", if_exists, if_exists2);
  const auto& [kind, device, precision, loss, rest, threads, streams, cache, library, plugins, anew,
               start, stop, factory] = engine;
  const auto& [kind2, device2, precision2, loss2, rest2, threads2, streams2, cache2, library2,
               plugins2, anew2, start2, stop2, factory2] = engine2;
  compare(fields, "engine", kind, kind2);
  compare(fields, "device", device, device2);
  compare(fields, "precision", precision, precision2);
  compare(fields, "max_loss", loss, loss2);
  compare(fields, "rest", rest, rest2);
  compare(fields, "factory", factory == nullptr, factory2 == nullptr);
  compare(fields, "engine threads", threads, threads2);
  compare(fields, "streams", streams, streams2);
  compare(fields, "cache_dir", cache, cache2);
  compare(fields, "ort_library", library, library2);
  compare(fields, "ort_plugins", plugins, plugins2);
  compare(fields, "anew", anew, anew2);
  compare(fields, "start_seconds", start, start2);
  compare(fields, "stop", stop, stop2);
  compare(fields, "max_pixels", limits.max_pixels, limits2.max_pixels);
}

/// Filled in when a job runs; job.h says by what.
const std::set<std::string> kNoPartOfAJob{"overwrite", "threads",    "cache_dir", "anew",
                                          "stop",      "max_pixels", "rest",      "factory"};

class SettingsTable : public testing::TestWithParam<const char*> {};

TEST_P(SettingsTable, EveryFieldCanBeSetThroughIt) {
  const Job usual = *new_job(GetParam());
  Fields fields;
  compare(fields, job_of_unusual_values(GetParam()), usual);
  const bool has_denoise_model = std::string(GetParam()) == "upscale";
  const bool has_formats = std::string(GetParam()) != "rawdenoise";
  const bool has_again = find_setting(*(*task_row(GetParam()))->settings, "again") != nullptr;
  for (const auto& [name, differs] : fields) {
    bool expected = !kNoPartOfAJob.contains(name);
    if (name == "denoise_model") expected = has_denoise_model;
    if (name == "format") expected = has_formats;
    if (name == "again") expected = has_again;
    EXPECT_EQ(differs, expected) << name << " of " << GetParam();
  }
}

TEST_P(SettingsTable, AJobOfUnusualValuesIsReadBackFieldByField) {
  for (const bool names_a_file : {true, false}) {
    Job job = job_of_unusual_values(GetParam());
    (names_a_file ? job.output.folder : job.output.file).reset();
    const auto again = from_json(to_json(job), "it", {});
    ASSERT_TRUE(again) << again.error().sentence;
    Fields fields;
    compare(fields, *again, job);
    for (const auto& [name, differs] : fields) EXPECT_FALSE(differs) << name;
    EXPECT_EQ(again->task, job.task);
    EXPECT_EQ(again->sources, job.sources);
    EXPECT_EQ(to_json(*again), to_json(job));
  }
}

TEST_P(SettingsTable, KeysOptionsAndHelpAreWholeAndStandOnce) {
  std::set<std::string> keys;
  std::set<std::string> options;
  const Job job = *new_job(GetParam());
  for (const Setting& setting : *(*task_row(GetParam()))->settings) {
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
    EXPECT_TRUE(setting.option.empty() || options.insert(setting.option).second) << setting.option;
    EXPECT_FALSE(setting.help.empty()) << setting.key;
    EXPECT_TRUE(hold_to(setting, setting.get(job), setting.key)) << setting.key;
  }
}

INSTANTIATE_TEST_SUITE_P(OfEveryTask, SettingsTable,
                         testing::Values("rawdenoise", "denoise", "upscale", "erase", "depth",
                                         "mask"),
                         [](const auto& task) { return std::string(task.param); });

}  // namespace
}  // namespace latent::app
