// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/selector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "mask/marks.h"
#include "mask/pixel_cut.h"
#include "mask/proposal_score.h"
#include "mask/proposals.h"
#include "mask/region_sets.h"
#include "mask/superpixels.h"
#include "mask/working_picture.h"

namespace latent::mask {

namespace {

constexpr int kLongestSide = 1536;
constexpr int kPieces = 2000;
constexpr float kVoteSharpness = 0.75F;
constexpr float kBoxWeight = 1.5F;

/// The smallest rectangle around a set beside the box that was drawn: their IoU.
float box_fit(const Scene& scene, const Labels& labels, const Labels& outside) {
  std::array<float, 4> set{1e9F, 1e9F, -1e9F, -1e9F};
  std::array<float, 4> box = set;
  const auto grow = [](std::array<float, 4>& area, const Region& region) {
    area[0] = std::min(area[0], region.x);
    area[1] = std::min(area[1], region.y);
    area[2] = std::max(area[2], region.x);
    area[3] = std::max(area[3], region.y);
  };
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != 0) grow(set, scene.graph.regions[i]);
    if (outside[i] == 0) grow(box, scene.graph.regions[i]);
  }
  const float one = std::max(0.0F, set[2] - set[0]) * std::max(0.0F, set[3] - set[1]);
  const float two = std::max(1.0F, (box[2] - box[0]) * (box[3] - box[1]));
  return std::clamp(one / two, 0.0F, 1.0F);  // the set lies in the box
}

/// What the proposals agree on, the better ones counting more.
Labels vote(const Scene& scene, const Question& question, std::span<const Labels> proposals) {
  const auto facts = proposal_facts(scene, question, proposals);
  const bool by_box = question.barred != nullptr && question.before == nullptr;
  std::vector<float> scores;
  float best = -1e9F;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    scores.push_back(proposal_score(facts[i], question.before == nullptr));
    if (by_box) scores.back() += kBoxWeight * box_fit(scene, proposals[i], *question.barred);
    best = std::max(best, scores.back());
  }
  std::vector<float> votes(scene.graph.regions.size(), 0.0F);
  float total = 0.0F;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    const float weight = std::exp((scores[i] - best) * kVoteSharpness);
    total += weight;
    for (std::size_t k = 0; k < votes.size(); ++k) {
      if (proposals[i][k] != 0) votes[k] += weight;
    }
  }
  Labels labels(votes.size());
  for (std::size_t k = 0; k < votes.size(); ++k) labels[k] = votes[k] > 0.5F * total ? 1 : 0;
  return labels;
}

}  // namespace

struct Encoded::State {
  Size full;
  WorkingPicture picture;
  Superpixels pieces;
  Scene scene;
};

Encoded::Encoded(std::unique_ptr<State> state) : state_(std::move(state)) {}
Encoded::~Encoded() = default;
Size Encoded::full_size() const { return state_->full; }
Size Encoded::size() const { return state_->scene.size; }

Result<std::shared_ptr<const Encoded>> Encoded::create(ImageView<const std::uint8_t> picture,
                                                       const RunControl& control) {
  auto state = std::make_unique<State>();
  state->full = picture.size();
  LATENT_TRY(state->picture, working_picture(picture, kLongestSide));
  LATENT_CHECK(control.check());
  LATENT_TRY(state->pieces, superpixels(state->picture.lab.view(), kPieces, control));
  LATENT_TRY(state->scene.graph, region_graph(state->picture, state->pieces));
  LATENT_CHECK(control.check());
  Scene& scene = state->scene;
  scene.looks = Looks(scene.graph);
  scene.size = state->picture.lab.size();
  scene.side = std::sqrt(static_cast<float>(scene.size.area()));
  scene.step = scene.side / std::sqrt(static_cast<float>(state->pieces.count));
  return std::shared_ptr<const Encoded>(new Encoded(std::move(state)));
}

struct Selector::State {
  std::shared_ptr<const Encoded> encoded;
  std::vector<Prompt> prompts;  ///< answered so far
  std::vector<Mark> marks;
  std::vector<Labels> answers;  ///< after each
  Labels start;                 ///< of the mask before; empty without one
  bool has_start = false;
  std::optional<Labels> barred;

  [[nodiscard]] const Labels* last() const {
    if (!answers.empty()) return &answers.back();
    return has_start ? &start : nullptr;
  }

  void forget_after(std::size_t count) {
    prompts.resize(count);
    marks.resize(count);
    answers.resize(count);
    barred.reset();
    for (const Prompt& prompt : prompts) note_box(prompt);
  }

  void note_box(const Prompt& prompt) {
    if (prompt.kind == PromptKind::Box) barred = outside_box(prompt, encoded->state_->scene);
  }

  void answer(const Prompt& prompt) {
    const Scene& scene = encoded->state_->scene;
    const Labels* before = last();
    note_box(prompt);
    prompts.push_back(prompt);
    marks.push_back(mark_of(prompt, scene, encoded->state_->pieces));
    const bool any_on_object =
        before != nullptr ||
        std::ranges::any_of(marks, [](const Mark& mark) { return mark.on_object; });
    if (!any_on_object) {  // nothing to take away from yet
      answers.emplace_back(scene.graph.regions.size(), 0);
      return;
    }
    // A brush that takes away says exactly what; it is painted, and the rest stays.
    if (before != nullptr && prompt.kind == PromptKind::Stroke && !prompt.on_object) {
      Labels kept = *before;
      answers.push_back(std::move(kept));
      return;
    }
    const bool is_empty =
        before != nullptr && std::ranges::all_of(*before, [](auto label) { return label == 0; });
    const bool from_start = has_start && !is_empty;
    const Question question{marks, is_empty ? nullptr : before, from_start ? &start : nullptr,
                            barred ? &*barred : nullptr};
    Labels labels = vote(scene, question, propose(scene, question));
    for (const Mark& mark : marks) {
      if (!mark.certain) continue;
      for (const int region : mark.regions) {
        labels[static_cast<std::size_t>(region)] = mark.on_object ? 1 : 0;
      }
    }
    answers.push_back(std::move(labels));
  }
};

Selector::Selector(std::shared_ptr<const Encoded> encoded) : state_(std::make_unique<State>()) {
  state_->encoded = std::move(encoded);
}
Selector::~Selector() = default;
Selector::Selector(Selector&&) noexcept = default;
Selector& Selector::operator=(Selector&&) noexcept = default;

namespace {

/// The share of each region that a mask of any size covers, as a label.
Labels labels_of(const Image<float>& mask, const Superpixels& pieces) {
  const Size size = pieces.labels.size();
  std::vector<float> sums(static_cast<std::size_t>(pieces.count), 0.0F);
  std::vector<float> areas(sums.size(), 0.0F);
  for (int y = 0; y < size.height; ++y) {
    const int my = static_cast<int>(std::int64_t{y} * mask.height() / size.height);
    for (int x = 0; x < size.width; ++x) {
      const int mx = static_cast<int>(std::int64_t{x} * mask.width() / size.width);
      const auto region = static_cast<std::size_t>(pieces.labels.view().at(x, y));
      sums[region] += mask.view().at(mx, my);
      areas[region] += 1.0F;
    }
  }
  Labels labels(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) labels[i] = 2.0F * sums[i] > areas[i] ? 1 : 0;
  return labels;
}

}  // namespace

Result<Image<std::uint8_t>> Selector::select(std::span<const Prompt> prompts,
                                             const Image<float>* previous,
                                             const RunControl& control) {
  const Encoded::State& encoded = *state_->encoded->state_;
  Labels start;
  if (previous != nullptr) start = labels_of(*previous, encoded.pieces);
  LATENT_CHECK(check_answerable(prompts, previous != nullptr));
  if ((previous != nullptr) != state_->has_start || start != state_->start) {
    state_->forget_after(0);
    state_->start = std::move(start);
    state_->has_start = previous != nullptr;
  }
  std::size_t same = 0;
  while (same < std::min(prompts.size(), state_->prompts.size()) &&
         prompts[same] == state_->prompts[same]) {
    ++same;
  }
  state_->forget_after(same);
  for (std::size_t i = same; i < prompts.size(); ++i) {
    LATENT_CHECK(control.check());
    LATENT_CHECK(check_prompt(prompts[i]));
    state_->answer(prompts[i]);
  }
  const Labels* labels = state_->last();
  LATENT_ENSURE(labels != nullptr);
  LATENT_TRY(Image<std::uint8_t> mask,
             pixel_cut(encoded.picture, encoded.pieces, encoded.scene, *labels));
  for (const Prompt& prompt : prompts) paint(prompt, mask.view());
  return mask;
}

}  // namespace latent::mask
