// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/net_finder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "mask/darktable_mask.h"
#include "mask/decoder.h"
#include "mask/marks.h"
#include "mask/net_picture.h"
#include "mask/resampled.h"
#include "mask/working_picture.h"

namespace latent::mask {

namespace {

constexpr int kLongestSide = 1536;     ///< of the masks; darktable's render has it, too
constexpr std::size_t kKeptMasks = 8;  ///< of an object: more steps back are asked anew

/// One prompt that was answered.
struct Step {
  Prompt prompt;
  NetAnswer answer;
};

struct Object {
  std::vector<Step> steps;
  Image<float> start;     ///< the mask before the first prompt, as the network takes it
  Image<float> previous;  ///< the same as it was given
};

bool same(const Image<float>* one, const Image<float>& other) {
  if (one == nullptr) return other.empty();
  if (one->size() != other.size()) return false;
  for (int y = 0; y < other.height(); ++y) {
    if (!std::ranges::equal(one->view().row(y), other.view().row(y))) return false;
  }
  return true;
}

Result<NetAnswer> copy_of(const NetAnswer& answer) {
  NetAnswer copy{{}, answer.cut, {}, answer.score};
  if (!answer.logits.empty()) {
    LATENT_TRY(copy.logits, answer.logits.clone());
  }
  if (!answer.before.empty()) {
    LATENT_TRY(copy.before, answer.before.clone());
  }
  return copy;
}

/// Outputs of the encoder under the names that the decoder has for them.
Result<std::vector<NetTensor>> matched(const NetModel& model, std::vector<NetTensor> features) {
  std::vector<std::string> wanted;
  for (const std::string& name : model.decoder_inputs) {
    if (!is_of_prompts(name)) wanted.push_back(name);
  }
  if (wanted.size() > features.size()) {
    return fail(ErrorCode::ModelMismatch,
                fmt::format("the model '{}' cannot be used for masks: its decoder wants {} inputs "
                            "of its encoder, which gives {}",
                            model.contract.id, wanted.size(), features.size()));
  }
  std::vector<NetTensor> found;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto at = std::ranges::find(features, wanted[i], &NetTensor::name);
    if (at == features.end()) {
      at = std::ranges::find_if(features, [&](const NetTensor& feature) {
        return wanted[i].find(feature.name) != std::string::npos ||
               feature.name.find(wanted[i]) != std::string::npos;
      });
    }
    if (at == features.end())
      at = features.begin() + static_cast<std::ptrdiff_t>(std::min(i, features.size() - 1));
    NetTensor tensor = *at;
    tensor.name = wanted[i];
    found.push_back(std::move(tensor));
  }
  return found;
}

class NetFinder final : public Finder {
 public:
  NetFinder(std::shared_ptr<const NetModel> model, NetFrame frame, Size size,
            std::vector<NetTensor> features, Image<std::uint8_t> guide)
      : model_(std::move(model)),
        frame_(frame),
        size_(size),
        features_(std::move(features)),
        guide_(std::move(guide)) {}

  Size size() const override { return size_; }

  Result<Image<std::uint8_t>> select(std::size_t number, std::span<const Prompt> prompts,
                                     const Image<float>* previous,
                                     const RunControl& control) override {
    LATENT_CHECK(check_answerable(prompts, previous != nullptr));
    while (objects_.size() <= number) objects_.emplace_back();
    Object& object = objects_[number];
    LATENT_CHECK(begin(object, previous));
    std::size_t kept = 0;
    while (kept < std::min(prompts.size(), object.steps.size()) &&
           prompts[kept] == object.steps[kept].prompt) {
      ++kept;
    }
    object.steps.erase(object.steps.begin() + static_cast<std::ptrdiff_t>(kept),
                       object.steps.end());
    if (!object.steps.empty() && object.steps.back().answer.logits.empty()) object.steps.pop_back();
    while (object.steps.size() < prompts.size()) {
      LATENT_CHECK(control.check());
      LATENT_CHECK(answer(object, prompts.first(object.steps.size() + 1), control));
    }
    return mask_of(object, prompts, control);
  }

 private:
  [[nodiscard]] bool as_darktable() const { return model_->contract.compat != NetCompat::None; }

  Status begin(Object& object, const Image<float>* previous) {
    if (same(previous, object.previous)) return {};
    object = {};
    if (previous == nullptr) return {};
    LATENT_TRY(object.previous, previous->clone());
    LATENT_TRY(object.start, before_of(model_->contract, frame_, previous->view()));
    return {};
  }

  /// The next step: all prompts so far.
  Status answer(Object& object, std::span<const Prompt> prompts, const RunControl& control) {
    Step step;
    step.prompt = prompts.back();
    const Image<float>* before =
        object.steps.empty() ? &object.start : &object.steps.back().answer.before;
    const bool any = any_on_object(prompts) || !object.previous.empty();
    const bool brush = step.prompt.kind == PromptKind::Stroke && !as_darktable();
    if (brush && any && !step.prompt.on_object) {
      // It says exactly what goes, so the network is not asked; it hears of it with what comes next.
      if (!object.steps.empty()) {
        LATENT_TRY(step.answer, copy_of(object.steps.back().answer));
      } else if (!before->empty()) {
        LATENT_TRY(step.answer.before, before->clone());
      }
      LATENT_CHECK(paint_strokes(prompts.last(1), step.answer.before));
    } else if (any) {
      Image<float> painted;
      if (brush && !before->empty()) {
        LATENT_TRY(painted, before->clone());
        LATENT_CHECK(paint_strokes(prompts.last(1), painted));
        before = &painted;
      }
      LATENT_CHECK(ask(prompts, *before, control, step.answer));
    }
    object.steps.push_back(std::move(step));
    if (object.steps.size() > kKeptMasks) {
      object.steps[object.steps.size() - kKeptMasks - 1].answer.logits = {};
    }
    return {};
  }

  Status paint_strokes(std::span<const Prompt> prompts, Image<float>& before) const {
    if (as_darktable()) return {};
    for (const Prompt& prompt : prompts) {
      LATENT_CHECK(paint_before(model_->contract, frame_, prompt, before));
    }
    return {};
  }

  /// Once, or twice as darktable does: what is added for its second pass is forgotten with the next
  /// click.
  Status ask(std::span<const Prompt> prompts, const Image<float>& before, const RunControl& control,
             NetAnswer& answer) const {
    auto points = points_of(model_->contract, frame_, prompts);
    LATENT_TRY(answer, asked(points, before, control));
    if (!as_darktable()) return paint_strokes(prompts, answer.before);
    LATENT_TRY(const auto found, probability_of(answer));
    LATENT_TRY(const auto more, darktable_points(found.view(), prompts, model_->contract, frame_));
    if (more.empty()) return {};
    points.insert(points.end(), more.begin(), more.end());
    LATENT_TRY(answer, asked(points, answer.before, control));
    return {};
  }

  [[nodiscard]] Result<NetAnswer> asked(std::span<const NetPoint> points,
                                        const Image<float>& before,
                                        const RunControl& control) const {
    const NetQuestion question{model_->contract, frame_, features_, points,
                               before.empty() ? nullptr : &before};
    return decode(question, [&](std::vector<NetTensor> inputs) {
      return model_->decode(std::move(inputs), control);
    });
  }

  /// What darktable holds an answer for: SegNext's numbers as they are, logits of the others.
  [[nodiscard]] Result<SoftMask> probability_of(const NetAnswer& answer) const {
    LATENT_TRY(auto mask, at_size(answer));
    const bool plain = model_->contract.meaning == NetMeaning::Probability;
    for (int y = 0; y < size_.height; ++y) {
      for (float& value : mask.view().row(y)) {
        value = plain ? std::clamp(value + 0.5F, 0.0F, 1.0F) : 1.0F / (1.0F + std::exp(-value));
      }
    }
    return mask;
  }

  /// Above 0 in the object.
  [[nodiscard]] Result<Image<float>> decided(const Object& object, std::span<const Prompt> prompts,
                                             const RunControl& control) const {
    const bool answered = !object.steps.empty() && !object.steps.back().answer.logits.empty();
    if (!answered || !as_darktable()) return at_size(object);
    LATENT_TRY(auto probability, probability_of(object.steps.back().answer));
    LATENT_TRY(auto mask, darktable_mask(std::move(probability), prompts, guide_.view(), control));
    for (int y = 0; y < size_.height; ++y) {
      for (float& value : mask.view().row(y)) value -= 0.5F;
    }
    return mask;
  }

  Result<Image<std::uint8_t>> mask_of(const Object& object, std::span<const Prompt> prompts,
                                      const RunControl& control) const {
    LATENT_TRY(auto mask, Image<std::uint8_t>::create(size_));
    LATENT_TRY(const auto logits, decided(object, prompts, control));
    const Prompt* box = nullptr;
    for (const Prompt& prompt : prompts) {
      if (prompt.kind == PromptKind::Box) box = &prompt;
    }
    for (int y = 0; y < size_.height; ++y) {
      for (int x = 0; x < size_.width; ++x) {
        const bool inside = box == nullptr || in_box(*box, x, y);
        mask.view().at(x, y) = inside && logits.view().at(x, y) > 0.0F ? 1 : 0;
      }
    }
    return mask;
  }

  [[nodiscard]] bool in_box(const Prompt& box, int x, int y) const {
    const double px = (x + 0.5) / size_.width;
    const double py = (y + 0.5) / size_.height;
    const Place& one = box.places.front();
    const Place& two = box.places.back();
    return px >= std::min(one.x, two.x) && px <= std::max(one.x, two.x) &&
           py >= std::min(one.y, two.y) && py <= std::max(one.y, two.y);
  }

  /// The last answer at the size of masks; without one the mask before.
  [[nodiscard]] Result<Image<float>> at_size(const Object& object) const {
    if (object.steps.empty() || object.steps.back().answer.logits.empty()) {
      if (object.previous.empty()) {
        LATENT_TRY(auto nothing, Image<float>::create(size_));
        return nothing;
      }
      LATENT_TRY(auto mask, resampled(object.previous.view(), size_));
      for (int y = 0; y < size_.height; ++y) {
        for (float& value : mask.view().row(y)) value -= 0.5F;
      }
      return mask;
    }
    return at_size(object.steps.back().answer);
  }

  [[nodiscard]] Result<Image<float>> at_size(const NetAnswer& answer) const {
    if (answer.cut) return resampled(answer.logits.view(), size_);
    return out_of_square(model_->contract, frame_, answer.logits.view(), size_, guide_.view());
  }

  std::shared_ptr<const NetModel> model_;
  NetFrame frame_;
  Size size_;
  std::vector<NetTensor> features_;
  Image<std::uint8_t> guide_;  ///< of darktable's arithmetic: the photograph at `size_`
  std::vector<Object> objects_;
};

/// The photograph as darktable renders it for the tool.
Result<Image<std::uint8_t>> rendered(ImageView<const std::uint8_t> picture, Size size) {
  LATENT_TRY(const auto small, resampled(picture, size));
  LATENT_TRY(auto result, Image<std::uint8_t>::create(size, 3));
  for (int y = 0; y < size.height; ++y) {
    const auto from = small.view().row(y);
    const auto to = result.view().row(y);
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = static_cast<std::uint8_t>(std::clamp(from[i] + 0.5F, 0.0F, 255.0F));
    }
  }
  return result;
}

}  // namespace

bool is_of_prompts(std::string_view input) {
  constexpr std::array<std::string_view, 6> kOwn{"point_coords", "point_labels",   "mask_input",
                                                 "prev_mask",    "has_mask_input", "orig_im_size"};
  return std::ranges::find(kOwn, input) != kOwn.end();
}

Result<std::unique_ptr<Finder>> net_finder(std::shared_ptr<const NetModel> model,
                                           ImageView<const std::uint8_t> picture,
                                           const RunControl& control) {
  const NetContract& contract = model->contract;
  const Size size = working_size(picture.size(), kLongestSide);
  Image<std::uint8_t> guide;
  ImageView<const std::uint8_t> seen = picture;
  if (contract.compat != NetCompat::None) {
    LATENT_TRY(guide, rendered(picture, size));
    seen = guide.view();
  }
  const NetFrame frame = net_frame(contract, seen.size());
  LATENT_TRY(NetTensor image, net_picture(contract, frame, seen));
  image.name = model->encoder_input;
  LATENT_CHECK(control.check());
  std::vector<NetTensor> inputs;
  inputs.push_back(std::move(image));
  LATENT_TRY(auto outputs, model->encode(std::move(inputs), control));
  LATENT_CHECK(control.check());
  for (const NetTensor& output : outputs) {
    LATENT_CHECK(checked_output(contract, outputs, output.name, output.dims.size()));
  }
  LATENT_TRY(auto features, matched(*model, std::move(outputs)));
  if (model->prepare) {
    LATENT_TRY(features, model->prepare(std::move(features), control));
  }
  return std::unique_ptr<Finder>(std::make_unique<NetFinder>(
      std::move(model), frame, size, std::move(features), std::move(guide)));
}

}  // namespace latent::mask
