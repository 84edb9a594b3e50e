// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/path.h"

namespace latent::models {
namespace {

constexpr std::size_t kMaxDepth = 64;

/// Builds a Json while the text is read. Returning false from any function ends the reading; why
/// stands in problem().
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return put(Json{}); }
  bool boolean(bool value) override { return put(Json{value}); }
  bool number_integer(number_integer_t value) override { return put(Json{std::int64_t{value}}); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) return stop("a number is too large");
    return put(Json{static_cast<std::int64_t>(value)});
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    return put(Json{value});
  }
  bool string(string_t& value) override { return put(Json{std::move(value)}); }
  bool binary(binary_t& /*value*/) override { return stop("it holds binary data"); }

  bool start_object(std::size_t /*elements*/) override { return open(Json{Json::Object{}}); }
  bool start_array(std::size_t /*elements*/) override { return open(Json{Json::Array{}}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (open_.back().as_object()->contains(name)) {
      return stop("the key '" + printable(name) + "' stands twice in one object");
    }
    keys_.back() = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return stop("it is not JSON at byte " + std::to_string(position));
  }

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] Json take() { return std::move(root_); }

 private:
  bool stop(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool open(Json container) {
    if (open_.size() >= kMaxDepth) return stop("it is nested too deep");
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    Json done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return put(std::move(done));
  }

  bool put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = open_.back().as_array()) {
      array->push_back(std::move(value));
    } else {
      open_.back().as_object()->insert_or_assign(std::move(keys_.back()), std::move(value));
    }
    return true;
  }

  Json root_;
  std::vector<Json> open_;
  std::vector<std::string> keys_;
  std::string problem_;
};

nlohmann::json foreign(const Json& value) {
  if (const auto* flag = value.as_bool()) return *flag;
  if (const auto* integer = value.as_integer()) return *integer;
  if (const auto* real = value.as_real()) return *real;
  if (const auto* text = value.as_string()) return *text;
  if (const auto* array = value.as_array()) {
    auto list = nlohmann::json::array();
    for (const Json& entry : *array) list.push_back(foreign(entry));
    return list;
  }
  if (const auto* object = value.as_object()) {
    auto map = nlohmann::json::object();
    for (const auto& [key, entry] : *object) map[key] = foreign(entry);
    return map;
  }
  return nullptr;
}

}  // namespace

Result<Json> parse_json(std::string_view text, const std::string& what, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return fail(ErrorCode::TooLarge, what + " is larger than " + std::to_string(max_bytes) +
                                         " bytes, the most that it may have");
  }
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return fail(ErrorCode::Corrupt, what + " is refused: " + builder.problem());
  }
  return builder.take();
}

std::string dump_json(const Json& value) {
  return foreign(value).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string dump_json_line(const Json& value) {
  std::string line;
  bool between_keys = false;  // a string holds no line break of its own
  for (const char letter : dump_json(value)) {
    if (letter == '\n') between_keys = true;
    if (between_keys && (letter == '\n' || letter == ' ')) continue;
    between_keys = false;
    line.push_back(letter);
  }
  return line;
}

std::string text_at(const Json::Object& object, std::string_view key) {
  const auto found = object.find(key);
  const std::string* text = found == object.end() ? nullptr : found->second.as_string();
  return text == nullptr ? std::string() : *text;
}

double number_at(const Json::Object& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  if (const auto* whole = found->second.as_integer()) return static_cast<double>(*whole);
  const double* real = found->second.as_real();
  return real == nullptr || !std::isfinite(*real) ? 0 : *real;
}

}  // namespace latent::models
