#include "core/token/key_file.hpp"

#include "core/files/secret_file.hpp"
#include "core/token/key_entries.hpp"
#include "crypto/random.hpp"

#include <algorithm>
#include <utility>

namespace sluice::core {

namespace {

constexpr std::string_view ephemeral_kid = "ephemeral";

std::vector<signing_key> read_key_file(const std::string& path,
                                       std::vector<operator_problem>& problems) {
    trusted_text text;
    auto fault = read_trusted_file(path, file_secrecy::closed, max_key_file_bytes, text);
    if (!fault.empty()) {
        problems.push_back({path, std::move(fault)});
        return {};
    }
    return parse_key_entries(text.text, path, problems);
}

constexpr std::string_view environment_place = "environment SLUICE_SECRET";

/// nullopt, and a problem, when the variable's secret is too short.
std::optional<signing_key> environment_key(const crypto::secret& from,
                                           std::vector<operator_problem>& problems) {
    auto key = crypto::hmac_key::make(from.reveal());
    if (!key) {
        problems.push_back(
            {std::string(environment_place),
             "must have at least " + std::to_string(crypto::min_key_bytes) + " bytes"});
        return std::nullopt;
    }
    return signing_key(std::string(environment_kid), *key);
}

/// Adds it after the keys of the file.
void add_environment_key(const signing_key& key, std::vector<signing_key>& keys,
                         std::vector<operator_problem>& problems) {
    const std::string where(environment_place);
    if (std::ranges::find(keys, environment_kid, &signing_key::kid) != keys.end()) {
        problems.push_back({where, "has the kid \"env\", and so has a key in the key file: unset "
                                   "the variable or rename that key"});
    } else if (keys.size() >= max_keys) {
        problems.push_back({where, "is one key more than the " + std::to_string(max_keys) +
                                       " that may be in use"});
    } else {
        keys.push_back(key);
    }
}

/// The keys of the file at `path`, if there is one, and the key of the variable. At least one of
/// the two exists.
key_loading assemble(const std::string& path, std::optional<signing_key> environment,
                     std::vector<operator_problem> problems) {
    key_loading loading{std::nullopt, std::move(problems)};
    std::vector<signing_key> keys;
    if (!path.empty()) {
        keys = read_key_file(path, loading.problems);
    }
    if (environment) {
        add_environment_key(*environment, keys, loading.problems);
    }
    if (loading.problems.empty()) {
        const bool migrating = !path.empty() && environment;
        loading.keys = loaded_keys{
            key_ring(std::move(keys)), false,
            migrating ? "tokens are signed with the first key of the key file; those signed with "
                        "SLUICE_SECRET are still accepted: unset it once they have expired"
                      : "",
            std::move(environment)};
    }
    return loading;
}

loaded_keys ephemeral_keys() {
    wiped_text bytes;
    bytes.text = crypto::random_bytes(crypto::min_key_bytes);
    std::vector<signing_key> keys;
    keys.emplace_back(std::string(ephemeral_kid), crypto::hmac_key::make(bytes.text).value());
    return {key_ring(std::move(keys)), true,
            "no key file and no SLUICE_SECRET: signing with a random key; tokens become invalid "
            "when this process ends, and no other node accepts them"};
}

} // namespace

key_loading load_key_ring(const std::string& path,
                          const std::optional<crypto::secret>& env_secret) {
    if (path.empty() && !env_secret) {
        return {ephemeral_keys(), {}};
    }
    std::vector<operator_problem> problems;
    auto environment = env_secret ? environment_key(*env_secret, problems) : std::nullopt;
    return assemble(path, std::move(environment), std::move(problems));
}

key_loading reload_key_ring(const std::string& path, const loaded_keys& running) {
    if (!path.empty() || running.environment) {
        return assemble(path, running.environment, {});
    }
    if (running.ephemeral) {
        return {running, {}};
    }
    return {std::nullopt,
            {{"tokens.key_file", "is empty now, and SLUICE_SECRET was not set at the start: no key "
                                 "would be left"}}};
}

} // namespace sluice::core
