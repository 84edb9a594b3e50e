// SPDX-License-Identifier: GPL-3.0-or-later
// What a slider costs on a region that is shown already.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <utility>

#include "sample_picture.h"
#include "sample_raw.h"
#include "tasks/denoise.h"
#include "tasks/raw_denoise.h"
#include "write/picture/picture.h"

namespace latent::tasks {
namespace {

namespace fs = std::filesystem;
constexpr Rect kRegion{100, 60, 512, 512};

struct Scene {
  Task task;
  Prepared prepared;
};

Result<Scene> prepared_scene(const char* package_name, const fs::path& source, bool raw) {
  LATENT_TRY(const models::Package package,
             models::Package::open(fs::path(LATENT_WEIGHTS) / package_name));
  infer::EngineRequest engine;
  engine.precision = infer::Precision::F32;
  LATENT_TRY(Task task, raw ? create_raw_denoise({package, {}}, engine)
                            : create_denoise({package, {}}, engine));
  LATENT_TRY(const auto photograph, read::Photograph::open(source));
  LATENT_TRY(Prepared prepared, task.prepare(photograph, {}));
  return Scene{std::move(task), std::move(prepared)};
}

/// Shows the region once, then at one strength after the other with the network forbidden.
template <class Chosen>
void move_strength(benchmark::State& state, Result<Scene> scene) {
  if (!scene) return state.SkipWithError(scene.error().sentence.c_str());
  const auto first = scene->task.show(scene->prepared, kRegion, Chosen{}, {});
  if (!first) return state.SkipWithError(first.error().sentence.c_str());
  std::stop_source stop;
  stop.request_stop();
  Chosen settings;
  double strength = 0.1;
  for (auto _ : state) {
    strength = strength > 0.9 ? 0.1 : strength + 0.05;
    settings.strength = strength;
    const auto shown = scene->task.show(scene->prepared, kRegion, settings, {stop.get_token(), {}});
    if (!shown) return state.SkipWithError(shown.error().sentence.c_str());
    benchmark::DoNotOptimize(shown->after.view().data());
  }
}

fs::path scratch(const char* name) {
  return fs::temp_directory_path() / ("latent_show_" + std::to_string(::getpid()) + name);
}

void strength_of_a_picture(benchmark::State& state) {
  constexpr Size kSize{800, 640};
  const Picture picture = sample_picture(kSize);
  auto samples = Image<std::uint16_t>::create(kSize, 3).value();
  for (int y = 0; y < kSize.height; ++y) {
    const auto from = std::get<Image<float>>(picture.samples).view().row(y);
    for (std::size_t i = 0; i < from.size(); ++i) {
      samples.view().row(y)[i] = static_cast<std::uint16_t>(std::lround(from[i] * 65535.0F));
    }
  }
  const fs::path source = scratch(".tif");
  if (write::write_tiff(source, std::as_const(samples).view())) {
    move_strength<DenoiseSettings>(state,
                                   prepared_scene("latent-denoise-fast.dtmodel", source, false));
  }
  fs::remove(source);
}
BENCHMARK(strength_of_a_picture)->Unit(benchmark::kMillisecond)->UseRealTime();

void strength_of_a_raw(benchmark::State& state) {
  const fs::path source = scratch(".dng");
  write_sample(sample_mosaic(SensorClass::Bayer, {828, 668}), source);
  move_strength<RawDenoiseSettings>(state, prepared_scene("latent-raw-fast.dtmodel", source, true));
  fs::remove(source);
}
BENCHMARK(strength_of_a_raw)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace latent::tasks
