// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings_table.h"

#include <optional>
#include <utility>

#include "app/setting_rows.h"
#include "app/shared_settings.h"

namespace latent::app {

using namespace rows;  // NOLINT(google-build-using-namespace): its one user

namespace {

Setting again() {
  return flag(
      {.section = Section::Top,
       .key = "again",
       .help = "also process files that are results of this command; otherwise they are skipped"},
      of_job(&Job::again));
}

template <class Settings>
Setting wide_gamut() {
  return word<tasks::WideGamut>(
      {.key = "wide_gamut", .help = "colours outside sRGB: preserve them, or clip them to sRGB"},
      {{"preserve", tasks::WideGamut::Preserve}, {"clip", tasks::WideGamut::Clip}},
      in<Settings>(&Settings::wide_gamut));
}

template <class Settings>
Table mask(const char* outside) {
  using tasks::LocalMask;
  Setting invert = flag({.key = "mask_invert", .help = "work outside the mask instead of inside"},
                        in<Settings>(&Settings::mask, &LocalMask::invert));
  invert.needs = "mask";
  return {
      output_path(
          {.key = "mask",
           .help =
               std::string("work in the parts that a mask shows (PNG, TIFF, PFM, SVG, darktable "
                           "XMP, or JSON of latent mask); ") +
               outside},
          in<Settings>(&Settings::mask, &LocalMask::file)),
      std::move(invert),
  };
}

/// How finished pictures are written.
template <class Settings>
Table picture_output(bool raws = false) {
  using Output = tasks::PictureOutputSettings;
  const auto at = [](std::string key, std::string help) {
    return Row{Section::Output, std::move(key), std::move(help)};
  };
  Table table = places();
  Words<std::string> formats{
      {"tif", "tif"}, {"png", "png"}, {"jpg", "jpg"}, {"exr", "exr"}, {"jxl", "jxl"}};
  if (raws) formats.emplace_back("dng", "dng");
  Setting format = word<std::string>(
      at("format", raws ? "file format of the results; dng keeps a raw file raw; with -o the file "
                          "ending decides"
                        : "file format of the results; with -o the file ending decides"),
      std::move(formats), of_job(&Job::format));
  format.other_words = {{"tiff", "tif"}, {"jpeg", "jpg"}, {"openexr", "exr"}};
  table.push_back(std::move(format));
  table.push_back(word<std::optional<SampleDepth>>(
      at("bit_depth", "bits per sample: 8, 16, or 32 (float); auto: 16 if the format supports it"),
      {{"auto", std::nullopt},
       {"8", SampleDepth::U8},
       {"16", SampleDepth::U16},
       {"32", SampleDepth::F32}},
      in<Settings>(&Settings::output, &Output::depth)));
  Setting profile =
      text(at("profile", "colour profile of the result: the source's, a named one, or an ICC file"),
           Form::Name, in<Settings>(&Settings::output, &Output::profile));
  profile.words = {"source", "srgb", "adobergb", "displayp3", "rec2020", "prophoto"};
  profile.path_endings = {".icc", ".icm"};
  profile.nullable = false;
  table.push_back(std::move(profile));
  table.push_back(
      word<write::TiffCompression>(at("compression", "compression of TIFF files"),
                                   {{"deflate", write::TiffCompression::Deflate},
                                    {"zstd", write::TiffCompression::Zstd},
                                    {"none", write::TiffCompression::None}},
                                   in<Settings>(&Settings::output, &Output::compression)));
  table.push_back(
      whole(at("quality", "quality of JPEG files; from 90 on colour keeps full resolution (4:4:4)"),
            {1, 100}, in<Settings>(&Settings::output, &Output::jpeg_quality)));
  Setting dpi = auto_or_number(
      at("dpi",
         "pixels per inch that the result states for printing; auto: the source's, or what "
         "--print gives"),
      {1, 4800}, in<Settings>(&Settings::output, &Output::dpi));
  dpi.excludes = "print";
  table.push_back(std::move(dpi));
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
  for (const auto precision : {Precision::Auto, Precision::Best, Precision::F32, Precision::Bf16,
                               Precision::Int8, Precision::F16}) {
    precisions.emplace_back(infer::precision_name(precision), precision);
  }
  Row streams =
      at("streams", "tiles computed in parallel on the processor; 0: chosen automatically");
  streams.option.clear();
  return {
      word(at("engine", "library that runs the network"), engines,
           of_job(&Job::engine, &EngineRequest::engine)),
      text(at("device",
              "device that runs the network: auto, cpu, gpu, npu, cuda, ... (see latent devices)"),
           Form::Device, of_job(&Job::engine, &EngineRequest::device)),
      word(at("precision",
              "number format of the network; auto: the fastest that passes its test on this "
              "computer "
              "and loses no more than --max-loss; best: f32 or bf16, whichever is faster"),
           precisions, of_job(&Job::engine, &EngineRequest::precision)),
      number(at("max_loss",
                "most decibels of quality (PSNR) that int8 may lose, as the model states it, to be "
                "used when --precision is auto"),
             {0, 60}, of_job(&Job::engine, &EngineRequest::most_loss_db)),
      whole(at("threads", "processor threads; 0: all of them"), {0, 1024},
            of_job(&Job::engine, &EngineRequest::threads)),
      whole(streams, {0, 64}, of_job(&Job::engine, &EngineRequest::streams)),
      number(at("limit_start",
                "longest time in seconds for compiling a network, and for its first tile; 0: no "
                "limit"),
             {0, 1e7}, of_job(&Job::engine, &EngineRequest::start_seconds)),
      text(at("ort_library", "path of an ONNX Runtime library to use"), Form::Path,
           of_job(&Job::engine, &EngineRequest::ort_library)),
      paths({.section = Section::Engine,
             .key = "ort_plugins",
             .help = "a plug-in of ONNX Runtime (an execution provider library) whose devices "
                     "--device may name, as latent devices lists them; may be given again",
             .option = "--ort-plugin",
             .later = true},
            of_job(&Job::engine, &EngineRequest::ort_plugins)),
  };
}

Table make_raw_denoise_table() {
  using Settings = tasks::RawDenoiseSettings;
  Table table{
      task_model(),
      again(),
      percent({.key = "strength",
               .help = "0 leaves the picture as it is, 100 removes all the noise that was found"},
              in<Settings>(&Settings::strength)),
      noise({.key = "noise",
             .help =
                 "noise level: auto (from the file's noise profile, else measured), camera (what "
                 "a table says of this camera at this ISO), or A,B for a variance of A x + B, "
                 "with x = 0 at black and 1 at white; six numbers give red, green and blue apart"},
            in<Settings>(&Settings::noise), in<Settings>(&Settings::noise_of_camera)),
      number({.key = "noise_scale",
              .help = "multiply the noise level by this; above 1 the result is smoother"},
             {0.1, 10}, in<Settings>(&Settings::noise_scale)),
      word<tasks::HotPixels>(
          {.key = "hot_pixels",
           .help = "hot and dead pixels: remove or keep them, or learn from all files of a camera "
                   "in the batch which they are, and remove these"},
          {{"remove", tasks::HotPixels::Remove},
           {"keep", tasks::HotPixels::Keep},
           {"learn", tasks::HotPixels::Learn}},
          in<Settings>(&Settings::hot_pixels)),
      flag(
          {.key = "demosaic",
           .help = "also make three colours of the sensor's mosaic, and write a linear DNG that no "
                   "raw developer has to demosaic; for Bayer and X-Trans"},
          in<Settings>(&Settings::demosaic)),
      word<tasks::ChromaticAberration>(
          {.key = "ca",
           .help = "colour fringes of the lens, with --demosaic: auto measures them in the "
                   "photograph and corrects them, off leaves them",
           .later = true},
          {{"off", tasks::ChromaticAberration::Off}, {"auto", tasks::ChromaticAberration::Auto}},
          in<Settings>(&Settings::ca)),
      region(in<Settings>(&Settings::region)),
      compat<Settings>(),
  };
  append(table, mask<Settings>("elsewhere every sample is kept"));
  append(table, places());
  table.push_back(
      word<std::string>({Section::Output, "format", "file format of the results: always dng", ""},
                        {{"dng", "dng"}}, of_job(&Job::format)));
  table.push_back(word<tasks::DngCompression>(
      {.section = Section::Output,
       .key = "compression",
       .help =
           "compression of the DNG; jxl-lossless and jxl (with a loss that is not seen) are for "
           "results of three colours, and few programs open them yet"},
      {{"lossless", tasks::DngCompression::LosslessJpeg},
       {"none", tasks::DngCompression::None},
       {"jxl-lossless", tasks::DngCompression::JxlLossless},
       {"jxl", tasks::DngCompression::Jxl}},
      in<Settings>(&Settings::compression)));
  append(table, engine_settings());
  return table;
}

Table make_denoise_table() {
  using Settings = tasks::DenoiseSettings;
  Table table{
      task_model(),
      again(),
      percent({.key = "strength",
               .help = "0 leaves the picture as it is, 100 removes all the noise that was found"},
              in<Settings>(&Settings::strength)),
      percent({.key = "luma",
               .help = "share of brightness noise (grain) to remove, times the strength; 50 keeps "
                       "fine grain"},
              in<Settings>(&Settings::luma)),
      percent({.key = "chroma",
               .help = "share of colour noise (blotches) to remove, times the strength"},
              in<Settings>(&Settings::chroma)),
      auto_or_number(
          {.key = "level",
           .help =
               "noise level: auto (measured), or its standard deviation in 8-bit steps of sRGB"},
          {0, 255}, in<Settings>(&Settings::level)),
      word<tasks::Detail>(
          {.key = "detail",
           .help = "below full strength, how texture is restored: auto (by the measured noise), "
                   "darktable (by its thresholds), none (a plain blend with the source)"},
          {{"auto", tasks::Detail::Auto},
           {"darktable", tasks::Detail::Darktable},
           {"none", tasks::Detail::None}},
          in<Settings>(&Settings::detail)),
      word<tasks::Tones>({.key = "tones",
                          .help = "noise shifts brightness, visibly from a level of about 10 on: "
                                  "corrected (put right), or kept (as the noisy picture has it)"},
                         {{"corrected", tasks::Tones::Corrected}, {"kept", tasks::Tones::Kept}},
                         in<Settings>(&Settings::tones)),
      wide_gamut<Settings>(),
      region(in<Settings>(&Settings::region)),
      compat<Settings>(),
  };
  append(table, mask<Settings>("elsewhere every sample is kept"));
  append(table, picture_output<Settings>());
  append(table, engine_settings());
  return table;
}

Table make_upscale_table() {
  using Settings = UpscaleChoice;
  Setting denoise_model =
      model({.key = "denoise_model", .help = "model for --denoise"}, &Job::denoise_model);
  denoise_model.needs = "denoise";
  Table table{
      task_model(),
      again(),
      word<int>(
          {.key = "scale", .help = "factor for width and height; auto: what --print needs, 2 or 4"},
          {{"auto", 0}, {"2", 2}, {"4", 4}}, in<Settings>(&Settings::scale)),
      print_size({.key = "print",
                  .help = "enlarge for a print of this size and resolution, for example "
                          "40x60cm@300 (units: cm, mm, in)"},
                 in<Settings>(&Settings::print)),
      percent({.key = "denoise", .help = "denoise the picture first, with this strength"},
              in<Settings>(&Settings::denoise)),
      std::move(denoise_model),
      number({.key = "tolerance",
              .help = "strength of noise and JPEG damage not to be enlarged (standard deviation in "
                      "8-bit steps)"},
             {0, 255}, in<Settings>(&Settings::tolerance)),
      flag({.key = "consistent",
            .help = "correct the result so that, scaled down again, it gives the source",
            .option = ""},
           in<Settings>(&Settings::consistent)),
      word<tasks::Overshoot>(
          {.key = "overshoot",
           .help = "bounded: values stay close to those of the source nearby, so hard edges get no "
                   "ghost lines; free: the output of the network as it is"},
          {{"bounded", tasks::Overshoot::Bounded}, {"free", tasks::Overshoot::Free}},
          in<Settings>(&Settings::overshoot)),
      wide_gamut<Settings>(),
      region(in<Settings>(&Settings::region)),
      compat<Settings>(),
  };
  append(table, mask<Settings>("elsewhere the picture is enlarged without a network"));
  append(table, picture_output<Settings>());
  append(table, engine_settings());
  return table;
}

Table make_erase_table() {
  using Settings = tasks::EraseSettings;
  Setting network = model({.key = "model",
                           .help = "builtin (copies from the surroundings; no network), the id of "
                                   "an installed model, or a .dtmodel file; default: the model "
                                   "enabled for erase, else builtin"},
                          &Job::model);
  network.words = {"builtin"};
  Table table{
      std::move(network),
      input_path({.key = "mask",
                  .help = "picture of what is to go: white goes, black stays; as large as the "
                          "source, not turned"},
                 in<Settings>(&Settings::mask)),
      flag({.key = "scale_mask", .help = "bring a mask of another size to that of the picture"},
           in<Settings>(&Settings::scale_mask)),
      places({.key = "clicks",
              .help = "a point on the object that is to go; may be given again",
              .option = "--click"},
             2, in<Settings>(&Settings::clicks)),
      places({.key = "not", .help = "a point beside the object; may be given again"}, 2,
             in<Settings>(&Settings::not_on)),
      places({.key = "boxes",
              .help = "a box around an object that is to go; may be given again",
              .option = "--box"},
             4, in<Settings>(&Settings::boxes)),
      flag({.key = "spots", .help = "find shadows of dust on the sensor, and erase them"},
           in<Settings>(&Settings::spots)),
      input_path({.key = "spots_list",
                  .help = "erase the shadows of dust that this list names (made by --spots "
                          "--dry-run), in every source"},
                 in<Settings>(&Settings::spots_list)),
      auto_or_number({.key = "dilate",
                      .help = "pixels by which masks and objects grow first: auto (by the blur of "
                              "the object's edge), or a number; 0 fills exactly the mask"},
                     {0, 500}, in<Settings>(&Settings::dilate)),
      word<tasks::FillGrain>(
          {.key = "grain",
           .help = "noise of what is filled in: auto (as strong as around the hole), or none"},
          {{"auto", tasks::FillGrain::Auto}, {"none", tasks::FillGrain::None}},
          in<Settings>(&Settings::grain)),
  };
  append(table, picture_output<Settings>(true));
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

const Table& erase_settings() {
  static const Table table = make_erase_table();
  return table;
}

const Setting* find_setting(const Table& table, std::string_view key) {
  for (const Setting& setting : table) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

}  // namespace latent::app
