// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/click_finder.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "mask/click_planes.h"
#include "mask/decoder_parts.h"
#include "mask/marks.h"
#include "mask/resampled.h"
#include "mask/selector.h"

namespace latent::mask {

namespace {

Result<Image<std::uint8_t>> reduced(ImageView<const std::uint8_t> picture, Size size) {
  LATENT_TRY(const auto small, resampled(picture, size));
  LATENT_TRY(auto result, Image<std::uint8_t>::create(size, picture.channels()));
  for (int y = 0; y < size.height; ++y) {
    std::ranges::transform(small.view().row(y), result.view().row(y).begin(), [](float value) {
      return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
    });
  }
  return result;
}

/// A soft mask at `size`, 0 or 1.
Result<Image<std::uint8_t>> cut(ImageView<const float> mask, Size size) {
  LATENT_TRY(const auto small, resampled(mask, size));
  LATENT_TRY(auto result, Image<std::uint8_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    std::ranges::transform(small.view().row(y), result.view().row(y).begin(),
                           [](float value) { return value > 0.5F ? 1 : 0; });
  }
  return result;
}

/// One object: the network's mask after each prompt.
struct Object {
  explicit Object(std::shared_ptr<const Encoded> encoded) : selector(std::move(encoded)) {}

  Selector selector;
  std::vector<Prompt> prompts;
  std::vector<Image<std::uint8_t>> masks;
  Image<std::uint8_t> start;  ///< of the mask before the first prompt; empty without one
};

bool same(const Image<std::uint8_t>& one, const Image<std::uint8_t>& other) {
  if (one.size() != other.size()) return false;
  for (int y = 0; y < one.height(); ++y) {
    if (!std::ranges::equal(one.view().row(y), other.view().row(y))) return false;
  }
  return true;
}

class ClickFinder final : public Finder {
 public:
  ClickFinder(std::shared_ptr<const ClickModel> model, std::shared_ptr<const Encoded> encoded,
              Image<std::uint8_t> picture)
      : model_(std::move(model)), encoded_(std::move(encoded)), picture_(std::move(picture)) {}

  Size size() const override { return encoded_->size(); }

  Result<Image<std::uint8_t>> select(std::size_t number, std::span<const Prompt> prompts,
                                     const Image<float>* previous,
                                     const RunControl& control) override {
    LATENT_CHECK(check_answerable(prompts, previous != nullptr));
    while (objects_.size() <= number) objects_.emplace_back(encoded_);
    Object& object = objects_[number];
    Image<std::uint8_t> start;
    if (previous != nullptr) {
      LATENT_TRY(start, cut(previous->view(), size()));
    }
    std::size_t kept = 0;
    if (same(start, object.start)) {
      while (kept < std::min(prompts.size(), object.prompts.size()) &&
             prompts[kept] == object.prompts[kept]) {
        ++kept;
      }
    }
    object.start = std::move(start);
    object.prompts.resize(kept);
    object.masks.erase(object.masks.begin() + static_cast<std::ptrdiff_t>(kept),
                       object.masks.end());
    if (prompts.empty()) return object.selector.select(prompts, previous, control);
    for (std::size_t count = kept + 1; count <= prompts.size(); ++count) {
      LATENT_CHECK(control.check());
      LATENT_TRY(auto mask, answer(object, prompts.first(count), previous, control));
      object.prompts.push_back(prompts[count - 1]);
      object.masks.push_back(std::move(mask));
    }
    return object.masks.back().clone();
  }

 private:
  /// The mask after all of `prompts`.
  Result<Image<std::uint8_t>> answer(Object& object, std::span<const Prompt> prompts,
                                     const Image<float>* previous, const RunControl& control) {
    const bool any = any_on_object(prompts);
    if (!any && previous == nullptr) {
      return Image<std::uint8_t>::create(size());  // nothing to take away from yet
    }
    const Image<std::uint8_t>& last = object.masks.empty() ? object.start : object.masks.back();
    const Prompt& newest = prompts.back();
    if (newest.kind == PromptKind::Stroke && !newest.on_object && !last.empty()) {
      LATENT_TRY(auto mask, last.clone());  // exactly what it covers goes
      paint(newest, mask.view());
      return mask;
    }
    LATENT_TRY(const auto selector, object.selector.select(prompts, previous, control));
    const std::vector<ClickPlace> places = click_places(prompts, size());
    ClickQuestion question;
    question.picture = picture_.view();
    question.places = places;
    for (const Prompt& prompt : prompts) {
      if (prompt.kind == PromptKind::Box) question.box = prompt;
    }
    if (!last.empty()) question.before = last.view();
    question.selector = selector.view();
    const ClickCrop crop = click_crop(question);
    LATENT_TRY(auto mask, asked(question, crop, control));
    if (question.box) keep_inside(*question.box, mask.view());
    for (const Prompt& prompt : prompts) {
      if (prompt.kind == PromptKind::Stroke) paint(prompt, mask.view());
    }
    return mask;
  }

  /// What the network says.
  Result<Image<std::uint8_t>> asked(const ClickQuestion& question, const ClickCrop& crop,
                                    const RunControl& control) const {
    const NetContract& contract = model_->contract;
    LATENT_TRY(auto planes, click_planes(question, crop, contract.side));
    planes.name = model_->input;
    std::vector<NetTensor> inputs;
    inputs.push_back(std::move(planes));
    LATENT_TRY(const auto outputs, model_->run(std::move(inputs), control));
    LATENT_CHECK(control.check());
    LATENT_TRY(const NetTensor* logits, checked_output(contract, outputs, "logits", 4));
    if (logits->dims != std::vector<std::int64_t>{1, 1, contract.side, contract.side}) {
      return wrong_output(contract, *logits);
    }
    LATENT_TRY(const auto square, plane_of(*logits, 0));
    return out_of_click_crop(square.view(), crop, question.selector);
  }

  void keep_inside(const Prompt& box, ImageView<std::uint8_t> mask) const {
    const auto [left, right] = std::minmax(box.places.front().x, box.places.back().x);
    const auto [top, bottom] = std::minmax(box.places.front().y, box.places.back().y);
    for (int y = 0; y < mask.height(); ++y) {
      const double py = (y + 0.5) / mask.height();
      for (int x = 0; x < mask.width(); ++x) {
        const double px = (x + 0.5) / mask.width();
        if (px < left || px > right || py < top || py > bottom) mask.at(x, y) = 0;
      }
    }
  }

  std::shared_ptr<const ClickModel> model_;
  std::shared_ptr<const Encoded> encoded_;
  Image<std::uint8_t> picture_;  ///< of size()
  std::vector<Object> objects_;
};

}  // namespace

Result<std::unique_ptr<Finder>> click_finder(std::shared_ptr<const ClickModel> model,
                                             ImageView<const std::uint8_t> picture,
                                             const RunControl& control) {
  LATENT_TRY(auto encoded, Encoded::create(picture, control));
  LATENT_TRY(auto small, reduced(picture, encoded->size()));
  return std::unique_ptr<Finder>(
      std::make_unique<ClickFinder>(std::move(model), std::move(encoded), std::move(small)));
}

}  // namespace latent::mask
