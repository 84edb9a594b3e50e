// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings_table.h"

#include <optional>
#include <utility>

#include "app/setting_rows.h"

namespace latent::app {

using namespace rows;  // NOLINT(google-build-using-namespace): its one user

namespace {

using Table = std::vector<Setting>;

void append(Table& table, const Table& more) {
  table.insert(table.end(), more.begin(), more.end());
}

Setting model(Row row, std::string Job::*field) {
  row.section = Section::Top;
  Setting setting = text(std::move(row), Form::Name, of_job(field));
  setting.path_endings = {".dtmodel", ".onnx"};
  return setting;
}

Setting task_model() {
  return model({.key = "model",
                .help = "a model's id, or a .dtmodel file; else the one enabled for the task"},
               &Job::model);
}

Setting again() {
  return flag({.section = Section::Top,
               .key = "again",
               .help = "do it also to what is a result of this verb already; else it is skipped"},
              of_job(&Job::again));
}

template <class Settings>
Setting compat() {
  return word<models::Compat>(
      {.key = "compat",
       .help = "for packages made for darktable: none (done right), or darktable-5.6 (darktable's "
               "arithmetic, its slips included)"},
      {{"none", models::Compat::None}, {"darktable-5.6", models::Compat::Darktable56}},
      in<Settings>(&Settings::compat));
}

template <class Settings>
Setting wide_gamut() {
  return word<tasks::WideGamut>(
      {.key = "wide_gamut", .help = "preserve colours that sRGB does not hold, or clip them to it"},
      {{"preserve", tasks::WideGamut::Preserve}, {"clip", tasks::WideGamut::Clip}},
      in<Settings>(&Settings::wide_gamut));
}

/// Where results go, whatever they are.
Table places() {
  const auto at = [](std::string key, std::string help, std::string option) {
    return Row{Section::Output, std::move(key), std::move(help), std::move(option)};
  };
  Setting folder =
      output_path(at("folder", "the folder for results, made if missing", "-O,--output-folder"),
                  of_job(&Job::output, &OutputRule::folder));
  folder.excludes = "file";
  return {
      output_path(at("file", "exactly this file (one source only)", "-o,--output"),
                  of_job(&Job::output, &OutputRule::file)),
      std::move(folder),
      word<IfExists>(at("if_exists",
                        "what is done where a result is there: number (the next free name), "
                        "refuse, overwrite, skip",
                        ""),
                     {{"number", IfExists::NextFreeName},
                      {"refuse", IfExists::Refuse},
                      {"overwrite", IfExists::Overwrite},
                      {"skip", IfExists::Skip}},
                     of_job(&Job::output, &OutputRule::if_exists)),
  };
}

/// How finished pictures are written.
template <class Settings>
Table picture_output() {
  using Output = tasks::PictureOutputSettings;
  const auto at = [](std::string key, std::string help) {
    return Row{Section::Output, std::move(key), std::move(help)};
  };
  Table table = places();
  table.push_back(word<std::string>(
      at("format", "of results whose name is not given; -o goes by its ending"),
      {{"tif", "tif"}, {"png", "png"}, {"jpg", "jpg"}, {"exr", "exr"}, {"jxl", "jxl"}},
      of_job(&Job::format)));
  table.push_back(word<std::optional<SampleDepth>>(
      at("bit_depth", "8, 16, or 32 (float); auto is 16 where the format holds it"),
      {{"auto", std::nullopt},
       {"8", SampleDepth::U8},
       {"16", SampleDepth::U16},
       {"32", SampleDepth::F32}},
      in<Settings>(&Settings::output, &Output::depth)));
  Setting profile = text(at("profile", "the source's own, a known one, or an ICC file"), Form::Name,
                         in<Settings>(&Settings::output, &Output::profile));
  profile.words = {"source", "srgb", "adobergb", "displayp3", "rec2020", "prophoto"};
  profile.path_endings = {".icc", ".icm"};
  profile.nullable = false;
  table.push_back(std::move(profile));
  table.push_back(
      word<write::TiffCompression>(at("compression", "of a TIFF"),
                                   {{"deflate", write::TiffCompression::Deflate},
                                    {"zstd", write::TiffCompression::Zstd},
                                    {"none", write::TiffCompression::None}},
                                   in<Settings>(&Settings::output, &Output::compression)));
  table.push_back(whole(at("quality", "of a JPEG; 4:4:4 from 90 on"), {1, 100},
                        in<Settings>(&Settings::output, &Output::jpeg_quality)));
  return table;
}

Table make_engine_table() {
  using infer::EngineKind;
  using infer::EngineRequest;
  using infer::Precision;
  const auto at = [](std::string key, std::string help) {
    return Row{Section::Engine, std::move(key), std::move(help)};
  };
  Words<EngineKind> engines;
  for (const auto engine : {EngineKind::Auto, EngineKind::OpenVino, EngineKind::OnnxRuntime}) {
    engines.emplace_back(infer::engine_name(engine), engine);
  }
  Words<Precision> precisions;
  for (const auto precision : {Precision::Auto, Precision::F32, Precision::Bf16, Precision::F16}) {
    precisions.emplace_back(infer::precision_name(precision), precision);
  }
  Row streams = at("streams", "tiles computed at once on the processor; 0: as many as is usual");
  streams.option.clear();
  return {
      word(at("engine", "what runs the network"), engines,
           of_job(&Job::engine, &EngineRequest::engine)),
      text(at("device", "where: auto, cpu, gpu, npu, cuda, ... (latent devices)"), Form::Device,
           of_job(&Job::engine, &EngineRequest::device)),
      word(at("precision", "auto is bf16 only where the processor has it"), precisions,
           of_job(&Job::engine, &EngineRequest::precision)),
      whole(at("threads", "of the processor; 0: all there are"), {0, 1024},
            of_job(&Job::engine, &EngineRequest::threads)),
      whole(streams, {0, 64}, of_job(&Job::engine, &EngineRequest::streams)),
      number(at("limit_start",
                "seconds that a network may take to be compiled, and for its first tile; 0: any"),
             {0, 1e7}, of_job(&Job::engine, &EngineRequest::start_seconds)),
      text(at("ort_library", "an ONNX Runtime library of your own"), Form::Path,
           of_job(&Job::engine, &EngineRequest::ort_library)),
  };
}

Table make_raw_denoise_table() {
  using Settings = tasks::RawDenoiseSettings;
  Table table{
      task_model(),
      again(),
      percent({.key = "strength", .help = "0 gives the source back, 100 removes all noise found"},
              in<Settings>(&Settings::strength)),
      noise({.key = "noise",
             .help = "auto (the file's own profile, else estimated), or A,B: variance = A x + B "
                     "with x from black 0 to white 1; six numbers for red, green and blue"},
            in<Settings>(&Settings::noise)),
      number({.key = "noise_scale",
              .help = "a factor on the noise level that the network is given; above 1 is smoother"},
             {0.1, 10}, in<Settings>(&Settings::noise_scale)),
      word<bool>({.key = "hot_pixels", .help = "and dead ones: remove, or keep"},
                 {{"remove", true}, {"keep", false}}, in<Settings>(&Settings::repair_defects)),
      region(in<Settings>(&Settings::region)),
      compat<Settings>(),
  };
  append(table, places());
  table.push_back(word<std::string>({Section::Output, "format", "of results: always dng", ""},
                                    {{"dng", "dng"}}, of_job(&Job::format)));
  table.push_back(word<tasks::DngCompression>(
      {.section = Section::Output, .key = "compression", .help = "of the DNG"},
      {{"lossless", tasks::DngCompression::LosslessJpeg}, {"none", tasks::DngCompression::None}},
      in<Settings>(&Settings::compression)));
  append(table, engine_settings());
  return table;
}

Table make_denoise_table() {
  using Settings = tasks::DenoiseSettings;
  Table table{
      task_model(),
      again(),
      percent({.key = "strength", .help = "0 gives the source back, 100 removes all noise found"},
              in<Settings>(&Settings::strength)),
      percent({.key = "luma", .help = "times the strength: of the noise in light"},
              in<Settings>(&Settings::luma)),
      percent({.key = "chroma", .help = "times the strength: of the noise in colour"},
              in<Settings>(&Settings::chroma)),
      auto_or_number(
          {.key = "level", .help = "auto (measured), or the noise's sigma in 8-bit steps of sRGB"},
          {0, 255}, in<Settings>(&Settings::level)),
      word<tasks::Detail>(
          {.key = "detail",
           .help = "how texture comes back below full strength: auto (by the noise measured), "
                   "darktable (its thresholds), none (a plain blend)"},
          {{"auto", tasks::Detail::Auto},
           {"darktable", tasks::Detail::Darktable},
           {"none", tasks::Detail::None}},
          in<Settings>(&Settings::detail)),
      wide_gamut<Settings>(),
      region(in<Settings>(&Settings::region)),
      compat<Settings>(),
  };
  append(table, picture_output<Settings>());
  append(table, engine_settings());
  return table;
}

Table make_upscale_table() {
  using Settings = UpscaleChoice;
  Setting scale = word<int>({.key = "scale", .help = "times the sides"}, {{"2", 2}, {"4", 4}},
                            in<Settings>(&Settings::scale));
  scale.required = true;
  Setting denoise_model =
      model({.key = "denoise_model", .help = "the model for --denoise"}, &Job::denoise_model);
  denoise_model.needs = "denoise";
  Table table{
      task_model(),
      again(),
      std::move(scale),
      percent({.key = "denoise", .help = "strength of a denoise before, 0 to 100"},
              in<Settings>(&Settings::denoise)),
      std::move(denoise_model),
      number({.key = "tolerance",
              .help = "damage (sigma in 8-bit steps: noise, JPEG) that shall not be enlarged"},
             {0, 255}, in<Settings>(&Settings::tolerance)),
      flag({.key = "consistent",
            .help = "the result, scaled down again, gives the source back",
            .option = ""},
           in<Settings>(&Settings::consistent)),
      word<tasks::Overshoot>(
          {.key = "overshoot",
           .help = "bounded: samples stay near those of the source around; free: as the network "
                   "gives them"},
          {{"bounded", tasks::Overshoot::Bounded}, {"free", tasks::Overshoot::Free}},
          in<Settings>(&Settings::overshoot)),
      wide_gamut<Settings>(),
      region(in<Settings>(&Settings::region)),
      compat<Settings>(),
  };
  append(table, picture_output<Settings>());
  append(table, engine_settings());
  return table;
}

}  // namespace

const Table& engine_settings() {
  static const Table table = make_engine_table();
  return table;
}

const Table& raw_denoise_settings() {
  static const Table table = make_raw_denoise_table();
  return table;
}

const Table& denoise_settings() {
  static const Table table = make_denoise_table();
  return table;
}

const Table& upscale_settings() {
  static const Table table = make_upscale_table();
  return table;
}

const Setting* find_setting(const Table& table, std::string_view key) {
  for (const Setting& setting : table) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

}  // namespace latent::app
