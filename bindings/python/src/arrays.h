// SPDX-License-Identifier: GPL-3.0-or-later
// Arrays of numpy as the library takes them, and its samples as arrays.
#pragma once

#include <latent/latent.h>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "interruptible.h"

namespace latent_python {

/// Any array of the processor whose samples lie side by side; others are copied by nanobind.
using In = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;

[[noreturn]] inline void refuse(std::string sentence) {
  throw Raised{{latent::Failure::Code::Usage, std::move(sentence), {}}};
}

inline latent::SampleType type_of(const In& array) {
  if (array.dtype() == nb::dtype<std::uint8_t>()) return latent::SampleType::U8;
  if (array.dtype() == nb::dtype<std::uint16_t>()) return latent::SampleType::U16;
  if (array.dtype() == nb::dtype<float>()) return latent::SampleType::F32;
  refuse("arrays have samples of uint8, uint16 or float32");
}

/// Sides fit in int, as the library wants them.
inline int side(std::size_t size) {
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

/// A picture of the caller's, which must outlive the view.
inline latent::PictureView picture_of(const In& array, const std::string& profile,
                                      const std::optional<nb::bytes>& icc) {
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
  return view;
}

}  // namespace latent_python
