// SPDX-License-Identifier: GPL-3.0-or-later
#include <latent/latent.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "interruptible.h"
#include "module.h"

namespace latent_python {
namespace {

using namespace nb::literals;
namespace fs = std::filesystem;
using latent::Library;

void bind_results(nb::module_& module) {
  using latent::FileResult;
  nb::enum_<FileResult::State>(module, "State")
      .value("DONE", FileResult::State::Done)
      .value("SKIPPED", FileResult::State::Skipped)
      .value("FAILED", FileResult::State::Failed);
  nb::class_<FileResult>(module, "FileResult")
      .def_ro("source", &FileResult::source)
      .def_ro("state", &FileResult::state)
      .def_ro("output", &FileResult::output)
      .def_prop_ro("error", [](const FileResult& file) { return file.failure.sentence; })
      .def_prop_ro("error_code",
                   [](const FileResult& file) -> std::string {
                     const bool failed = file.state == FileResult::State::Failed;
                     return failed ? latent::name(file.failure.code) : "";
                   })
      .def_ro("reason", &FileResult::reason)
      .def_ro("width", &FileResult::width)
      .def_ro("height", &FileResult::height)
      .def_ro("network_ran", &FileResult::network_ran)
      .def_ro("engine", &FileResult::engine)
      .def_ro("device", &FileResult::device)
      .def_ro("precision", &FileResult::precision)
      .def_ro("model", &FileResult::model)
      .def_ro("model_version", &FileResult::model_version)
      .def_ro("seconds", &FileResult::seconds)
      .def_ro("notices", &FileResult::notices)
      .def_ro("facts_json", &FileResult::facts);
  nb::class_<latent::JobResult>(module, "JobResult")
      .def_ro("done", &latent::JobResult::done)
      .def_ro("skipped", &latent::JobResult::skipped)
      .def_ro("failed", &latent::JobResult::failed)
      .def_ro("cancelled", &latent::JobResult::cancelled)
      .def_ro("files", &latent::JobResult::files);
}

void bind_models(nb::module_& module) {
  using latent::ModelInfo;
  nb::class_<latent::ModelLicences>(module, "ModelLicences")
      .def_ro("weights", &latent::ModelLicences::weights)
      .def_ro("data_licence", &latent::ModelLicences::data_licence)
      .def_ro("data", &latent::ModelLicences::data)
      .def_ro("openness", &latent::ModelLicences::openness)
      .def_ro("open_source_ai", &latent::ModelLicences::open_source_ai);
  nb::class_<ModelInfo>(module, "ModelInfo")
      .def_ro("id", &ModelInfo::id)
      .def_ro("name", &ModelInfo::name)
      .def_ro("task", &ModelInfo::task)
      .def_ro("version", &ModelInfo::version)
      .def_ro("description", &ModelInfo::description)
      .def_ro("path", &ModelInfo::path)
      .def_ro("enabled", &ModelInfo::enabled)
      .def_ro("built_in", &ModelInfo::built_in)
      .def_ro("licences", &ModelInfo::licences)
      .def_ro("objections", &ModelInfo::objections)
      .def_ro("problem", &ModelInfo::problem)
      .def("__repr__", [](const ModelInfo& model) {
        return "<latent.ModelInfo " + model.id + " " + model.version + " for " + model.task +
               (model.enabled ? ", enabled>" : ">");
      });
  nb::class_<latent::DeviceInfo>(module, "DeviceInfo")
      .def_ro("engine", &latent::DeviceInfo::engine)
      .def_ro("device", &latent::DeviceInfo::device)
      .def_ro("name", &latent::DeviceInfo::name)
      .def_ro("driver", &latent::DeviceInfo::driver)
      .def_ro("precisions", &latent::DeviceInfo::precisions)
      .def_ro("automatic", &latent::DeviceInfo::automatic);
  nb::class_<latent::PluginInfo>(module, "PluginInfo")
      .def_ro("file", &latent::PluginInfo::file)
      .def_ro("usable", &latent::PluginInfo::usable)
      .def_ro("problem", &latent::PluginInfo::problem);
  module.def(
      "devices",
      [](const latent::Engine& engine) {
        const nb::gil_scoped_release unlocked;
        return latent::list_devices(engine).devices;
      },
      "engine"_a = latent::Engine{});
  module.def(
      "plugins",
      [](const latent::Engine& engine) {
        const nb::gil_scoped_release unlocked;
        return latent::list_devices(engine).plugins;
      },
      "engine"_a = latent::Engine{});
}

void open(Library* self, const std::vector<fs::path>& model_folders,
          const std::optional<fs::path>& data_folder, const std::optional<fs::path>& cache_folder,
          const std::optional<fs::path>& config_folder, const latent::Limits& limits,
          const latent::Engine& engine) {
  new (self) Library(value_of(
      Library::open({model_folders, data_folder, cache_folder, config_folder, limits, engine})));
}

latent::JobResult run(Library& library, const latent::Job& job, const nb::object& progress) {
  return interruptible(progress,
                       [&](const std::stop_token& stop, const latent::ProgressFunction& tell) {
                         return library.run(job, tell, stop);
                       });
}

latent::ModelInfo install(Library& library, const fs::path& package, const nb::object& accept) {
  std::optional<nb::python_error> raised;
  std::function<bool(const latent::ModelInfo&)> ask;
  if (!accept.is_none()) {
    ask = [&](const latent::ModelInfo& model) {
      const nb::gil_scoped_acquire lock;
      try {
        return nb::cast<bool>(accept(model));
      } catch (nb::python_error& error) {
        raised.emplace(std::move(error));
        return false;
      }
    };
  }
  try {
    return interruptible(nb::none(),
                         [&](const std::stop_token& stop, const latent::ProgressFunction&) {
                           return library.install_model(package, ask, stop);
                         });
  } catch (const Raised&) {
    if (raised) throw *std::move(raised);
    throw;
  }
}

}  // namespace

void bind_library(nb::module_& module) {
  bind_results(module);
  bind_models(module);
  nb::class_<Library>(module, "Library")
      .def("__init__", open, nb::kw_only(), "model_folders"_a = std::vector<fs::path>{},
           "data_folder"_a = nb::none(), "cache_folder"_a = nb::none(),
           "config_folder"_a = nb::none(), "limits"_a = latent::Limits{},
           "engine"_a = latent::Engine{})
      .def("run", run, "job"_a, "progress"_a = nb::none())
      .def("info_json",
           [](const Library& library, const fs::path& photograph) {
             return interruptible(nb::none(),
                                  [&](const std::stop_token&, const latent::ProgressFunction&) {
                                    return library.info(photograph);
                                  })
                 .json;
           })
      .def("models", [](const Library& library) { return value_of(library.models()); })
      .def(
          "default_model",
          [](const Library& library, const std::string& task) {
            return value_of(library.default_model(task));
          },
          "task"_a)
      .def(
          "enable_model",
          [](Library& library, const std::string& id) { value_of(library.enable_model(id)); },
          "id"_a)
      .def(
          "remove_model",
          [](Library& library, const std::string& id) { value_of(library.remove_model(id)); },
          "id"_a)
      .def("install_model", install, "package"_a, "accept"_a = nb::none())
      .def("clear", &Library::clear);
}

}  // namespace latent_python
