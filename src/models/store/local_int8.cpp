// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/local_int8.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/file_access.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/manifest/fields.h"
#include "models/manifest/variant_block.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "latent_local_int8 ";
constexpr const char* kFormat = "latent_local_int8 version 1";
constexpr std::size_t kMostHeader = std::size_t{1} << 20U;
constexpr std::size_t kMostBytes = std::size_t{2} << 30U;
constexpr std::int64_t kMost = INT64_MAX;
constexpr std::size_t kMostNetworks = 64;

tl::unexpected<Error> damaged(const std::string& what) { return fail(ErrorCode::Corrupt, what); }

Json::Object facts_json(const LocalInt8Network& network) {
  Json::Object losses;
  for (const auto& [condition, lost] : network.facts.losses) losses[condition] = lost;
  return {{"file", network.file},
          {"f32_sha256", network.f32_sha256},
          {"sha256", network.sha256},
          {"size", static_cast<std::int64_t>(network.onnx.size())},
          {"most_from_f32", network.facts.most_from_f32},
          {"rms_from_f32", network.facts.rms_from_f32},
          {"loss_db", network.facts.loss_db},
          {"losses", std::move(losses)},
          {"memory_bytes_per_px", network.facts.memory_bytes_per_px},
          {"memory_bytes_per_px_bf16", network.facts.memory_bytes_per_px_bf16}};
}

/// The next number of the first line.
std::optional<std::size_t> number_at_begin(std::string_view& text) {
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return value;
}

/// The JSON after the first line, which leaves `bytes`; the networks stay.
Result<std::string_view> header_of(std::string_view& bytes) {
  if (!bytes.starts_with(kMagic)) return damaged("it is no network that Latent made");
  bytes.remove_prefix(kMagic.size());
  const auto version = number_at_begin(bytes);
  if (version && *version > 1) {
    return fail(ErrorCode::Unsupported, "a later version of Latent made it");
  }
  if (!version || !bytes.starts_with(' ')) return damaged("its first line is damaged");
  bytes.remove_prefix(1);
  const auto size = number_at_begin(bytes);
  if (!size || !bytes.starts_with('\n')) return damaged("its first line is damaged");
  bytes.remove_prefix(1);
  if (*size > bytes.size() || *size > kMostHeader) return damaged("it is cut short");
  const std::string_view header = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return header;
}

/// Takes the network's bytes off the front of `rest`.
LocalInt8Network read_network(Fields fields, std::string_view& rest) {
  LocalInt8Network network;
  network.file = fields.text("file");
  if (!is_safe_entry_name(network.file)) fields.fault("file", "must be the name of a file");
  network.f32_sha256 = fields.text("f32_sha256");
  network.sha256 = fields.text("sha256");
  const auto size = static_cast<std::uint64_t>(fields.integer("size", 1, kMost));
  read_int8_facts(fields, network.facts);
  network.facts.tolerance = network.facts.most_from_f32;
  fields.refuse_unknown(kFormat);
  if (fields.faulty()) return network;
  if (size > rest.size()) {
    fields.fault("size", "is more than the file has");
    return network;
  }
  const auto bytes = std::as_bytes(std::span(rest.substr(0, static_cast<std::size_t>(size))));
  network.onnx.assign(bytes.begin(), bytes.end());
  rest.remove_prefix(static_cast<std::size_t>(size));
  if (sha256_hex(network.onnx) != network.sha256) {
    fields.fault("sha256", "is not that of the network in the file");
  }
  return network;
}

}  // namespace

std::string dump_local_int8(const LocalInt8& made) {
  Json::Array networks;
  for (const LocalInt8Network& network : made.networks) networks.emplace_back(facts_json(network));
  const std::string header = dump_json(Json::Object{{"id", made.id},
                                                    {"when", made.when},
                                                    {"program", made.program},
                                                    {"pictures", made.pictures},
                                                    {"networks", std::move(networks)}});
  std::string bytes = fmt::format("{}1 {}\n{}", kMagic, header.size(), header);
  for (const LocalInt8Network& network : made.networks) {
    bytes.append(reinterpret_cast<const char*>(network.onnx.data()), network.onnx.size());
  }
  return bytes;
}

Result<LocalInt8> parse_local_int8(std::string_view bytes) {
  LATENT_TRY(const std::string_view header, header_of(bytes));
  LATENT_TRY(const Json json, parse_json(header, "its list", kMostHeader));
  std::string fault;
  Fields top(json, "", fault);
  LocalInt8 made;
  made.id = top.text("id");
  if (!is_safe_id(made.id)) top.fault("id", "must be the id of a model");
  made.when = top.text("when");
  made.program = top.text("program");
  made.pictures = top.integer("pictures", 1, kMost);
  const Json::Array& networks = top.array("networks");
  if (networks.size() > kMostNetworks) top.fault("networks", "are more than 64");
  for (std::size_t i = 0; i < networks.size() && !top.faulty(); ++i) {
    made.networks.push_back(read_network(top.entry(networks[i], "networks", i), bytes));
  }
  top.refuse_unknown(kFormat);
  if (!fault.empty()) return damaged(fault);
  if (!bytes.empty()) return damaged("there is more in it than its list says");
  return made;
}

fs::path local_int8_path(const fs::path& store, const std::string& id) {
  return store / "int8" / (id + ".int8");
}

Result<LocalInt8> read_local_int8(const fs::path& store, const std::string& id) {
  const auto none = [&] {
    return fail(ErrorCode::NotFound,
                "no network in 8-bit integers was made here of '" + printable(id) + "'");
  };
  if (store.empty() || !is_safe_id(id)) return none();
  const fs::path path = local_int8_path(store, id);
  const auto bytes = read_small_file(path, kMostBytes);
  if (!bytes && bytes.error().code == ErrorCode::NotFound) return none();
  auto made = bytes ? parse_local_int8(*bytes) : tl::make_unexpected(bytes.error());
  if (made && made->id != id) made = damaged("it is of the model '" + printable(made->id) + "'");
  if (made) return made;
  return fail(made.error().code, path,
              "the int8 network in " + quoted(path) + " is not used (" + made.error().sentence +
                  "); make it anew with: latent models quantise " + printable(id) +
                  " --calibrate PICTURES");
}

Status write_local_int8(const fs::path& store, const LocalInt8& made) {
  const fs::path path = local_int8_path(store, made.id);
  LATENT_CHECK(make_private_folders(path.parent_path()));
  return replace_file(path, {dump_local_int8(made)}, FileAccess::of(store));
}

Status remove_local_int8(const fs::path& store, const std::string& id) {
  const fs::path path = local_int8_path(store, id);
  std::error_code code;
  if (fs::remove(path, code)) return {};
  if (code) {
    return fail(ErrorCode::Io, path, quoted(path) + " cannot be removed: " + code.message());
  }
  return fail(ErrorCode::NotFound,
              "no network in 8-bit integers was made here of '" + printable(id) + "'");
}

}  // namespace latent::models
