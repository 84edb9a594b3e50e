// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace latent::models {

/// One JSON value, with the types of the text kept apart: 3 is an integer and 3.0 is not.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  Json() = default;
  Json(bool value) : value_(value) {}                      // NOLINT(google-explicit-constructor)
  Json(std::int64_t value) : value_(value) {}              // NOLINT(google-explicit-constructor)
  Json(double value) : value_(value) {}                    // NOLINT(google-explicit-constructor)
  Json(std::string value) : value_(std::move(value)) {}    // NOLINT(google-explicit-constructor)
  Json(const char* value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Json(Array value) : value_(std::move(value)) {}          // NOLINT(google-explicit-constructor)
  Json(Object value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] const bool* as_bool() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* as_integer() const {
    return std::get_if<std::int64_t>(&value_);
  }
  [[nodiscard]] const double* as_real() const { return std::get_if<double>(&value_); }
  [[nodiscard]] const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* as_array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* as_object() const { return std::get_if<Object>(&value_); }
  [[nodiscard]] Array* as_array() { return std::get_if<Array>(&value_); }
  [[nodiscard]] Object* as_object() { return std::get_if<Object>(&value_); }

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// Reads one JSON text, strictly: UTF-8, one value, no comments, no key twice in one object, at
/// most 64 levels deep.
///
/// Errors   Corrupt   not that; the sentence begins with `what` ("config.json") and names the key
///                    or the byte.
///          TooLarge  more than `max_bytes`.
[[nodiscard]] Result<Json> parse_json(std::string_view text, const std::string& what,
                                      std::size_t max_bytes);

/// The value as text, keys sorted, two spaces a level, newline at the end. Invalid UTF-8 in strings
/// is replaced.
[[nodiscard]] std::string dump_json(const Json& value);

/// The same in one line, without spaces between keys.
[[nodiscard]] std::string dump_json_line(const Json& value);

/// For texts of our own of which a part may be missing: "" where there is no such text, 0 where
/// there is no such finite number.
[[nodiscard]] std::string text_at(const Json::Object& object, std::string_view key);
[[nodiscard]] double number_at(const Json::Object& object, std::string_view key);

}  // namespace latent::models
