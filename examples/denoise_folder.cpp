// SPDX-License-Identifier: GPL-3.0-or-later
// denoise_folder FOLDER RESULTS: removes the noise of every picture of a folder.
#include <latent/latent.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace fs = std::filesystem;

namespace {

latent::Job::Sources files_of(const fs::path& folder) {
  latent::Job::Sources files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

int complain(const latent::Failure& failure) {
  std::cerr << latent::name(failure.code) << ": " << failure.sentence << '\n';
  return 1;
}

void show(const latent::Progress& progress) {
  if (progress.result == nullptr) return;
  const latent::FileResult& file = *progress.result;
  std::cout << progress.index + 1 << " of " << progress.count << ": "
            << progress.source.filename().string();
  switch (file.state) {
    case latent::FileResult::State::Done:
      std::cout << " -> " << file.output.filename().string() << '\n';
      break;
    case latent::FileResult::State::Skipped:
      std::cout << " skipped: " << file.reason << '\n';
      break;
    case latent::FileResult::State::Failed:
      std::cout << " failed: " << file.failure.sentence << '\n';
      break;
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::cerr << "denoise_folder FOLDER RESULTS\n";
    return 2;
  }
  auto library = latent::Library::open();
  if (!library) return complain(library.failure());

  latent::Denoise settings;
  settings.strength = 80;
  latent::Output output;
  output.folder = words[2];
  output.format = "png";
  const auto job = latent::Job::make(settings, files_of(words[1]), output);
  if (!job) return complain(job.failure());

  const auto result = library->run(*job, show);
  if (!result) return complain(result.failure());
  std::cout << result->done << " done, " << result->skipped << " skipped, " << result->failed
            << " failed\n";
  return result->failed == 0 ? 0 : 1;
}
