// SPDX-License-Identifier: GPL-3.0-or-later
#include <latent/latent.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "interruptible.h"
#include "module.h"

namespace latent_python {
namespace {

using namespace nb::literals;
namespace fs = std::filesystem;
using latent::Library;

/// Any array of the processor whose samples lie side by side; others are copied by nanobind.
using In = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;

[[noreturn]] void refuse(std::string sentence) {
  throw Raised{{latent::Failure::Code::Usage, std::move(sentence), {}}};
}

latent::SampleType type_of(const In& array) {
  if (array.dtype() == nb::dtype<std::uint8_t>()) return latent::SampleType::U8;
  if (array.dtype() == nb::dtype<std::uint16_t>()) return latent::SampleType::U16;
  if (array.dtype() == nb::dtype<float>()) return latent::SampleType::F32;
  refuse("arrays have samples of uint8, uint16 or float32");
}

/// Sides fit in int, as the library wants them.
int side(std::size_t size) {
  constexpr std::size_t kMost = 1'000'000;
  if (size > kMost) refuse("a side of the array is longer than 1000000 samples");
  return static_cast<int>(size);
}

/// Samples of the library as a numpy array that owns them: [height, width] or [height, width, c].
template <class T>
nb::object array_of(std::vector<T> samples, std::size_t height, std::size_t width,
                    std::size_t channels, bool flat) {
  auto owned = std::make_unique<std::vector<T>>(std::move(samples));
  T* data = owned->data();
  const nb::capsule owner(
      owned.release(), [](void* memory) noexcept { delete static_cast<std::vector<T>*>(memory); });
  const std::size_t shape[] = {height, width, channels};
  return nb::cast(nb::ndarray<nb::numpy, T>(data, flat ? 2 : 3, shape, owner),
                  nb::rv_policy::reference);
}

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
  if (array.ndim() != 2 && array.ndim() != 3) {
    refuse("a picture is an array [height, width] or [height, width, channels]");
  }
  latent::PictureView view;
  view.samples = array.data();
  view.type = type_of(array);
  view.height = side(array.shape(0));
  view.width = side(array.shape(1));
  view.channels = array.ndim() == 3 ? side(array.shape(2)) : 1;
  view.profile = profile;
  if (icc) view.icc = {reinterpret_cast<const std::uint8_t*>(icc->c_str()), icc->size()};
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
