// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/region_tree.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <unordered_map>

namespace latent::mask {

namespace {

struct Shared {
  float length = 0.0F;
  float contrast = 0.0F;  ///< times length
};

struct Cluster {
  float area = 0.0F;
  std::array<float, 5> look{};
  std::unordered_map<int, Shared> touches;
  bool alive = true;
};

struct Offer {
  float cost;
  int a;
  int b;
  friend bool operator<(const Offer& one, const Offer& two) {
    if (one.cost != two.cost) return one.cost > two.cost;
    return one.a != two.a ? one.a > two.a : one.b > two.b;
  }
};

class Merging {
 public:
  explicit Merging(RegionGraph& graph) : graph_(graph) {
    const std::size_t count = graph.regions.size();
    clusters_.reserve(2 * count);
    for (const Region& region : graph.regions) {
      total_area_ += region.area;
      clusters_.push_back({region.area, region.look, {}, true});
      graph_.tree.push_back({-1, 0, 0, region.area});
    }
    for (const Border& border : graph.borders) {
      const Shared shared{border.length, border.contrast * border.length};
      cluster(border.a).touches.emplace(border.b, shared);
      cluster(border.b).touches.emplace(border.a, shared);
    }
    for (const Border& border : graph.borders) offer(border.a, border.b);
  }

  void run() {
    while (!offers_.empty()) {
      const Offer next = offers_.top();
      offers_.pop();
      if (cluster(next.a).alive && cluster(next.b).alive) {
        highest_ = std::max(highest_, next.cost);
        merge(next.a, next.b);
      }
    }
    int last = -1;
    for (int i = 0; i < static_cast<int>(clusters_.size()); ++i) {
      if (!cluster(i).alive) continue;
      if (last >= 0) {
        merge(last, i);
        last = static_cast<int>(clusters_.size()) - 1;
        i = last;
      } else {
        last = i;
      }
    }
  }

  /// The cost at which each node was made.
  [[nodiscard]] const std::vector<float>& heights() const { return heights_; }

 private:
  Cluster& cluster(int index) { return clusters_[static_cast<std::size_t>(index)]; }

  [[nodiscard]] float cost(int a, int b, const Shared& shared) {
    const Cluster& one = cluster(a);
    const Cluster& two = cluster(b);
    const float smaller = std::min(one.area, two.area) / total_area_;
    const float apart = look_distance(one.look, two.look);
    return (shared.contrast / shared.length + apart) * std::pow(smaller, 0.25F);
  }

  void offer(int a, int b) {
    offers_.push({cost(a, b, cluster(a).touches.at(b)), std::min(a, b), std::max(a, b)});
  }

  void merge(int a, int b) {
    const int made = static_cast<int>(clusters_.size());
    Cluster joined;
    joined.area = cluster(a).area + cluster(b).area;
    const float share = cluster(a).area / joined.area;
    for (std::size_t c = 0; c < joined.look.size(); ++c) {
      joined.look[c] = share * cluster(a).look[c] + (1.0F - share) * cluster(b).look[c];
    }
    const bool a_has_more = cluster(a).touches.size() >= cluster(b).touches.size();
    joined.touches = std::move(cluster(a_has_more ? a : b).touches);
    for (const auto& [other, shared] : cluster(a_has_more ? b : a).touches) {
      Shared& sum = joined.touches[other];
      sum.length += shared.length;
      sum.contrast += shared.contrast;
    }
    joined.touches.erase(a);
    joined.touches.erase(b);
    cluster(a).alive = cluster(b).alive = false;
    graph_.tree[static_cast<std::size_t>(a)].parent = made;
    graph_.tree[static_cast<std::size_t>(b)].parent = made;
    graph_.tree.push_back({-1, 0, 0, joined.area});
    heights_.resize(static_cast<std::size_t>(made) + 1, 0.0F);
    heights_.back() = highest_;
    clusters_.push_back(std::move(joined));
    std::vector<int> others;
    for (const auto& [other, shared] : cluster(made).touches) others.push_back(other);
    std::ranges::sort(others);
    for (const int other : others) {
      Cluster& neighbour = cluster(other);
      neighbour.touches.erase(a);
      neighbour.touches.erase(b);
      neighbour.touches[made] = cluster(made).touches.at(other);
      offer(made, other);
    }
  }

  RegionGraph& graph_;
  std::vector<Cluster> clusters_;
  std::vector<float> heights_;
  std::priority_queue<Offer> offers_;
  float total_area_ = 0.0F;
  float highest_ = 0.0F;
};

/// Lays the superpixels out so that those of every node are one stretch.
void lay_out(RegionGraph& graph) {
  const int leaves = static_cast<int>(graph.regions.size());
  const int count = static_cast<int>(graph.tree.size());
  std::vector<int> sizes(static_cast<std::size_t>(count), 0);
  for (int i = 0; i < count; ++i) {  // children come before their parents
    const auto at = static_cast<std::size_t>(i);
    if (i < leaves) sizes[at] = 1;
    const int parent = graph.tree[at].parent;
    if (parent >= 0) sizes[static_cast<std::size_t>(parent)] += sizes[at];
  }
  std::vector<int> next(static_cast<std::size_t>(count), 0);
  for (int i = count - 1; i >= 0; --i) {
    const auto at = static_cast<std::size_t>(i);
    const int parent = graph.tree[at].parent;
    graph.tree[at].first = parent < 0 ? 0 : next[static_cast<std::size_t>(parent)];
    if (parent >= 0) next[static_cast<std::size_t>(parent)] += sizes[at];
    graph.tree[at].last = graph.tree[at].first + sizes[at];
    next[at] = graph.tree[at].first;
  }
  graph.order.assign(static_cast<std::size_t>(leaves), 0);
  for (int i = 0; i < leaves; ++i) {
    graph.order[static_cast<std::size_t>(graph.tree[static_cast<std::size_t>(i)].first)] = i;
  }
}

}  // namespace

std::vector<float> merge_regions(RegionGraph& graph) {
  Merging merging(graph);
  merging.run();
  lay_out(graph);
  const auto& heights = merging.heights();
  std::vector<float> costs;
  costs.reserve(graph.borders.size());
  for (const Border& border : graph.borders) {
    int a = border.a;
    int b = border.b;
    while (a != b) {  // a parent has a greater index than its children
      int& lower = a < b ? a : b;
      lower = graph.tree[static_cast<std::size_t>(lower)].parent;
    }
    costs.push_back(heights[static_cast<std::size_t>(a)]);
  }
  return costs;
}

}  // namespace latent::mask
