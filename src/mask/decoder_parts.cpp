// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/decoder_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace latent::mask {

std::vector<NetTensor> with_points(const NetQuestion& question) {
  std::vector<NetTensor> inputs = question.features;
  NetTensor coords{"point_coords", {}, {}};
  NetTensor labels{"point_labels", {}, {}};
  bool box = false;
  for (const NetPoint& point : question.points) {
    coords.values.push_back(static_cast<float>(point.at.x));
    coords.values.push_back(static_cast<float>(point.at.y));
    labels.values.push_back(point.label);
    box = box || point.label > 1.0F;
  }
  const NetContract& contract = question.contract;
  const bool sam = contract.family != NetFamily::SegNext;
  const bool always = contract.compat != NetCompat::None;
  if (sam && contract.padding == NetPadding::Caller && (always || !box)) {
    coords.values.insert(coords.values.end(), {0.0F, 0.0F});
    labels.values.push_back(-1.0F);
  }
  const auto count = static_cast<std::int64_t>(labels.values.size());
  coords.dims = {1, count, 2};
  labels.dims = {1, count};
  inputs.push_back(std::move(coords));
  inputs.push_back(std::move(labels));
  return inputs;
}

void add_mask_input(const NetQuestion& question, std::vector<NetTensor>& inputs) {
  constexpr int kShare = 4;
  const bool given = question.before != nullptr && !question.before->empty();
  const int side = given ? question.before->width() : question.contract.side / kShare;
  NetTensor mask{"mask_input", {1, 1, side, side}, {}};
  mask.values.assign(static_cast<std::size_t>(side) * static_cast<std::size_t>(side), 0.0F);
  if (given) {
    for (int y = 0; y < side; ++y) {
      std::ranges::copy(question.before->view().row(y),
                        mask.values.begin() + std::ptrdiff_t{y} * side);
    }
  }
  inputs.push_back(std::move(mask));
  inputs.push_back({"has_mask_input", {1}, {given ? 1.0F : 0.0F}});
}

Result<Image<float>> plane_of(const NetTensor& tensor, std::size_t index) {
  const auto height = static_cast<int>(tensor.dims[2]);
  const auto width = static_cast<int>(tensor.dims[3]);
  LATENT_TRY(auto image, Image<float>::create({width, height}));
  const auto area = static_cast<std::size_t>(image.size().area());
  for (int y = 0; y < height; ++y) {
    const auto first = tensor.values.begin() + static_cast<std::ptrdiff_t>(index * area) +
                       std::ptrdiff_t{y} * width;
    std::copy_n(first, width, image.view().row(y).begin());
  }
  return image;
}

tl::unexpected<Error> wrong_output(const NetContract& contract, const NetTensor& tensor) {
  return fail(ErrorCode::ModelMismatch,
              fmt::format("the model '{}' cannot be used for masks: its output '{}' has the shape "
                          "[{}]",
                          contract.id, tensor.name, fmt::join(tensor.dims, ", ")));
}

}  // namespace latent::mask
