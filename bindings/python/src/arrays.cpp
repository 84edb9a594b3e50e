// SPDX-License-Identifier: GPL-3.0-or-later
#include <latent/latent.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include "arrays.h"
#include "interruptible.h"
#include "module.h"

namespace latent_python {
namespace {

using namespace nb::literals;
namespace fs = std::filesystem;
using latent::Library;

nb::tuple answer_of(latent::Pixels pixels, bool flat) {
  const auto height = static_cast<std::size_t>(pixels.height);
  const auto width = static_cast<std::size_t>(pixels.width);
  const auto channels = static_cast<std::size_t>(pixels.channels);
  nb::object array = std::visit(
      [&](auto& samples) {
        return array_of(std::move(samples), height, width, channels, flat && channels == 1);
      },
      pixels.samples);
  return nb::make_tuple(array, pixels.facts);
}

template <class Settings>
nb::tuple of_picture(Library& library, const In& array, const Settings& settings,
                     const std::string& profile, const std::optional<nb::bytes>& icc,
                     const nb::object& progress) {
  const latent::PictureView view = picture_of(array, profile, icc);
  auto pixels = interruptible(
      progress, [&](const std::stop_token& stop, const latent::ProgressFunction& tell) {
        if constexpr (std::is_same_v<Settings, latent::Upscale>) {
          return library.upscale(view, settings, tell, stop);
        } else {
          return library.denoise(view, settings, tell, stop);
        }
      });
  return answer_of(std::move(pixels), array.ndim() == 2);
}

nb::tuple of_mosaic(Library& library, const In& array, const latent::RawDenoise& settings,
                    const std::string& cfa, const std::vector<double>& black, double white,
                    const std::optional<std::array<double, 3>>& white_balance,
                    const nb::object& progress) {
  if (array.ndim() != 2) refuse("a mosaic is an array [height, width]");
  latent::MosaicView view;
  view.samples = array.data();
  view.type = type_of(array);
  view.height = side(array.shape(0));
  view.width = side(array.shape(1));
  view.cfa = cfa;
  view.black = black;
  view.white = white;
  view.white_balance = white_balance;
  auto pixels = interruptible(
      progress, [&](const std::stop_token& stop, const latent::ProgressFunction& tell) {
        return library.denoise(view, settings, tell, stop);
      });
  return answer_of(std::move(pixels), true);
}

using Part = std::tuple<int, int, int, int>;

template <class Settings>
nb::tuple show(latent::Preview& preview, const Part& part, const Settings& settings) {
  const auto& [x, y, wide, high] = part;
  const latent::Region region{x, y, wide, high};
  auto shown =
      interruptible(nb::none(), [&](const std::stop_token& stop, const latent::ProgressFunction&) {
        return preview.show(region, settings, stop);
      });
  const auto height = static_cast<std::size_t>(shown.height);
  const auto width = static_cast<std::size_t>(shown.width);
  const std::size_t counted = shown.counts.size() / (height * width);
  const nb::object counts =
      counted == 0 ? nb::none()
                   : array_of(std::move(shown.counts), height, width, counted, counted == 1);
  return nb::make_tuple(array_of(std::move(shown.before), height, width, 3, false),
                        array_of(std::move(shown.after), height, width, 3, false), counts);
}

template <class Settings>
latent::Preview preview(Library& library, const fs::path& photograph, const Settings& settings) {
  return interruptible(nb::none(),
                       [&](const std::stop_token& stop, const latent::ProgressFunction&) {
                         return library.preview(photograph, settings, stop);
                       });
}

void bind_preview(nb::module_& module) {
  using latent::Preview;
  nb::class_<Preview>(module, "Preview")
      .def_prop_ro("width", &Preview::width)
      .def_prop_ro("height", &Preview::height)
      .def_prop_ro("level", &Preview::level)
      .def("show", show<latent::RawDenoise>, "part"_a, "settings"_a)
      .def("show", show<latent::Denoise>, "part"_a, "settings"_a)
      .def("show", show<latent::Upscale>, "part"_a, "settings"_a);
  module.def("preview", preview<latent::RawDenoise>, "library"_a, "photograph"_a, "settings"_a);
  module.def("preview", preview<latent::Denoise>, "library"_a, "photograph"_a, "settings"_a);
  module.def("preview", preview<latent::Upscale>, "library"_a, "photograph"_a, "settings"_a);
}

}  // namespace

void bind_arrays(nb::module_& module) {
  bind_preview(module);
  module.def("denoise", of_picture<latent::Denoise>, "library"_a, "picture"_a, "settings"_a,
             "profile"_a, "icc"_a.none(), "progress"_a.none());
  module.def("upscale", of_picture<latent::Upscale>, "library"_a, "picture"_a, "settings"_a,
             "profile"_a, "icc"_a.none(), "progress"_a.none());
  module.def("denoise_mosaic", of_mosaic, "library"_a, "mosaic"_a, "settings"_a, "cfa"_a, "black"_a,
             "white"_a, "white_balance"_a.none(), "progress"_a.none());
}

}  // namespace latent_python
