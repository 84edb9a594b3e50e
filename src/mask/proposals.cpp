// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/proposals.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mask/geodesic.h"
#include "mask/max_flow.h"
#include "mask/region_sets.h"

namespace latent::mask {

namespace {

constexpr float kCertain = 1e4F;
constexpr std::array kRadii{0.045F, 0.07F, 0.11F, 0.16F, 0.24F, 0.36F, 0.54F};  // of the side
constexpr std::array kColourWeights{0.35F, 1.0F};
constexpr std::array kSmoothness{1.2F, 4.0F};

/// One cut: which weight everything has.
struct Recipe {
  float radius;
  float colour;
  float smoothness;
};

class Proposing {
 public:
  Proposing(const Scene& scene, const Question& question)
      : scene_(scene), question_(question), count_(scene.graph.regions.size()) {
    for (const Mark& mark : question.marks) {
      auto& seeds = mark.on_object ? object_seeds_ : ground_seeds_;
      seeds.insert(seeds.end(), mark.regions.begin(), mark.regions.end());
    }
    certain_.assign(count_, 0);
    for (const Mark& mark : question.marks) {  // a later mark has the last word
      if (!mark.certain) continue;
      for (const int region : mark.regions) at(certain_, region) = mark.on_object ? 1 : -1;
    }
    if (question.barred != nullptr) {
      for (std::size_t i = 0; i < count_; ++i) {
        if ((*question.barred)[i] != 0 && certain_[i] == 0) certain_[i] = -1;
      }
    }
    kept_seeds_ = object_seeds_;
    for (std::size_t i = 0; question.start != nullptr && i < count_; ++i) {
      if ((*question.start)[i] != 0) kept_seeds_.push_back(static_cast<int>(i));
    }
    edges();
  }

  std::vector<Labels> all() {
    if (question_.before == nullptr) {
      first_cuts();
    } else {
      local_cuts();
      if (question_.start == nullptr) first_cuts();
    }
    tree_regions();
    return std::move(found_);
  }

 private:
  template <class T>
  static T& at(std::vector<T>& values, int index) {
    return values[static_cast<std::size_t>(index)];
  }

  void edges() {
    const float mean = scene_.graph.mean_contrast;
    for (const Border& border : scene_.graph.borders) {
      const float c = border.contrast / mean;
      const float soft =
          0.5F * std::exp(-0.6F * c * c) + 0.5F * std::exp(-4.0F * border.merged * border.merged);
      weights_.push_back((soft + 0.01F) * border.length / scene_.step);
    }
  }

  [[nodiscard]] float distance_to(const Mark& mark, std::size_t region) const {
    const Region& r = scene_.graph.regions[region];
    return std::max(0.0F, std::hypot(r.x - mark.x, r.y - mark.y) - mark.radius) / scene_.side;
  }

  /// Cuts by `log_odds` of each region (positive: object) and keeps what hangs together with marks.
  Labels cut(const std::vector<float>& log_odds, float smoothness) {
    MaxFlow flow(static_cast<int>(count_), static_cast<int>(weights_.size()));
    const float unit = 1.0F / (scene_.step * scene_.step);
    for (std::size_t i = 0; i < count_; ++i) {
      float odds = log_odds[i] * scene_.graph.regions[i].area * unit;
      if (certain_[i] != 0) odds = certain_[i] > 0 ? kCertain : -kCertain;
      flow.add_terminal(static_cast<int>(i), std::max(0.0F, odds), std::max(0.0F, -odds));
    }
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const Border& border = scene_.graph.borders[i];
      const float weight = smoothness * weights_[i];
      flow.add_edge(border.a, border.b, weight, weight);
    }
    flow.run();
    Labels labels(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      labels[i] = flow.on_source_side(static_cast<int>(i)) ? 1 : 0;
    }
    return labels;
  }

  void keep(Labels labels) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (certain_[i] != 0) labels[i] = certain_[i] > 0 ? 1 : 0;
    }
    keep_connected(scene_.graph, labels, kept_seeds_);
    fill_holes(scene_.graph, labels, ground_seeds_, 0.0015F);
    if (std::ranges::find(found_, labels) == found_.end()) found_.push_back(std::move(labels));
  }

  /// All marks anew: near to a mark of the object, far from those of the background.
  void first_cuts() {
    const auto to_object = geodesic_distance(scene_.graph, object_seeds_);
    std::vector<int> away = ground_seeds_;
    for (std::size_t i = 0; question_.barred != nullptr && i < count_; ++i) {
      if (certain_[i] < 0) away.push_back(static_cast<int>(i));
    }
    std::vector<float> starts(away.size(), 0.0F);
    const FrameSeeds frame = frame_seeds(scene_.graph);
    for (std::size_t i = 0; i < frame.regions.size(); ++i) {
      away.push_back(frame.regions[i]);
      starts.push_back(0.08F);
    }
    const auto to_ground = geodesic_distance(scene_.graph, away, starts);
    for (const float radius : kRadii) {
      std::vector<float> near(count_);
      std::vector<float> inside(count_);
      std::vector<float> outside(count_);
      for (std::size_t i = 0; i < count_; ++i) {
        float closest = 1e9F;
        float ground = 1e9F;
        for (const Mark& mark : question_.marks) {
          float& which = mark.on_object ? closest : ground;
          which = std::min(which, distance_to(mark, i));
        }
        const float d = std::hypot(closest, 0.6F * to_object[i]) / radius;
        const float relative =
            (to_ground[i] - to_object[i]) / (to_ground[i] + to_object[i] + 1e-3F);
        near[i] = std::clamp(1.0F - d * d, -1.5F, 1.0F) + 0.7F * relative;
        if (ground < closest) near[i] -= 0.5F;
        inside[i] = std::exp(-3.0F * d * d);
        outside[i] = d > 1.6F || relative < -0.5F || certain_[i] < 0 ? 1.0F : 0.0F;
      }
      cuts_around(near, inside, outside);
    }
  }

  /// The mask before, changed around the new mark only.
  void local_cuts() {
    const Mark& mark = question_.marks.back();
    const float sign = mark.on_object ? 1.0F : -1.0F;
    const auto to_mark = geodesic_distance(scene_.graph, mark.regions);
    const auto& opposite = mark.on_object ? ground_seeds_ : object_seeds_;
    const auto to_opposite = opposite.empty() ? std::vector<float>(count_, 1e9F)
                                              : geodesic_distance(scene_.graph, opposite);
    for (const float radius : kRadii) {
      std::vector<float> near(count_);
      std::vector<float> inside(count_);
      std::vector<float> outside(count_);
      for (std::size_t i = 0; i < count_; ++i) {
        const float d = std::hypot(distance_to(mark, i), 0.6F * to_mark[i]) / radius;
        const bool was = (*question_.before)[i] != 0;
        const float prior = was ? 1.0F : -1.0F;
        const float local = std::exp(-d * d);
        float pull = std::clamp(1.0F - d * d, -1.0F, 1.0F);
        if (to_opposite[i] < to_mark[i]) pull = std::min(pull, 0.0F) - 0.5F;
        near[i] = local * sign * pull + (1.0F - local) * prior * 1.5F;
        const float sample = std::exp(-3.0F * d * d);
        (mark.on_object ? inside : outside)[i] = sample;
        const bool elsewhere = was != mark.on_object && d > 0.8F;
        (mark.on_object ? outside : inside)[i] = elsewhere ? std::exp(-0.15F * d * d) : 0.0F;
      }
      cuts_around(near, inside, outside);
    }
  }

  void cuts_around(const std::vector<float>& near, const std::vector<float>& inside,
                   const std::vector<float>& outside) {
    const auto ratio = scene_.looks.log_ratio(inside, outside);
    for (const float colour : kColourWeights) {
      std::vector<float> odds(count_);
      for (std::size_t i = 0; i < count_; ++i) odds[i] = near[i] + colour * ratio[i];
      for (const float smoothness : kSmoothness) keep(cut(odds, smoothness));
    }
  }

  /// Every region of the merge tree around the new mark, added to the mask before or taken off.
  void tree_regions() {
    const Mark& mark = question_.marks.back();
    const auto& graph = scene_.graph;
    const float most = 0.8F * scene_.side * scene_.side;
    for (int node = mark.regions.front(); node >= 0;
         node = graph.tree[static_cast<std::size_t>(node)].parent) {
      const TreeNode& here = graph.tree[static_cast<std::size_t>(node)];
      if (here.area > most) break;
      if (here.area < 6.0F * scene_.step * scene_.step) continue;
      Labels labels = question_.before == nullptr ? Labels(count_, 0) : Labels(*question_.before);
      bool contradicted = false;
      for (int i = here.first; i < here.last; ++i) {
        const int region = graph.order[static_cast<std::size_t>(i)];
        const int known = at(certain_, region);
        contradicted = contradicted || (known != 0 && (known > 0) != mark.on_object);
        labels[static_cast<std::size_t>(region)] = mark.on_object ? 1 : 0;
      }
      if (contradicted) break;
      keep(std::move(labels));
    }
  }

  const Scene& scene_;
  const Question& question_;
  std::size_t count_;
  std::vector<int> object_seeds_;
  std::vector<int> ground_seeds_;
  std::vector<int> kept_seeds_;  ///< with which a region has to hang together
  std::vector<int> certain_;     ///< 1 object, -1 background, 0 unknown
  std::vector<float> weights_;   ///< of each border
  std::vector<Labels> found_;
};

}  // namespace

std::vector<Labels> propose(const Scene& scene, const Question& question) {
  return Proposing(scene, question).all();
}

}  // namespace latent::mask
