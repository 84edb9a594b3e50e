// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/mask_edit.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace latent::app {

using mask::Prompt;
using mask::PromptKind;

namespace {

auto fields(const mask::MaskSettings& of) {
  return std::tie(of.refine.how, of.refine.hair_band, of.second_prompts, of.small_objects,
                  of.objects, of.threshold, of.cleanup, of.smoothing, of.feather);
}

bool same_dust(const DustSpot& a, const DustSpot& b) {
  return a.erase == b.erase && a.spot.x == b.spot.x && a.spot.y == b.spot.y &&
         a.spot.radius == b.spot.radius && a.spot.depth == b.spot.depth;
}

}  // namespace

bool MaskState::says_something() const { return way == MaskWay::Depth || !prompts.objects.empty(); }

bool operator==(const MaskState& a, const MaskState& b) {
  return a.way == b.way && a.prompts == b.prompts && a.object == b.object && a.depth == b.depth &&
         fields(a.settings) == fields(b.settings) && a.dust_in == b.dust_in &&
         std::ranges::equal(a.dust, b.dust, same_dust);
}

fill::SpotList dust_to_erase(const MaskState& state) {
  fill::SpotList list{state.dust_in, {}};
  for (const DustSpot& one : state.dust) {
    if (one.erase) list.spots.push_back(one.spot);
  }
  return list;
}

Status MaskEdit::add(Prompt prompt) {
  LATENT_CHECK(mask::check_prompt(prompt));
  MaskState next = now();
  if (next.way == MaskWay::Painted && prompt.kind != PromptKind::Stroke) {
    return fail(ErrorCode::Usage, "a painted mask takes strokes of the brush only");
  }
  const bool fresh = next.object >= next.prompts.objects.size();
  if (fresh && !prompt.on_object) {
    return fail(ErrorCode::Usage,
                next.way == MaskWay::Painted
                    ? "nothing is painted yet that could be taken away"
                    : "click on the object first; then say what does not belong to it");
  }
  if (fresh && next.prompts.objects.size() >= mask::kMostObjects) {
    return fail(ErrorCode::Usage,
                "a mask holds at most " + std::to_string(mask::kMostObjects) + " objects");
  }
  if (fresh) {
    next.object = next.prompts.objects.size();
    next.prompts.objects.emplace_back();
  }
  auto& prompts = next.prompts.objects[next.object].prompts;
  if (prompts.size() >= mask::kMostPrompts) {
    return fail(ErrorCode::Usage,
                "an object holds at most " + std::to_string(mask::kMostPrompts) + " prompts");
  }
  prompts.push_back(std::move(prompt));
  history_.change(std::move(next), {});
  return {};
}

void MaskEdit::begin_object() {
  MaskState next = now();
  next.object = next.prompts.objects.size();
  history_.change(std::move(next), "object");
}

void MaskEdit::choose_object(std::size_t object) {
  MaskState next = now();
  next.object = std::min(object, next.prompts.objects.size());
  history_.change(std::move(next), "object");
}

void MaskEdit::remove_object(std::size_t object) {
  MaskState next = now();
  if (object >= next.prompts.objects.size()) return;
  next.prompts.objects.erase(next.prompts.objects.begin() + static_cast<std::ptrdiff_t>(object));
  next.object = next.prompts.objects.empty() ? 0 : next.prompts.objects.size() - 1;
  history_.change(std::move(next), {});
}

void MaskEdit::clear() {
  MaskState next = now();
  next.prompts.objects.clear();
  next.object = 0;
  next.dust.clear();
  history_.change(std::move(next), {});
}

void MaskEdit::set_dust(const std::vector<fill::Spot>& spots, Size photograph) {
  MaskState next = now();
  next.dust.clear();
  for (const fill::Spot& spot : spots) next.dust.push_back({spot, true});
  next.dust_in = photograph;
  history_.change(std::move(next), {});
}

void MaskEdit::tick_dust(std::size_t spot, bool erase) {
  MaskState next = now();
  if (spot >= next.dust.size()) return;
  next.dust[spot].erase = erase;
  history_.change(std::move(next), {});
}

void MaskEdit::tick_all_dust(bool erase) {
  MaskState next = now();
  for (DustSpot& one : next.dust) one.erase = erase;
  history_.change(std::move(next), {});
}

void MaskEdit::set_way(MaskWay way) {
  MaskState next = now();
  if (next.way == way) return;
  // What a click means is not what a painted stroke means: prompts of one way are not the other's.
  if (way != MaskWay::Depth && next.way != MaskWay::Depth) {
    next.prompts.objects.clear();
    next.object = 0;
  }
  next.way = way;
  history_.change(std::move(next), {});
}

void MaskEdit::set_settings(const mask::MaskSettings& settings, const std::string& what) {
  MaskState next = now();
  next.settings = settings;
  history_.change(std::move(next), what);
}

void MaskEdit::set_depth(const DepthRange& depth, const std::string& what) {
  MaskState next = now();
  next.depth = depth;
  history_.change(std::move(next), what);
}

}  // namespace latent::app
