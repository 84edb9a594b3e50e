// SPDX-License-Identifier: GPL-3.0-or-later
// library_many_pictures FOLDER RESULTS: denoises every picture of a folder, a run() for each, through
// one Library. Prints the seconds of all but the first, and of the first, which compiles.
#include <latent/latent.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

bool denoise(latent::Library& library, const fs::path& picture, const fs::path& results) {
  latent::Output output;
  output.file = results / (picture.stem().string() + ".tif");
  const auto job = latent::Job::make(latent::Denoise{}, {picture}, output);
  const auto result = job ? library.run(*job) : latent::Outcome<latent::JobResult>(job.failure());
  if (result && result->done == 1) return true;
  std::cerr << (result ? result->files.front().failure.sentence : result.failure().sentence)
            << '\n';
  return false;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  latent::Job::Sources pictures;
  for (const auto& entry : fs::directory_iterator(words[1])) pictures.push_back(entry.path());
  std::sort(pictures.begin(), pictures.end());
  const auto begun = Clock::now();
  auto library = latent::Library::open();
  if (!library || pictures.empty()) return 1;
  double first = 0;
  for (const fs::path& picture : pictures) {
    if (!denoise(*library, picture, words[2])) return 1;
    if (first == 0) first = since(begun);
  }
  std::cout << since(begun) << ' ' << first << '\n';
  return 0;
}
