// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/path.h"
#include "models/manifest/fields.h"

namespace latent::models {

Attributes::Attributes(const Manifest& manifest, std::string use)
    : id_(printable(manifest.id)), use_(std::move(use)), all_(manifest.hints.attributes) {}

std::optional<bool> Attributes::flag(const char* key) {
  const Json* given = find(key);
  if (given == nullptr) return std::nullopt;
  if (const auto* found = given->as_bool()) return *found;
  wrong(key, "is neither true nor false");
  return std::nullopt;
}

std::optional<double> Attributes::number(const char* key) {
  const Json* given = find(key);
  if (given == nullptr) return std::nullopt;
  const auto found = as_number(*given);
  if (!found) wrong(key, "is no number");
  return found;
}

void Attributes::colours(const char* key, std::array<float, 3>& value) {
  const Json* given = find(key);
  if (given == nullptr) return;
  const auto* list = given->as_array();
  if (list == nullptr || list->size() != 3) return wrong(key, "is no list of three numbers");
  std::array<float, 3> read{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = as_number((*list)[i]);
    if (!number) return wrong(key, "is no list of three numbers");
    read.at(i) = static_cast<float>(*number);
  }
  constexpr float kOfOne = 4;
  if (std::ranges::max(read) > kOfOne) {
    for (float& number : read) number /= 255.0F;
  }
  value = read;
}

void Attributes::side(int least, int most, int& value) {
  const Json* given = find("input_sizes");
  if (given == nullptr) return;
  const auto* list = given->as_array();
  std::int64_t largest = 0;
  for (const Json& entry : list == nullptr ? Json::Array{} : *list) {
    const auto* whole = entry.as_integer();
    largest = std::max(largest, whole == nullptr ? 0 : *whole);
  }
  if (largest < least || largest > most) {
    return wrong("input_sizes", fmt::format("has no size from {} to {}", least, most));
  }
  value = static_cast<int>(largest);
}

Status Attributes::sound() const { return fault_.empty() ? Status{} : refuse(fault_); }

tl::unexpected<Error> Attributes::refuse(const std::string& why) const {
  return fail(ErrorCode::ModelMismatch,
              fmt::format("the package '{}' cannot be used for {}: {}", id_, use_, why));
}

const Json* Attributes::find(const char* key) const {
  const auto found = all_.find(key);
  return found == all_.end() || found->second.is_null() ? nullptr : &found->second;
}

std::optional<std::string> Attributes::text(const char* key, const std::string& known) {
  const Json* given = find(key);
  if (given == nullptr) return std::nullopt;
  if (const auto* found = given->as_string()) return *found;
  wrong(key, "is none of " + known);
  return std::nullopt;
}

void Attributes::wrong(const char* key, const std::string& problem) {
  if (fault_.empty()) fault_ = fmt::format("attributes.{} {}", key, problem);
}

}  // namespace latent::models
