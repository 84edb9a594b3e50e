// SPDX-License-Identifier: GPL-3.0-or-later
// Masks of objects. Prompts pass as the JSON of docs/masks.md, which Python writes.
#include <latent/latent.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>

#include "arrays.h"
#include "interruptible.h"
#include "module.h"

namespace latent_python {
namespace {

using namespace nb::literals;
namespace fs = std::filesystem;
using latent::MaskSession;
using latent::MaskSettings;

/// Float32 values that lie side by side; Python hands nothing else in.
using Values = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

latent::Mask mask_of(const Values& array) {
  latent::Mask mask{side(array.shape(1)), side(array.shape(0)), {}};
  mask.values.assign(array.data(), array.data() + array.size());
  return mask;
}

nb::object array_of_mask(latent::Mask mask) {
  const auto height = static_cast<std::size_t>(mask.height);
  const auto width = static_cast<std::size_t>(mask.width);
  return array_of(std::move(mask.values), height, width, 1, true);
}

nb::object answer(MaskSession& session, const std::string& prompts, const MaskSettings& settings,
                  const std::optional<Values>& previous) {
  const latent::MaskPrompts asked = value_of(latent::MaskPrompts::from_json(prompts));
  std::optional<latent::Mask> before;
  if (previous) before = mask_of(*previous);
  return array_of_mask(
      interruptible(nb::none(), [&](const std::stop_token& stop, const latent::ProgressFunction&) {
        return session.mask(asked, settings, before ? &*before : nullptr, stop);
      }));
}

MaskSession of_file(latent::Library& library, const fs::path& photograph,
                    const std::string& model) {
  return interruptible(nb::none(),
                       [&](const std::stop_token& stop, const latent::ProgressFunction&) {
                         return library.masks(photograph, model, stop);
                       });
}

MaskSession of_picture(latent::Library& library, const In& array, const std::string& model,
                       const std::string& profile, const std::optional<nb::bytes>& icc) {
  const latent::PictureView view = picture_of(array, profile, icc);
  return interruptible(nb::none(),
                       [&](const std::stop_token& stop, const latent::ProgressFunction&) {
                         return library.masks(view, model, stop);
                       });
}

void write(const Values& mask, const fs::path& file, const std::optional<fs::path>& photograph,
           int bits, double feather, bool overwrite) {
  const latent::MaskFile how{photograph.value_or(fs::path()), bits, feather, overwrite};
  value_of(latent::write_mask(mask_of(mask), file, how));
}

void bind_settings(nb::module_& module) {
  nb::enum_<latent::MaskRefine>(module, "MaskRefine")
      .value("NONE", latent::MaskRefine::None)
      .value("EDGE", latent::MaskRefine::Edge)
      .value("HAIR", latent::MaskRefine::Hair);
  nb::class_<MaskSettings>(module, "MaskSettings")
      .def(
          "__init__",
          [](MaskSettings* self, latent::MaskRefine refine, double threshold, double cleanup,
             double smoothing, double feather, bool keep_all, bool second_prompts,
             bool crop_small) {
            new (self) MaskSettings{refine,  threshold, cleanup,        smoothing,
                                    feather, keep_all,  second_prompts, crop_small};
          },
          nb::kw_only(), "refine"_a = latent::MaskRefine::Edge, "threshold"_a = 0.5,
          "cleanup"_a = MaskSettings{}.cleanup, "smoothing"_a = 0.0, "feather"_a = 0.0,
          "keep_all"_a = false, "second_prompts"_a = false, "crop_small"_a = false)
      .def_rw("refine", &MaskSettings::refine)
      .def_rw("threshold", &MaskSettings::threshold)
      .def_rw("cleanup", &MaskSettings::cleanup)
      .def_rw("smoothing", &MaskSettings::smoothing)
      .def_rw("feather", &MaskSettings::feather)
      .def_rw("keep_all", &MaskSettings::keep_all)
      .def_rw("second_prompts", &MaskSettings::second_prompts)
      .def_rw("crop_small", &MaskSettings::crop_small);
}

}  // namespace

void bind_masks(nb::module_& module) {
  bind_settings(module);
  nb::class_<MaskSession>(module, "MaskSession")
      .def_prop_ro("width", &MaskSession::width)
      .def_prop_ro("height", &MaskSession::height)
      .def_prop_ro("model", &MaskSession::model)
      .def_prop_ro("source_sha256", &MaskSession::source_sha256)
      .def_prop_ro("notices", &MaskSession::notices)
      .def("mask", answer, "prompts"_a, "settings"_a, "previous"_a.none());
  module.def("masks", of_file, "library"_a, "photograph"_a, "model"_a);
  module.def("masks_of_picture", of_picture, "library"_a, "picture"_a, "model"_a, "profile"_a,
             "icc"_a.none());
  module.def("write_mask", write, "mask"_a, "file"_a, "photograph"_a.none(), "bits"_a, "feather"_a,
             "overwrite"_a);
  module.def(
      "read_mask",
      [](const fs::path& file) { return array_of_mask(value_of(latent::read_mask(file))); },
      "file"_a);
}

}  // namespace latent_python
