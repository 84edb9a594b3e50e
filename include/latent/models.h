// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "latent/export.h"

LATENT_NAMESPACE_BEGIN

/// What a model is made of, in its maker's words. Empty: not stated, which is never taken for good.
struct ModelLicences {
  std::string weights;         ///< licence of the weights: "CC-BY-4.0"
  std::string data_licence;    ///< licence of what it was trained with
  std::string data;            ///< what it was trained with
  std::string openness;        ///< Model Openness Framework: "class I"
  std::string open_source_ai;  ///< how it stands to the Open Source AI Definition
};

/// A model as a list shows it: `latent models list`.
struct ModelInfo {
  std::string id;  ///< what RawDenoise::model and the like take
  std::string name;
  std::string task;  ///< "rawdenoise", "denoise", "upscale", ...
  std::string version;
  std::string description;
  std::filesystem::path path;
  bool enabled = false;   ///< the one that its task uses where no model is named
  bool built_in = false;  ///< it came with the library and is never changed
  ModelLicences licences;
  std::vector<std::string> objections;  ///< why the user's policy refuses it; empty: it does not
  std::string problem;                  ///< one sentence where it cannot be used
};

LATENT_NAMESPACE_END
