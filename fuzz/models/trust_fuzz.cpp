// SPDX-License-Identifier: GPL-3.0-or-later
// Any words in a model's card against a policy, line by line: a policy that accepts everything has
// no objection, every objection is a sentence.
#include "models/trust/trust.h"

#include <array>
#include <cstdlib>
#include <sstream>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace latent::models;
  std::stringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  TrustFacts facts;
  Policy policy;
  for (std::string* text :
       {&facts.weights_licence, &facts.data_licence, &facts.data, &facts.osaid, &facts.mof}) {
    std::getline(lines, *text);
  }
  if (!objections(policy, facts).empty()) std::abort();
  for (std::string licence; std::getline(lines, licence);) policy.licences.push_back(licence);
  policy.least_mof = MofClass::II;
  policy.least_osaid = OsaidClass::OpenWeights;
  policy.refuse_undisclosed_data = true;
  policy.refuse_research_only_data = true;
  for (const std::string& objection : objections(policy, facts)) {
    if (objection.empty()) std::abort();
  }
  return 0;
}
