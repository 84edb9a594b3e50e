// SPDX-License-Identifier: GPL-3.0-or-later
#include "module.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>

#include "interruptible.h"

namespace latent_python {
namespace {

/// latent.Error(sentence, code, subject), which is written in Python.
void raise_error(const std::exception_ptr& thrown, void* /*unused*/) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Raised& raised) {
    const latent::Failure& failure = raised.failure;
    const nb::object error = nb::module_::import_("latent._error").attr("Error");
    const nb::object subject = failure.subject.empty() ? nb::none() : nb::cast(failure.subject);
    const nb::tuple words = nb::make_tuple(failure.sentence, latent::name(failure.code), subject);
    PyErr_SetObject(error.ptr(), words.ptr());
  }
}

}  // namespace
}  // namespace latent_python

NB_MODULE(_latent, module) {
  nanobind::register_exception_translator(latent_python::raise_error);
  module.def("version", &latent::version);
  latent_python::bind_requests(module);
  latent_python::bind_library(module);
  latent_python::bind_arrays(module);
  latent_python::bind_masks(module);
}
