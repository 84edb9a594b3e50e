// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/fields.h"

#include <fmt/format.h>

#include "base/path.h"

namespace latent::models {
namespace {

const Json::Object no_fields;
const Json::Array no_entries;

}  // namespace

Fields::Fields(const Json& object, std::string path, std::string& fault)
    : object_(object.as_object()), path_(std::move(path)), fault_(&fault) {
  if (object_ == nullptr) {
    object_ = &no_fields;
    if (fault_->empty()) {
      *fault_ = (path_.empty() ? "the whole" : printable(path_)) + " must be an object";
    }
  }
}

std::string Fields::path_of(std::string_view key) const {
  return printable(path_.empty() ? std::string(key) : path_ + "." + std::string(key));
}

void Fields::fault(std::string_view key, std::string_view problem) {
  if (fault_->empty()) *fault_ = path_of(key) + " " + std::string(problem);
}

const Json* Fields::optional(std::string_view key) {
  read_.emplace(key);
  const auto found = object_->find(key);
  return found == object_->end() ? nullptr : &found->second;
}

const Json* Fields::required(std::string_view key, std::string_view type) {
  const Json* value = optional(key);
  if (value == nullptr) fault(key, fmt::format("is missing ({})", type));
  return value;
}

std::string Fields::text(std::string_view key) {
  const Json* value = required(key, "a string");
  if (value == nullptr) return {};
  if (const auto* words = value->as_string()) return *words;
  fault(key, "must be a string");
  return {};
}

std::int64_t Fields::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const Json* value = required(key, "an integer");
  if (value == nullptr) return least;
  const auto* number = value->as_integer();
  if (number != nullptr && *number >= least && *number <= most) return *number;
  fault(key, fmt::format("must be an integer from {} to {}", least, most));
  return least;
}

double Fields::real(std::string_view key, double least, double most) {
  const Json* value = required(key, "a number");
  if (value == nullptr) return least;
  const auto number = as_number(*value);
  if (number && *number >= least && *number <= most) return *number;
  fault(key, fmt::format("must be a number from {} to {}", least, most));
  return least;
}

std::vector<std::string> Fields::texts(std::string_view key) {
  std::vector<std::string> words;
  for (const Json& entry : array(key)) {
    const auto* word = entry.as_string();
    if (word == nullptr) {
      fault(key, "must be an array of strings");
      return {};
    }
    words.push_back(*word);
  }
  return words;
}

Fields Fields::object(std::string_view key) {
  const Json* value = required(key, "an object");
  static const Json empty{Json::Object{}};
  return {value == nullptr ? empty : *value, path_of(key), *fault_};
}

Fields Fields::entry(const Json& value, std::string_view key, std::size_t index) const {
  return {value, fmt::format("{}[{}]", path_of(key), index), *fault_};
}

const Json::Array& Fields::array(std::string_view key) {
  const Json* value = required(key, "an array");
  if (value == nullptr) return no_entries;
  if (const auto* entries = value->as_array()) return *entries;
  fault(key, "must be an array");
  return no_entries;
}

void Fields::exactly(std::string_view key, std::string_view word) {
  const std::string found = text(key);
  if (found != word) fault(key, fmt::format("must be \"{}\"", word));
}

void Fields::refuse_unknown(std::string_view format) {
  for (const auto& [key, value] : *object_) {
    if (!read_.contains(key)) fault(key, fmt::format("is a key that {} does not know", format));
  }
}

std::optional<double> as_number(const Json& value) {
  if (const auto* real = value.as_real()) return *real;
  if (const auto* integer = value.as_integer()) return static_cast<double>(*integer);
  return std::nullopt;
}

}  // namespace latent::models
