// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace latent::mask {

/// The cheapest cut between two terminals in a graph of nodes with two costs each and of edges with
/// a cost in either direction.
///
/// add_terminal(i, s, t): s is paid where node i ends on the sink's side, t where on the source's.
/// Costs are not negative; infinity is a large number.
///
/// Threads  one call at a time.
/// Source   Boykov and Kolmogorov, "An Experimental Comparison of Min-Cut/Max-Flow Algorithms for
///          Energy Minimization in Vision", PAMI 2004: two search trees that are kept from one
///          path to the next.
class MaxFlow {
 public:
  explicit MaxFlow(int nodes, int expected_edges = 0);

  void add_terminal(int node, float to_source, float to_sink);
  void add_edge(int a, int b, float a_to_b, float b_to_a);

  /// Once only, after which on_source_side() may be asked. Gives the cost of the cut.
  double run();
  [[nodiscard]] bool on_source_side(int node) const {
    return nodes_[static_cast<std::size_t>(node)].tree == Tree::Source;
  }

 private:
  enum class Tree : std::uint8_t { Free, Source, Sink };
  struct Node {
    int first_arc = -1;
    int parent = kNone;  ///< an arc to the parent, or one of the marks below
    float rest = 0.0F;   ///< capacity left: from the source if positive, to the sink if negative
    int distance = 0;    ///< to the terminal, as known at `time`
    int time = 0;
    Tree tree = Tree::Free;
    bool active = false;
  };
  struct Arc {
    int head;
    int next;
    float rest;
  };
  static constexpr int kNone = -1;
  static constexpr int kTerminal = -2;
  static constexpr int kOrphan = -3;

  void activate(int node);
  /// Grows the trees until they meet; gives the arc from the source's tree to the sink's, or kNone.
  int grow();
  void augment(int meeting);
  void adopt();
  void adopt_one(int node);
  /// The distance of `node` to its terminal, or -1 where its path ends at an orphan.
  int origin_distance(int node);
  void make_orphan(int node);
  [[nodiscard]] Arc& arc(int index) { return arcs_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] Node& node(int index) { return nodes_[static_cast<std::size_t>(index)]; }

  std::vector<Node> nodes_;
  std::vector<Arc> arcs_;
  std::vector<int> active_;
  std::size_t next_active_ = 0;
  std::vector<int> orphans_;
  double flow_ = 0.0;
  int time_ = 0;
};

}  // namespace latent::mask
