// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/max_flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace latent::mask {
namespace {

struct Edge {
  int a;
  int b;
  float forth;
  float back;
};

struct Graph {
  std::vector<float> to_source;
  std::vector<float> to_sink;
  std::vector<Edge> edges;

  [[nodiscard]] double cost(unsigned sides) const {
    double sum = 0;
    for (std::size_t i = 0; i < to_source.size(); ++i) {
      sum += ((sides >> i) & 1U) != 0 ? to_sink[i] : to_source[i];
    }
    for (const Edge& edge : edges) {
      const bool a = ((sides >> static_cast<unsigned>(edge.a)) & 1U) != 0;
      const bool b = ((sides >> static_cast<unsigned>(edge.b)) & 1U) != 0;
      if (a && !b) sum += edge.forth;
      if (b && !a) sum += edge.back;
    }
    return sum;
  }
};

Graph random_graph(std::mt19937& random, int nodes, int edges) {
  std::uniform_int_distribution<int> whole(0, 12);
  std::uniform_int_distribution<int> node(0, nodes - 1);
  Graph graph;
  for (int i = 0; i < nodes; ++i) {
    graph.to_source.push_back(static_cast<float>(whole(random)));
    graph.to_sink.push_back(static_cast<float>(whole(random)));
  }
  for (int i = 0; i < edges; ++i) {
    const int a = node(random);
    const int b = (a + 1 + node(random) % (nodes - 1)) % nodes;
    graph.edges.push_back(
        {a, b, static_cast<float>(whole(random)), static_cast<float>(whole(random))});
  }
  return graph;
}

TEST(MaxFlow, FindsTheCheapestOfAllCuts) {
  std::mt19937 random(5);
  constexpr int kNodes = 10;
  for (int round = 0; round < 300; ++round) {
    const Graph graph = random_graph(random, kNodes, 4 + round % 30);
    double least = 1e9;
    for (unsigned sides = 0; sides < (1U << kNodes); ++sides) {
      least = std::min(least, graph.cost(sides));
    }
    MaxFlow flow(kNodes);
    for (int i = 0; i < kNodes; ++i) {
      const auto at = static_cast<std::size_t>(i);
      flow.add_terminal(i, graph.to_source[at], graph.to_sink[at]);
    }
    for (const Edge& edge : graph.edges) flow.add_edge(edge.a, edge.b, edge.forth, edge.back);
    const double found = flow.run();
    unsigned sides = 0;
    for (int i = 0; i < kNodes; ++i) {
      if (flow.on_source_side(i)) sides |= 1U << static_cast<unsigned>(i);
    }
    ASSERT_DOUBLE_EQ(found, least) << "round " << round;
    ASSERT_DOUBLE_EQ(graph.cost(sides), least) << "round " << round;
  }
}

TEST(MaxFlow, LeavesANodeWithoutTiesOnTheSinksSide) {
  MaxFlow flow(2);
  flow.add_terminal(0, 3.0F, 0.0F);
  EXPECT_DOUBLE_EQ(flow.run(), 0.0);
  EXPECT_TRUE(flow.on_source_side(0));
  EXPECT_FALSE(flow.on_source_side(1));
}

}  // namespace
}  // namespace latent::mask
