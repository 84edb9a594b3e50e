// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>
#include <unistd.h>

#include "models/manifest/facts.h"
#include "sample_package.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;

constexpr int kPackages = 50;

/// Fifty packages in a folder that goes away with the program.
class Shelf {
 public:
  Shelf() {
    path_ = fs::temp_directory_path() / ("latent_list_bench_" + std::to_string(::getpid()));
    fs::create_directories(path_);
    auto config = sample_config();
    for (int i = 0; i < kPackages; ++i) {
      const std::string id = "sample-" + std::to_string(i);
      config["id"] = id;
      write_zip(path_ / (id + ".dtmodel"), sample_entries(config, id));
    }
  }
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;
  ~Shelf() { fs::remove_all(path_); }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

int list_all(const fs::path& folder, const fs::path& cache_file, benchmark::State& state) {
  FactsCache cache(cache_file);
  int good = 0;
  for (const PackagePlace& place : Registry({folder}).list()) {
    if (cache.facts_of(place, {}).version == "1.2") ++good;
  }
  if (good != kPackages) state.SkipWithError("a package was not read");
  if (cache.changed()) cache.save();
  return good;
}

/// What a first list costs: every config.json is read.
void list_new(benchmark::State& state) {
  const Shelf shelf;
  for (auto _ : state) {
    fs::remove(shelf.path() / "facts.json");
    benchmark::DoNotOptimize(list_all(shelf.path(), shelf.path() / "facts.json", state));
  }
}
BENCHMARK(list_new)->Unit(benchmark::kMillisecond);

/// What every later list costs.
void list_known(benchmark::State& state) {
  const Shelf shelf;
  list_all(shelf.path(), shelf.path() / "facts.json", state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(list_all(shelf.path(), shelf.path() / "facts.json", state));
  }
}
BENCHMARK(list_known)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latent::models
