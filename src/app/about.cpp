// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/about.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "app/model_manager.h"
#include "app/reader.h"
#include "base/library_fact.h"
#include "base/path.h"
#include "colour/libraries.h"
#include "infer/devices.h"
#include "mask/libraries.h"
#include "metadata/libraries.h"
#include "models/libraries.h"
#include "read/libraries.h"
#include "tasks/libraries.h"

namespace latent::app {

namespace {

#ifdef __clang__
constexpr const char* kCompiler = "clang";
#else
constexpr const char* kCompiler = "GCC";
#endif

std::vector<LibraryFact> libraries() {
  std::vector<LibraryFact> all;
  for (auto part : {read::libraries(), metadata::libraries(), colour::libraries(),
                    models::libraries(), mask::libraries(), tasks::libraries()}) {
    all.insert(all.end(), std::make_move_iterator(part.begin()),
               std::make_move_iterator(part.end()));
  }
  return all;
}

const char* licence_of(infer::EngineKind engine) {
  return engine == infer::EngineKind::OpenVino ? "Apache-2.0" : "MIT";
}

std::string engine_lines() {
  std::string lines = "engines\n";
  for (const infer::EngineFacts& engine : infer::list_devices({}).engines) {
    lines += fmt::format("  {:<22}{:<50}{}\n", infer::engine_name(engine.engine),
                         engine.usable ? printable(engine.version) : "not usable",
                         licence_of(engine.engine));
  }
  return lines;
}

std::string model_lines() {
  const auto entries = ModelManager(standard_model_setup()).list();
  if (!entries) return "models\n  cannot be listed: " + entries.error().sentence + "\n";
  std::string lines = "models\n";
  for (const ModelEntry& entry : *entries) {
    const std::string& licence = entry.facts.trust.weights_licence;
    lines += fmt::format("  {:<22}{:<50}{}\n", printable(entry.id), printable(entry.facts.version),
                         licence.empty() ? "not stated" : printable(licence));
  }
  return lines;
}

}  // namespace

std::string about() {
  std::string text = "licence  GPL-3.0-or-later\n";
  text += fmt::format("built    by {} {}\n", kCompiler, __VERSION__);
  text += "reading  files are decoded " + reading_words() + "\n";
  text += engine_lines();
  text += "libraries\n";
  for (const LibraryFact& library : libraries()) {
    text += fmt::format("  {:<22}{:<50}{}\n", library.name, library.version, library.licence);
  }
  text += model_lines();
  text.pop_back();  // the last line end is whoever's who prints it
  return text;
}

}  // namespace latent::app
