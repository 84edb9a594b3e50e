// SPDX-License-Identifier: GPL-3.0-or-later
#include <latent/latent.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "interruptible.h"
#include "module.h"

namespace latent_python {
namespace {

using namespace nb::literals;
namespace fs = std::filesystem;

using Part = std::tuple<int, int, int, int>;
using Noise = std::tuple<std::array<double, 3>, std::array<double, 3>>;
/// A word, as a job has it, or the numbers.
using NoiseChoice = std::variant<std::string, Noise>;

std::optional<latent::Region> region_of(const std::optional<Part>& part) {
  if (!part) return std::nullopt;
  const auto& [x, y, width, height] = *part;
  return latent::Region{x, y, width, height};
}

std::optional<latent::SensorNoise> given_noise(const std::optional<NoiseChoice>& noise) {
  const auto* numbers = noise ? std::get_if<Noise>(&*noise) : nullptr;
  if (numbers == nullptr) return std::nullopt;
  return latent::SensorNoise{std::get<0>(*numbers), std::get<1>(*numbers)};
}

/// Whether the level is that of the camera.
bool is_camera(const std::optional<NoiseChoice>& noise) {
  const auto* word = noise ? std::get_if<std::string>(&*noise) : nullptr;
  if (word == nullptr || *word == "auto") return false;
  if (*word == "camera") return true;
  throw nb::value_error("noise is \"auto\", \"camera\", or ((a, a, a), (b, b, b))");
}

void bind_enums(nb::module_& module) {
  nb::enum_<latent::WideGamut>(module, "WideGamut")
      .value("PRESERVE", latent::WideGamut::Preserve)
      .value("CLIP", latent::WideGamut::Clip);
  nb::enum_<latent::Tones>(module, "Tones")
      .value("CORRECTED", latent::Tones::Corrected)
      .value("KEPT", latent::Tones::Kept);
  nb::enum_<latent::Detail>(module, "Detail")
      .value("AUTO", latent::Detail::Auto)
      .value("DARKTABLE", latent::Detail::Darktable)
      .value("NONE", latent::Detail::None);
  nb::enum_<latent::DngTiles>(module, "DngTiles")
      .value("LOSSLESS_JPEG", latent::DngTiles::LosslessJpeg)
      .value("JPEG_XL_LOSSLESS", latent::DngTiles::JpegXlLossless)
      .value("JPEG_XL", latent::DngTiles::JpegXl);
  nb::enum_<latent::IfExists>(module, "IfExists")
      .value("NEXT_FREE_NAME", latent::IfExists::NextFreeName)
      .value("REFUSE", latent::IfExists::Refuse)
      .value("OVERWRITE", latent::IfExists::Overwrite)
      .value("SKIP", latent::IfExists::Skip);
  nb::enum_<latent::EngineKind>(module, "EngineKind")
      .value("AUTO", latent::EngineKind::Auto)
      .value("OPENVINO", latent::EngineKind::OpenVino)
      .value("ONNXRUNTIME", latent::EngineKind::OnnxRuntime);
  nb::enum_<latent::Precision>(module, "Precision")
      .value("AUTO", latent::Precision::Auto)
      .value("F32", latent::Precision::F32)
      .value("BF16", latent::Precision::Bf16)
      .value("F16", latent::Precision::F16)
      .value("INT8", latent::Precision::Int8)
      .value("BEST", latent::Precision::Best);
}

void bind_tasks(nb::module_& module) {
  nb::class_<latent::RawDenoise>(module, "RawDenoise")
      .def(
          "__init__",
          [](latent::RawDenoise* self, double strength, const std::optional<NoiseChoice>& noise,
             double noise_scale, bool remove_hot_pixels, const std::optional<Part>& region,
             const std::string& model, const std::optional<fs::path>& mask, bool mask_invert,
             bool learn_hot_pixels, bool demosaic, bool correct_ca) {
            new (self) latent::RawDenoise{strength,
                                          given_noise(noise),
                                          noise_scale,
                                          remove_hot_pixels,
                                          region_of(region),
                                          model,
                                          {mask.value_or(""), mask_invert},
                                          learn_hot_pixels,
                                          demosaic,
                                          correct_ca,
                                          is_camera(noise)};
          },
          nb::kw_only(), "strength"_a = 100.0, "noise"_a = nb::none(), "noise_scale"_a = 1.0,
          "remove_hot_pixels"_a = true, "region"_a = nb::none(), "model"_a = "",
          "mask"_a = nb::none(), "mask_invert"_a = false, "learn_hot_pixels"_a = false,
          "demosaic"_a = false, "correct_ca"_a = false);
  nb::class_<latent::Denoise>(module, "Denoise")
      .def(
          "__init__",
          [](latent::Denoise* self, double strength, double luma, double chroma,
             std::optional<double> level, latent::Detail detail, latent::WideGamut wide_gamut,
             const std::optional<Part>& region, const std::string& model,
             const std::optional<fs::path>& mask, bool mask_invert, latent::Tones tones) {
            new (self) latent::Denoise{strength,
                                       luma,
                                       chroma,
                                       level,
                                       detail,
                                       wide_gamut,
                                       region_of(region),
                                       model,
                                       {mask.value_or(""), mask_invert},
                                       tones};
          },
          nb::kw_only(), "strength"_a = 100.0, "luma"_a = 100.0, "chroma"_a = 100.0,
          "level"_a = nb::none(), "detail"_a = latent::Detail::Auto,
          "wide_gamut"_a = latent::WideGamut::Preserve, "region"_a = nb::none(), "model"_a = "",
          "mask"_a = nb::none(), "mask_invert"_a = false, "tones"_a = latent::Tones::Corrected);
  nb::class_<latent::Upscale>(module, "Upscale")
      .def(
          "__init__",
          [](latent::Upscale* self, int scale, double denoise, double tolerance,
             bool bound_overshoot, latent::WideGamut wide_gamut, const std::optional<Part>& region,
             const std::string& model, const std::string& denoise_model, const std::string& print,
             const std::optional<fs::path>& mask, bool mask_invert) {
            new (self) latent::Upscale{scale,      denoise,
                                       tolerance,  bound_overshoot,
                                       wide_gamut, region_of(region),
                                       model,      denoise_model,
                                       print,      {mask.value_or(""), mask_invert}};
          },
          nb::kw_only(), "scale"_a = 2, "denoise"_a = 0.0, "tolerance"_a = 0.0,
          "bound_overshoot"_a = true, "wide_gamut"_a = latent::WideGamut::Preserve,
          "region"_a = nb::none(), "model"_a = "", "denoise_model"_a = "", "print"_a = "",
          "mask"_a = nb::none(), "mask_invert"_a = false);
}

using Place = std::array<double, 2>;
using Corners = std::array<double, 4>;

std::vector<latent::MaskPlace> places_of(const std::vector<Place>& places) {
  std::vector<latent::MaskPlace> found;
  for (const auto& [x, y] : places) found.push_back({x, y});
  return found;
}

/// Left, top, right, bottom, as shares of the sides.
std::vector<latent::MaskBox> boxes_of(const std::vector<Corners>& boxes) {
  std::vector<latent::MaskBox> found;
  for (const auto& [left, top, right, bottom] : boxes)
    found.push_back({{left, top}, {right, bottom}});
  return found;
}

void bind_erase_and_depth(nb::module_& module) {
  nb::class_<latent::Erase>(module, "Erase")
      .def(
          "__init__",
          [](latent::Erase* self, const std::optional<fs::path>& mask, bool scale_mask,
             const std::vector<Place>& clicks, const std::vector<Place>& not_on,
             const std::vector<Corners>& boxes, bool spots,
             const std::optional<fs::path>& spot_list, std::optional<double> dilate, bool grain,
             const std::string& model) {
            new (self) latent::Erase{mask.value_or(""),
                                     scale_mask,
                                     places_of(clicks),
                                     places_of(not_on),
                                     boxes_of(boxes),
                                     spots,
                                     spot_list.value_or(""),
                                     dilate,
                                     grain,
                                     model};
          },
          nb::kw_only(), "mask"_a = nb::none(), "scale_mask"_a = false,
          "clicks"_a = std::vector<Place>{}, "not_on"_a = std::vector<Place>{},
          "boxes"_a = std::vector<Corners>{}, "spots"_a = false, "spot_list"_a = nb::none(),
          "dilate"_a = nb::none(), "grain"_a = true, "model"_a = "");
  nb::class_<latent::Depth>(module, "Depth")
      .def(
          "__init__",
          [](latent::Depth* self, std::optional<double> near, std::optional<double> far,
             double soft, const std::optional<Place>& point, double spread, bool invert,
             bool snap_edges, const std::string& model) {
            std::optional<latent::MaskPlace> place;
            if (point) place = latent::MaskPlace{(*point)[0], (*point)[1]};
            new (self) latent::Depth{near, far, soft, place, spread, invert, snap_edges, model};
          },
          nb::kw_only(), "near"_a = nb::none(), "far"_a = nb::none(), "soft"_a = 5.0,
          "point"_a = nb::none(), "spread"_a = 10.0, "invert"_a = false, "snap_edges"_a = true,
          "model"_a = "");
}

template <class Task>
auto made(const Task& task, const latent::Job::Sources& sources, const latent::Output& output,
          const latent::Engine& engine) {
  return value_of(latent::Job::make(task, sources, output, engine));
}

void bind_places(nb::module_& module) {
  nb::class_<latent::Output>(module, "Output")
      .def(
          "__init__",
          [](latent::Output* self, const std::optional<fs::path>& file,
             const std::optional<fs::path>& folder, std::optional<latent::IfExists> if_exists,
             const std::string& format, std::optional<int> bit_depth, const std::string& profile,
             bool compress, int jpeg_quality, std::optional<double> dpi,
             latent::DngTiles dng_tiles) {
            new (self) latent::Output{
                file.value_or(""), folder.value_or(""), if_exists, format,   bit_depth, profile,
                compress,          jpeg_quality,        dpi,       dng_tiles};
          },
          nb::kw_only(), "file"_a = nb::none(), "folder"_a = nb::none(), "if_exists"_a = nb::none(),
          "format"_a = "", "bit_depth"_a = nb::none(), "profile"_a = "", "compress"_a = true,
          "jpeg_quality"_a = 95, "dpi"_a = nb::none(),
          "dng_tiles"_a = latent::DngTiles::LosslessJpeg);
  nb::class_<latent::Engine>(module, "Engine")
      .def(
          "__init__",
          [](latent::Engine* self, latent::EngineKind kind, const std::string& device,
             latent::Precision precision, int threads, double start_seconds,
             const std::optional<fs::path>& onnxruntime, double max_loss,
             const std::vector<fs::path>& onnxruntime_plugins) {
            new (self) latent::Engine{kind,          device,
                                      precision,     threads,
                                      start_seconds, onnxruntime.value_or(""),
                                      max_loss,      onnxruntime_plugins};
          },
          nb::kw_only(), "kind"_a = latent::EngineKind::Auto, "device"_a = "auto",
          "precision"_a = latent::Precision::Auto, "threads"_a = 0, "start_seconds"_a = 600.0,
          "onnxruntime"_a = nb::none(), "max_loss"_a = 0.1,
          "onnxruntime_plugins"_a = std::vector<fs::path>{});
  nb::class_<latent::Limits>(module, "Limits")
      .def(
          "__init__",
          [](latent::Limits* self, std::int64_t megapixels, int side, std::int64_t memory_megabytes,
             std::int64_t metadata_megabytes) {
            new (self) latent::Limits{megapixels, side, memory_megabytes, metadata_megabytes};
          },
          nb::kw_only(), "megapixels"_a = 600, "side"_a = 65'000, "memory_megabytes"_a = 0,
          "metadata_megabytes"_a = 64);
}

void bind_job(nb::module_& module) {
  using latent::Job;
  nb::class_<Job>(module, "Job")
      .def_static("make", made<latent::RawDenoise>, "task"_a, "sources"_a,
                  "output"_a = latent::Output{}, "engine"_a = latent::Engine{})
      .def_static("make", made<latent::Denoise>, "task"_a, "sources"_a,
                  "output"_a = latent::Output{}, "engine"_a = latent::Engine{})
      .def_static("make", made<latent::Upscale>, "task"_a, "sources"_a,
                  "output"_a = latent::Output{}, "engine"_a = latent::Engine{})
      .def_static("make", made<latent::Erase>, "task"_a, "sources"_a, "output"_a = latent::Output{},
                  "engine"_a = latent::Engine{})
      .def_static("make", made<latent::Depth>, "task"_a, "sources"_a, "output"_a = latent::Output{},
                  "engine"_a = latent::Engine{})
      .def_static(
          "from_json",
          [](const std::string& text, const std::optional<fs::path>& folder) {
            return value_of(Job::from_json(text, folder.value_or("")));
          },
          "text"_a, "folder"_a = nb::none())
      .def("to_json", &Job::to_json)
      .def_prop_ro("task", &Job::task)
      .def_prop_ro("sources", &Job::sources)
      .def("__repr__", [](const Job& job) {
        return "<latent.Job " + job.task() + ", " + std::to_string(job.sources().size()) +
               " sources>";
      });
}

}  // namespace

void bind_requests(nb::module_& module) {
  bind_enums(module);
  bind_tasks(module);
  bind_erase_and_depth(module);
  bind_places(module);
  bind_job(module);
}

}  // namespace latent_python
