// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>
#include <vector>

#include "mask/finder.h"
#include "mask/selector.h"

namespace latent::mask {

namespace {

class BuiltIn final : public Finder {
 public:
  explicit BuiltIn(std::shared_ptr<const Encoded> encoded) : encoded_(std::move(encoded)) {}

  Size size() const override { return encoded_->size(); }

  Result<Image<std::uint8_t>> select(std::size_t object, std::span<const Prompt> prompts,
                                     const Image<float>* previous,
                                     const RunControl& control) override {
    while (selectors_.size() <= object) selectors_.emplace_back(encoded_);
    return selectors_[object].select(prompts, previous, control);
  }

 private:
  std::shared_ptr<const Encoded> encoded_;
  std::vector<Selector> selectors_;  ///< of each object
};

}  // namespace

Result<std::unique_ptr<Finder>> built_in_finder(ImageView<const std::uint8_t> picture,
                                                const RunControl& control) {
  LATENT_TRY(auto encoded, Encoded::create(picture, control));
  return std::unique_ptr<Finder>(std::make_unique<BuiltIn>(std::move(encoded)));
}

}  // namespace latent::mask
