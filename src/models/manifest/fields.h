// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/manifest/json.h"

namespace latent::models {

/// Reads the fields of one JSON object, each with its type and range, and collects the first fault
/// instead of handing one up at every line: after it, every read gives a default.
///
/// A fault is a sentence that begins with the file and names the key by its whole path:
/// "config.json: latent.networks.cfa.stride_px must be an integer from 1 to 4096".
class Fields {
 public:
  /// `path` is the object's own, empty at the top. `fault` is shared by an object and those inside
  /// it.
  Fields(const Json& object, std::string path, std::string& fault);

  /// Required; absent or ill-typed is a fault.
  [[nodiscard]] std::string text(std::string_view key);
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most);
  [[nodiscard]] double real(std::string_view key, double least, double most);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  [[nodiscard]] Fields object(std::string_view key);
  [[nodiscard]] const Json::Array& array(std::string_view key);

  /// The value under the key, or nullptr; counts as read.
  [[nodiscard]] const Json* optional(std::string_view key);
  [[nodiscard]] const Json::Object& all() const { return *object_; }
  [[nodiscard]] std::string path_of(std::string_view key) const;

  /// Required, and this very word.
  void exactly(std::string_view key, std::string_view word);
  void fault(std::string_view key, std::string_view problem);
  [[nodiscard]] bool faulty() const { return !fault_->empty(); }
  [[nodiscard]] const std::string& problem() const { return *fault_; }
  /// The fields of an entry of an array of this object, under a path such as "latent.golden[0]".
  [[nodiscard]] Fields entry(const Json& value, std::string_view key, std::size_t index) const;

  /// A key that was never read is a fault; `format` says what does not know it.
  void refuse_unknown(std::string_view format = "manifest_version 1");

 private:
  const Json* required(std::string_view key, std::string_view type);

  const Json::Object* object_;
  std::string path_;
  std::string* fault_;
  std::set<std::string, std::less<>> read_;
};

/// An integer or a real as a number, or nothing.
[[nodiscard]] std::optional<double> as_number(const Json& value);

}  // namespace latent::models
