// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/hash.h"

namespace latent::models {

/// An entry as an attacker may write it.
struct RawEntry {
  std::string name;
  std::string content;
  unsigned type = AE_IFREG;
  std::string link = {};
};

enum class Zip { Deflated, Stored, Encrypted };

inline void write_zip(const std::filesystem::path& path, const std::vector<RawEntry>& entries,
                      Zip how = Zip::Deflated) {
  archive* zip = archive_write_new();
  archive_write_set_format_zip(zip);
  if (how == Zip::Stored) archive_write_zip_set_compression_store(zip);
  if (how == Zip::Encrypted) {
    archive_write_set_options(zip, "zip:encryption=traditional");
    archive_write_set_passphrase(zip, "secret");
  }
  ASSERT_EQ(archive_write_open_filename(zip, path.c_str()), ARCHIVE_OK);
  for (const RawEntry& raw : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, raw.name.c_str());
    archive_entry_set_filetype(entry, raw.type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(raw.content.size()));
    if (!raw.link.empty()) archive_entry_set_symlink(entry, raw.link.c_str());
    ASSERT_EQ(archive_write_header(zip, entry), ARCHIVE_OK) << archive_error_string(zip);
    archive_write_data(zip, raw.content.data(), raw.content.size());
    archive_entry_free(entry);
  }
  ASSERT_EQ(archive_write_close(zip), ARCHIVE_OK);
  archive_write_free(zip);
}

/// numpy.save of a float32 tensor.
inline std::string npy(const std::string& shape, const std::vector<float>& values,
                       const std::string& descr = "<f4", const std::string& fortran = "False") {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
  while ((header.size() + 11) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xFFU);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  const std::size_t start = bytes.size();
  bytes.resize(start + values.size() * sizeof(float));
  if (!values.empty())
    std::memcpy(bytes.data() + start, values.data(), values.size() * sizeof(float));
  return bytes;
}

inline std::string sha256_of(const std::string& text) {
  return sha256_hex({reinterpret_cast<const std::byte*>(text.data()), text.size()});
}

/// The files of a small good package, config.json not among them.
inline std::vector<std::pair<std::string, std::string>> sample_files() {
  return {{"model.onnx", "these bytes are never run"},
          {"golden/cfa_input.npy", npy("(1, 20, 2, 3)", std::vector<float>(120, 0.25F))},
          {"golden/cfa_output.npy", npy("(1, 4, 2, 3)", std::vector<float>(24, -0.5F))},
          {"LICENSE", "free"}};
}

/// The config.json of sample_files(), as text to parse and change.
inline nlohmann::json sample_config() {
  auto config = nlohmann::json::parse(R"({
    "id": "sample", "name": "A sample", "description": "for tests", "task": "rawdenoise",
    "version": "1.2", "backend": "onnx", "arch": "unet", "tiling": true, "num_inputs": 1,
    "spatial_dims": ["height", "width"], "model_card": {"license": "GPL-3.0-or-later"},
    "attributes": {"model": {"input_kind": "latent_cfa_v1", "input_sizes": [512]}},
    "latent": {
      "manifest_version": 1,
      "networks": {"cfa": {
        "file": "model.onnx", "kind": "latent_cfa_v1",
        "input": {"name": "planes", "type": "f32", "layout": "NCHW", "channels": 20, "unshuffle": 2,
                  "planes": ["u", "sigma_u", "is_red", "is_green", "is_blue"]},
        "output": {"name": "residual", "type": "f32", "layout": "NCHW", "channels": 4,
                   "unshuffle": 2, "kind": "residual"},
        "encoding": "sqrt_gat_wb_v1", "stride_px": 16, "reach_px": 64,
        "memory_bytes_per_px": 144,
        "limits": {"sigma_u_min": 0.0015, "sigma_u_max": 0.12, "offset_max": 0.5},
        "cfa": ["bayer", "xtrans", "mono"]}},
      "golden": [{"network": "cfa", "input": "golden/cfa_input.npy",
                  "output": "golden/cfa_output.npy", "tolerance_f32": 1e-3,
                  "tolerance_bf16": 0.03}],
      "files": {},
      "licence": {"weights": "GPL-3.0-or-later", "data": "CC0-1.0"},
      "openness": {"osaid": "yes", "mof": "I"},
      "provenance": {"recipe": "training", "commit": "0", "data": "open_photos", "log": "log.csv"}
    }})");
  for (const auto& [name, content] : sample_files()) {
    config["latent"]["files"][name] = {{"sha256", sha256_of(content)}, {"size", content.size()}};
  }
  return config;
}

/// The same package with a network of finished pictures in place of its own: latent_rgb_v1
/// (`scale` 1), or latent_upscale_v1. The golden tensors keep the shapes of the CFA network.
inline nlohmann::json rgb_config(int scale = 1) {
  auto config = sample_config();
  const bool upscale = scale > 1;
  const char* kind = upscale ? "latent_upscale_v1" : "latent_rgb_v1";
  auto network = nlohmann::json::parse(R"({
    "file": "model.onnx",
    "input": {"name": "planes", "type": "f32", "layout": "NCHW", "channels": 6, "unshuffle": 1,
              "planes": ["r", "g", "b", "level_r", "level_g", "level_b"]},
    "output": {"name": "residual", "type": "f32", "layout": "NCHW", "channels": 3, "unshuffle": 1,
               "kind": "residual"},
    "encoding": "srgb_extended_v1", "stride_px": 8, "reach_px": 24, "memory_bytes_per_px": 2000,
    "limits": {"value_min": -0.5, "value_max": 1.5, "level_max": 0.3}})");
  network["kind"] = kind;
  if (upscale) {
    network["scale"] = scale;
    network["input"]["channels"] = 4;
    network["input"]["planes"] = {"r", "g", "b", "level"};
    network["output"]["channels"] = 3 * scale * scale;
    network["output"]["unshuffle"] = scale;
  }
  config["attributes"]["model"]["input_kind"] = kind;
  config["latent"]["networks"] = {{"rgb", network}};
  config["latent"]["golden"][0]["network"] = "rgb";
  return config;
}

/// Entries of an archive with this config.json and the sample's files below `top`.
inline std::vector<RawEntry> sample_entries(const nlohmann::json& config = sample_config(),
                                            const std::string& top = "sample") {
  std::vector<RawEntry> entries{{top + "/config.json", config.dump(4)}};
  for (const auto& [name, content] : sample_files()) entries.push_back({top + "/" + name, content});
  return entries;
}

/// A folder of this test's own, empty at birth and gone at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            ("latent_" + std::string(test->test_suite_name()) + "_" + test->name() + "_" +
             std::to_string(::getpid()));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void put_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace latent::models
