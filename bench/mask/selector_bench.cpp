// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in selector for bench/quality/mask_clicks.py: commands on standard input, masks on
// standard output.
//
//   open WIDTH HEIGHT\n   and 3 * width * height bytes of encoded sRGB
//   click X Y 0|1\n       answered by width * height bytes, 255 in the object
// With the words --second-prompts or --crop on its command line it is asked as `latent mask` asks it with
// --second-prompts or --small-objects crop.
//
//   times\n               answered by a line: seconds of encoding, median and worst of a click

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "mask/selector.h"
#include "mask/session.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Session {
  std::shared_ptr<const latent::mask::Encoded> encoded;
  std::unique_ptr<latent::mask::Selector> selector;
  latent::mask::MaskSettings settings;
  bool whole = false;  ///< by a session with these settings
  std::optional<latent::mask::MaskSession> masks;
  std::vector<latent::mask::Prompt> prompts;
  latent::Size size;
  std::vector<double> encode_seconds;
  std::vector<double> click_seconds;
};

bool open(Session& session, std::istringstream& words) {
  words >> session.size.width >> session.size.height;
  auto picture = latent::Image<std::uint8_t>::create(session.size, 3);
  if (!words || !picture) return false;
  std::cin.read(reinterpret_cast<char*>(picture->view().data()), session.size.area() * 3);
  const auto start = Clock::now();
  if (session.whole) {
    session.prompts.clear();
    auto masks = latent::mask::MaskSession::create(*std::move(picture));
    if (!masks) return false;
    session.masks = *std::move(masks);
    session.encode_seconds.push_back(seconds_since(start));
    return true;
  }
  auto encoded = latent::mask::Encoded::create(picture->view());
  session.encode_seconds.push_back(seconds_since(start));
  if (!encoded) return false;
  session.encoded = *encoded;
  session.selector = std::make_unique<latent::mask::Selector>(*encoded);
  session.prompts.clear();
  return true;
}

/// The answer of a session, which is of the picture's size.
bool click_whole(Session& session) {
  latent::mask::PromptSet set;
  set.source_size = session.size;
  set.objects.push_back({session.prompts});
  const auto start = Clock::now();
  const auto mask = session.masks->mask(set, session.settings);
  session.click_seconds.push_back(seconds_since(start));
  if (!mask) return false;
  std::string answer;
  for (int y = 0; y < mask->height(); ++y) {
    for (const float value : mask->view().row(y)) answer += value > 0.5F ? '\xFF' : '\0';
  }
  std::cout << answer << std::flush;
  return true;
}

bool click(Session& session, std::istringstream& words) {
  int x = 0;
  int y = 0;
  int on_object = 0;
  words >> x >> y >> on_object;
  if (!words || (!session.selector && !session.masks)) return false;
  latent::mask::Prompt prompt;
  prompt.on_object = on_object != 0;
  prompt.places = {{(x + 0.5) / session.size.width, (y + 0.5) / session.size.height}};
  session.prompts.push_back(prompt);
  if (session.whole) return click_whole(session);
  const auto start = Clock::now();
  const auto mask = session.selector->select(session.prompts);
  session.click_seconds.push_back(seconds_since(start));
  if (!mask) return false;
  std::string answer(static_cast<std::size_t>(session.size.area()), '\0');
  for (int row = 0; row < session.size.height; ++row) {
    const int from_row = static_cast<int>(std::int64_t{row} * mask->height() / session.size.height);
    for (int column = 0; column < session.size.width; ++column) {
      const int from = static_cast<int>(std::int64_t{column} * mask->width() / session.size.width);
      const bool inside = mask->view().at(from, from_row) != 0;
      answer[static_cast<std::size_t>(row) * static_cast<std::size_t>(session.size.width) +
             static_cast<std::size_t>(column)] = inside ? '\xFF' : '\0';
    }
  }
  std::cout << answer << std::flush;
  return true;
}

void times(Session& session) {
  const auto median = [](std::vector<double>& values) {
    if (values.empty()) return 0.0;
    std::ranges::sort(values);
    return values[values.size() / 2];
  };
  const double encode = median(session.encode_seconds);
  const double one_click = median(session.click_seconds);
  const double worst = session.click_seconds.empty() ? 0.0 : session.click_seconds.back();
  std::cout << encode << ' ' << one_click << ' ' << worst << '\n' << std::flush;
}

}  // namespace

int main(int count, char** options) {
  Session session;
  session.settings.refine.how = latent::mask::Refinement::None;
  for (int i = 1; i < count; ++i) {
    const std::string option = options[i];
    session.whole = true;
    if (option == "--second-prompts") session.settings.second_prompts = true;
    if (option == "--crop") session.settings.small_objects = latent::mask::SmallObjects::Crop;
  }
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    bool done = true;
    if (command == "open") {
      done = open(session, words);
    } else if (command == "click") {
      done = click(session, words);
    } else if (command == "times") {
      times(session);
    } else {
      done = false;
    }
    if (!done) {
      std::cerr << "selector_bench: cannot do: " << line << '\n';
      return 1;
    }
  }
  return 0;
}
