// SPDX-License-Identifier: GPL-3.0-or-later
// A network for masks, asked as `latent mask` asks it, for bench/quality/mask_networks.py:
//
//   PACKAGE PICTURE FOLDER COMPAT ENGINE REPEATS PROMPT...
//
// COMPAT: none, darktable-5.6 or darktable-5.8. ENGINE: openvino or onnxruntime. PROMPT: click,X,Y or
// not,X,Y or box,X,Y,X,Y in shares of the sides. Writes what the network was shown (image.npy), the
// logits after each prompt (logits_0.npy, ...) and what goes back in (before_0.npy, ...); prints
// seconds of encoding, of what the decoder computes once for a photograph
// (LATENT_BENCH_WHOLE_DECODER=1: it computes that with each answer), and of each answer the median
// of REPEATS in seconds of the processor, on one thread where REPEATS is above 1: a clock on the
// wall says little while others work.
//
// Of a package latent_clicks it writes what the network was shown and what it said after each prompt
// (planes_0.npy, logits_0.npy, ...).

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string>
#include <vector>

#include "app/model_defaults.h"
#include "app/npy_file.h"
#include "mask/decoder.h"
#include "read/photograph.h"
#include "tasks/mask/mask_network.h"
#include "tasks/object_mask.h"

namespace {

using namespace latent;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

mask::Prompt prompt_of(const std::string& text) {
  std::istringstream parts(text);
  std::string word;
  std::getline(parts, word, ',');
  mask::Prompt prompt;
  prompt.kind = word == "box" ? mask::PromptKind::Box : mask::PromptKind::Click;
  prompt.on_object = word != "not";
  std::string x;
  std::string y;
  while (std::getline(parts, x, ',') && std::getline(parts, y, ',')) {
    prompt.places.push_back({std::stod(x), std::stod(y)});
  }
  return prompt;
}

Status keep(const std::filesystem::path& file, const Image<float>& image) {
  infer::NamedTensor tensor{"", {image.height(), image.width()}, {}};
  for (int y = 0; y < image.height(); ++y) {
    const auto row = image.view().row(y);
    tensor.values.insert(tensor.values.end(), row.begin(), row.end());
  }
  return app::write_npy_file(file, tensor);
}

Status keep(const std::filesystem::path& file, const mask::NetTensor& tensor) {
  return app::write_npy_file(file, {"", tensor.dims, tensor.values});
}

/// Our own network, which corrects the built-in selector.
Status run_clicks(tasks::MaskNetwork network, ImageView<const std::uint8_t> picture,
                  const std::filesystem::path& folder, const std::vector<mask::Prompt>& prompts) {
  int number = 0;
  network.graph = [&number, &folder, ask = network.graph](
                      std::vector<mask::NetTensor> inputs,
                      const RunControl& control) -> Result<std::vector<mask::NetTensor>> {
    LATENT_CHECK(keep(folder / fmt::format("planes_{}.npy", number), inputs.front()));
    LATENT_TRY(auto outputs, ask(std::move(inputs), control));
    LATENT_CHECK(keep(folder / fmt::format("logits_{}.npy", number++), outputs.front()));
    return outputs;
  };
  LATENT_TRY(const auto finder, tasks::finder_of(network)(picture, {}));
  const auto begun = Clock::now();
  LATENT_TRY(const auto mask, finder->select(0, prompts, nullptr, {}));
  std::printf("decode %.4f\n", seconds_since(begun) / static_cast<double>(prompts.size()));
  return {};
}

Status run(const std::vector<std::string>& words) {
  constexpr std::size_t kFixed = 6;
  if (words.size() <= kFixed) return fail(ErrorCode::Usage, "see the head of the source");
  tasks::MaskNetworkOptions options;
  options.engine.precision = infer::Precision::F32;
  LATENT_TRY(options.engine.engine, infer::parse_engine(words[4]));
  if (words[3] != "none") {
    options.compat =
        words[3] == "darktable-5.6" ? mask::NetCompat::Darktable56 : mask::NetCompat::Darktable58;
  }
  const int repeats = std::stoi(words[5]);
  if (repeats > 1) options.engine.threads = 1;
  const std::filesystem::path folder = words[2];
  LATENT_TRY(const auto package, app::open_model(words[0]));
  LATENT_TRY(const auto network, tasks::open_mask_network(package, options));
  LATENT_TRY(const auto photograph, read::Photograph::open(words[1]));
  LATENT_TRY(const auto seen, tasks::mask_picture(photograph, {}));
  const mask::NetContract& contract = network.contract;
  if (contract.family == mask::NetFamily::Clicks) {
    std::vector<mask::Prompt> prompts;
    for (std::size_t i = kFixed; i < words.size(); ++i) prompts.push_back(prompt_of(words[i]));
    return run_clicks(network, seen.picture.view(), folder, prompts);
  }
  const mask::NetFrame frame = mask::net_frame(contract, seen.picture.size());
  LATENT_TRY(mask::NetTensor image, mask::net_picture(contract, frame, seen.picture.view()));
  image.name = network.model->encoder_input;
  LATENT_CHECK(app::write_npy_file(folder / "image.npy", {"", image.dims, image.values}));
  std::vector<mask::NetTensor> inputs;
  inputs.push_back(std::move(image));
  const auto begun = Clock::now();
  LATENT_TRY(auto features, network.model->encode(std::move(inputs), {}));
  std::printf("encode %.4f\n", seconds_since(begun));
  const bool whole = std::getenv("LATENT_BENCH_WHOLE_DECODER") != nullptr;
  if (network.model->prepare && !whole) {
    LATENT_CHECK(network.model->prepare(features, {}));  // compiles
    const std::clock_t asked = std::clock();
    LATENT_TRY(features, network.model->prepare(std::move(features), {}));
    const double once = static_cast<double>(std::clock() - asked) / CLOCKS_PER_SEC;
    std::printf("prepare %.4f\n", once);
  }
  std::vector<mask::Prompt> prompts;
  Image<float> before;
  for (std::size_t i = kFixed; i < words.size(); ++i) {
    prompts.push_back(prompt_of(words[i]));
    const auto points = mask::points_of(contract, frame, prompts);
    const mask::NetQuestion question{contract, frame, features, points,
                                     before.empty() ? nullptr : &before};
    std::vector<double> seconds;
    mask::NetAnswer answer;
    for (int k = 0; k < std::max(1, repeats); ++k) {
      const std::clock_t asked = std::clock();
      LATENT_TRY(answer, mask::decode(question, [&](std::vector<mask::NetTensor> tensors) {
                   return network.model->decode(std::move(tensors), {});
                 }));
      seconds.push_back(static_cast<double>(std::clock() - asked) / CLOCKS_PER_SEC);
    }
    std::ranges::sort(seconds);
    std::printf("decode %.4f score %.5f\n", seconds[seconds.size() / 2],
                static_cast<double>(answer.score));
    const std::string number = std::to_string(i - kFixed);
    LATENT_CHECK(keep(folder / ("logits_" + number + ".npy"), answer.logits));
    before = std::move(answer.before);
    if (!before.empty()) LATENT_CHECK(keep(folder / ("before_" + number + ".npy"), before));
  }
  return {};
}

}  // namespace

int main(int count, char** words) {
  const Status done = run({words + 1, words + count});
  if (!done) std::fprintf(stderr, "%s\n", done.error().sentence.c_str());
  return done ? 0 : 1;
}
