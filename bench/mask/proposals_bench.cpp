// SPDX-License-Identifier: GPL-3.0-or-later
// The proposals of the built-in selector for bench/quality/fit_selector.py: commands on standard
// input, answers on standard output.
//
//   open WIDTH HEIGHT\n   and 3 * width * height bytes of encoded sRGB, then as many bytes as pixels
//                         of the truth: 0 outside, 255 in the object, 128 not judged
//   click X Y 0|1\n       answered by a line "COUNT FIRST" (FIRST: 1 at the first click) and COUNT *
//                         21 float32: the 20 facts of each proposal and its IoU with the truth
//   mask\n                answered by width * height bytes: the selector's mask after these clicks

#include <algorithm>
#include <cmath>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "mask/marks.h"
#include "mask/proposal_score.h"
#include "mask/proposals.h"
#include "mask/selector.h"
#include "mask/superpixels.h"
#include "mask/working_picture.h"

namespace {

using namespace latent;
using namespace latent::mask;

struct Session {
  Size size;
  WorkingPicture picture;
  Superpixels pieces;
  Scene scene;
  std::vector<float> inside;  ///< of each region: working pixels of the object
  std::vector<float> judged;
  std::shared_ptr<const Encoded> encoded;
  std::unique_ptr<Selector> selector;
  std::vector<Prompt> prompts;
  std::vector<Mark> marks;
  Labels before;
};

/// As the selector makes it (mask/selector.cpp).
Status prepare(Session& session, ImageView<const std::uint8_t> picture,
               ImageView<const std::uint8_t> truth) {
  constexpr int kLongestSide = 1536;
  constexpr int kPieces = 2000;
  LATENT_TRY(session.picture, working_picture(picture, kLongestSide));
  LATENT_TRY(session.pieces, superpixels(session.picture.lab.view(), kPieces));
  LATENT_TRY(session.scene.graph, region_graph(session.picture, session.pieces));
  Scene& scene = session.scene;
  scene.looks = Looks(scene.graph);
  scene.size = session.picture.lab.size();
  scene.side = std::sqrt(static_cast<float>(scene.size.area()));
  scene.step = scene.side / std::sqrt(static_cast<float>(session.pieces.count));
  LATENT_TRY(session.encoded, Encoded::create(picture));
  session.selector = std::make_unique<Selector>(session.encoded);
  session.prompts.clear();
  session.marks.clear();
  session.before.clear();
  session.inside.assign(scene.graph.regions.size(), 0.0F);
  session.judged = session.inside;
  for (int y = 0; y < scene.size.height; ++y) {
    const int ty = static_cast<int>(std::int64_t{y} * truth.height() / scene.size.height);
    for (int x = 0; x < scene.size.width; ++x) {
      const int tx = static_cast<int>(std::int64_t{x} * truth.width() / scene.size.width);
      const auto region = static_cast<std::size_t>(session.pieces.labels.view().at(x, y));
      const int value = truth.at(tx, ty);
      session.inside[region] += value == 255 ? 1.0F : 0.0F;
      session.judged[region] += value != 128 ? 1.0F : 0.0F;
    }
  }
  return {};
}

float iou(const Session& session, const Labels& labels) {
  double both = 0;
  double any = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    both += labels[i] != 0 ? session.inside[i] : 0;
    any += labels[i] != 0 ? session.judged[i] : session.inside[i];
  }
  return static_cast<float>(both / std::max(1.0, any));
}

bool open(Session& session, std::istringstream& words) {
  words >> session.size.width >> session.size.height;
  auto picture = Image<std::uint8_t>::create(session.size, 3);
  auto truth = Image<std::uint8_t>::create(session.size);
  if (!words || !picture || !truth) return false;
  std::cin.read(reinterpret_cast<char*>(picture->view().data()), session.size.area() * 3);
  std::cin.read(reinterpret_cast<char*>(truth->view().data()), session.size.area());
  return prepare(session, picture->view(), truth->view()).has_value();
}

/// The selector's mask as labels of regions: the mask that the next mark corrects.
Labels labels_of(const Session& session, ImageView<const std::uint8_t> mask) {
  std::vector<float> sums(session.scene.graph.regions.size(), 0.0F);
  std::vector<float> areas = sums;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const auto region = static_cast<std::size_t>(session.pieces.labels.view().at(x, y));
      sums[region] += mask.at(x, y) != 0 ? 1.0F : 0.0F;
      areas[region] += 1.0F;
    }
  }
  Labels labels(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) labels[i] = 2.0F * sums[i] > areas[i] ? 1 : 0;
  return labels;
}

bool click(Session& session, std::istringstream& words) {
  int x = 0;
  int y = 0;
  int on_object = 0;
  words >> x >> y >> on_object;
  if (!words || !session.selector) return false;
  Prompt prompt;
  prompt.on_object = on_object != 0;
  prompt.places = {{(x + 0.5) / session.size.width, (y + 0.5) / session.size.height}};
  session.prompts.push_back(prompt);
  session.marks.push_back(mark_of(prompt, session.scene, session.pieces));
  const bool first = session.before.empty();
  const Question question{session.marks, first ? nullptr : &session.before, nullptr, nullptr};
  const auto proposals = propose(session.scene, question);
  const auto facts = proposal_facts(session.scene, question, proposals);
  std::cout << proposals.size() << " " << (first ? 1 : 0) << "\n";
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    std::vector<float> row(facts[i].begin(), facts[i].end());
    row.push_back(iou(session, proposals[i]));
    std::cout.write(reinterpret_cast<const char*>(row.data()),
                    static_cast<std::streamsize>(row.size() * sizeof(float)));
  }
  std::cout.flush();
  const auto mask = session.selector->select(session.prompts);
  if (!mask) return false;
  session.before = labels_of(session, mask->view());
  return true;
}

bool mask_out(Session& session) {
  const auto mask = session.selector->select(session.prompts);
  if (!mask) return false;
  std::string bytes(static_cast<std::size_t>(session.size.area()), '\0');
  for (int y = 0; y < session.size.height; ++y) {
    const int my = static_cast<int>(std::int64_t{y} * mask->height() / session.size.height);
    for (int x = 0; x < session.size.width; ++x) {
      const int mx = static_cast<int>(std::int64_t{x} * mask->width() / session.size.width);
      const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(session.size.width) +
                      static_cast<std::size_t>(x);
      bytes[at] = mask->view().at(mx, my) != 0 ? '\xff' : '\0';
    }
  }
  std::cout << bytes;
  std::cout.flush();
  return true;
}

}  // namespace

int main() {
  Session session;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    const bool good = command == "open"    ? open(session, words)
                      : command == "click" ? click(session, words)
                                           : command == "mask" && mask_out(session);
    if (!good) return 1;
  }
  return 0;
}
