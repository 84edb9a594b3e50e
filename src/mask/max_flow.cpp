// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/max_flow.h"

#include <algorithm>
#include <limits>

namespace latent::mask {

MaxFlow::MaxFlow(int nodes, int expected_edges) : nodes_(static_cast<std::size_t>(nodes)) {
  arcs_.reserve(static_cast<std::size_t>(expected_edges) * 2);
}

void MaxFlow::add_terminal(int index, float to_source, float to_sink) {
  Node& n = node(index);
  if (n.rest > 0.0F) {
    to_source += n.rest;
  } else {
    to_sink -= n.rest;
  }
  flow_ += std::min(to_source, to_sink);
  n.rest = to_source - to_sink;
}

void MaxFlow::add_edge(int a, int b, float a_to_b, float b_to_a) {
  const int index = static_cast<int>(arcs_.size());
  arcs_.push_back({b, node(a).first_arc, a_to_b});
  arcs_.push_back({a, node(b).first_arc, b_to_a});
  node(a).first_arc = index;
  node(b).first_arc = index + 1;
}

void MaxFlow::activate(int index) {
  if (node(index).active) return;
  node(index).active = true;
  active_.push_back(index);
}

double MaxFlow::run() {
  for (int i = 0; i < static_cast<int>(nodes_.size()); ++i) {
    Node& n = node(i);
    if (n.rest == 0.0F) continue;
    n.tree = n.rest > 0.0F ? Tree::Source : Tree::Sink;
    n.parent = kTerminal;
    n.distance = 1;
    activate(i);
  }
  while (true) {
    const int meeting = grow();
    if (meeting == kNone) break;
    ++time_;
    augment(meeting);
    adopt();
  }
  return flow_;
}

int MaxFlow::grow() {
  while (next_active_ < active_.size()) {
    const int index = active_[next_active_];
    Node& n = node(index);
    if (n.tree != Tree::Free) {
      for (int a = n.first_arc; a != kNone; a = arc(a).next) {
        const bool open = n.tree == Tree::Source ? arc(a).rest > 0.0F : arc(a ^ 1).rest > 0.0F;
        if (!open) continue;
        Node& other = node(arc(a).head);
        if (other.tree == Tree::Free) {
          other.tree = n.tree;
          other.parent = a ^ 1;
          other.time = n.time;
          other.distance = n.distance + 1;
          activate(arc(a).head);
        } else if (other.tree != n.tree) {
          return n.tree == Tree::Source ? a : a ^ 1;  // `index` stays active
        } else if (other.time <= n.time && other.distance > n.distance + 1) {
          other.parent = a ^ 1;  // a shorter way to the terminal
          other.time = n.time;
          other.distance = n.distance + 1;
        }
      }
    }
    n.active = false;
    ++next_active_;
    if (next_active_ > 4096 && next_active_ * 2 > active_.size()) {
      active_.erase(active_.begin(), active_.begin() + static_cast<std::ptrdiff_t>(next_active_));
      next_active_ = 0;
    }
  }
  return kNone;
}

void MaxFlow::augment(int meeting) {
  float most = arc(meeting).rest;
  const int source_end = arc(meeting ^ 1).head;
  const int sink_end = arc(meeting).head;
  for (int i = source_end;;) {
    const int parent = node(i).parent;
    if (parent == kTerminal) {
      most = std::min(most, node(i).rest);
      break;
    }
    most = std::min(most, arc(parent ^ 1).rest);
    i = arc(parent).head;
  }
  for (int i = sink_end;;) {
    const int parent = node(i).parent;
    if (parent == kTerminal) {
      most = std::min(most, -node(i).rest);
      break;
    }
    most = std::min(most, arc(parent).rest);
    i = arc(parent).head;
  }
  arc(meeting).rest -= most;
  arc(meeting ^ 1).rest += most;
  for (int i = source_end;;) {
    const int parent = node(i).parent;
    if (parent == kTerminal) {
      node(i).rest -= most;
      if (node(i).rest <= 0.0F) make_orphan(i);
      break;
    }
    arc(parent).rest += most;
    arc(parent ^ 1).rest -= most;
    if (arc(parent ^ 1).rest <= 0.0F) make_orphan(i);
    i = arc(parent).head;
  }
  for (int i = sink_end;;) {
    const int parent = node(i).parent;
    if (parent == kTerminal) {
      node(i).rest += most;
      if (node(i).rest >= 0.0F) make_orphan(i);
      break;
    }
    arc(parent ^ 1).rest += most;
    arc(parent).rest -= most;
    if (arc(parent).rest <= 0.0F) make_orphan(i);
    i = arc(parent).head;
  }
  flow_ += most;
}

void MaxFlow::make_orphan(int index) {
  node(index).parent = kOrphan;
  orphans_.push_back(index);
}

void MaxFlow::adopt() {
  while (!orphans_.empty()) {
    const int index = orphans_.back();
    orphans_.pop_back();
    adopt_one(index);
  }
}

int MaxFlow::origin_distance(int index) {
  int steps = 0;
  int i = index;
  while (true) {
    Node& n = node(i);
    if (n.time == time_) {
      steps += n.distance;
      break;
    }
    ++steps;
    if (n.parent == kTerminal) {
      n.time = time_;
      n.distance = 1;
      break;
    }
    if (n.parent == kOrphan || n.parent == kNone) return -1;
    i = arc(n.parent).head;
  }
  int distance = steps;  // marks the way, so that the next asks stop early
  for (i = index; node(i).time != time_; i = arc(node(i).parent).head) {
    node(i).time = time_;
    node(i).distance = distance--;
  }
  return steps;
}

void MaxFlow::adopt_one(int index) {
  Node& n = node(index);
  int best_arc = kNone;
  int best_distance = std::numeric_limits<int>::max();
  for (int a = n.first_arc; a != kNone; a = arc(a).next) {
    const bool open = n.tree == Tree::Source ? arc(a ^ 1).rest > 0.0F : arc(a).rest > 0.0F;
    if (!open || node(arc(a).head).tree != n.tree) continue;
    const int distance = origin_distance(arc(a).head);
    if (distance < 0 || distance >= best_distance) continue;
    best_arc = a;
    best_distance = distance;
  }
  if (best_arc != kNone) {
    n.parent = best_arc;
    n.time = time_;
    n.distance = best_distance + 1;
    return;
  }
  for (int a = n.first_arc; a != kNone; a = arc(a).next) {
    const int head = arc(a).head;
    Node& other = node(head);
    if (other.tree != n.tree) continue;
    const bool open = n.tree == Tree::Source ? arc(a ^ 1).rest > 0.0F : arc(a).rest > 0.0F;
    if (open) activate(head);
    if (other.parent >= 0 && arc(other.parent).head == index) make_orphan(head);
  }
  n.tree = Tree::Free;
  n.parent = kNone;
  n.distance = 0;
}

}  // namespace latent::mask
