#include "app/start/start_summary.hpp"

#include "app/log/joined.hpp"
#include "app/process/version.hpp"
#include "core/config/config_origins.hpp"

#include <algorithm>
#include <string_view>

namespace sluice::app {

namespace {

constexpr std::size_t label_width = 9;

void line(std::string& out, std::string_view label, std::string_view text) {
    out += "  ";
    out += label;
    out.append(label_width - std::min(label.size(), label_width - 1), ' ');
    out.append(text).append("\n");
}

/// "https://[::]:8443" for the main listener `index`; a unix socket stays as it is.
std::string url_of(const core::config& settings, const std::string& address, std::size_t index) {
    if (address.starts_with("unix:")) {
        return address;
    }
    const auto& all = settings.listeners;
    const bool is_tls = index < all.size() && !all[index].certificate.empty();
    return (is_tls ? "https://" : "http://") + address;
}

std::string counted(std::size_t number, std::string_view one, std::string_view many) {
    return std::to_string(number) + " " + std::string(number == 1 ? one : many);
}

std::string keys_of(const core::config& settings, const start_facts& facts) {
    if (facts.ephemeral) {
        return "a random key for this run: set tokens.key_file or SLUICE_SECRET to keep tokens "
               "valid";
    }
    return "signed with " + joined(facts.keys, ", then ") +
           (settings.tokens.key_file.empty() ? " (SLUICE_SECRET)"
                                             : " of " + settings.tokens.key_file);
}

std::string minting_of(const core::config& settings) {
    const auto& issuer = settings.issuer;
    if (issuer.mode.has(core::issuer_mode::none)) {
        return "every client gets tokens (issuer.mode none)";
    }
    std::vector<std::string> who;
    if (issuer.mode.has(core::issuer_mode::local)) {
        who.emplace_back("this machine (for development)");
    }
    if (!issuer.keys_file.empty()) {
        who.push_back("back ends with a key of " + issuer.keys_file);
    }
    if (!issuer.jwt_key_file.empty()) {
        who.push_back("session tokens signed by " + issuer.jwt_key_file);
    }
    if (!issuer.jwt_jwks_url.empty()) {
        who.emplace_back("session tokens signed by the keys of issuer.jwt.jwks_url");
    }
    return who.empty() ? "nobody: set issuer.keys_file or issuer.jwt, or use serve --dev"
                       : joined(who, ", ");
}

std::string media_of(const core::config& settings) {
    std::vector<std::string> all;
    for (const auto& one : core::all_origins(settings.media)) {
        all.push_back(one.root.empty() ? one.endpoint + " bucket " + one.bucket : one.root);
    }
    return joined(all, ", then ");
}

} // namespace

std::string start_summary(const core::config& settings, const start_facts& facts) {
    std::string out = "Sluice " + std::string(version()) + "\n";
    for (std::size_t i = 0; i < facts.addresses.size(); ++i) {
        line(out, i == 0 ? "serving" : "", url_of(settings, facts.addresses[i], i));
    }
    line(out, "metrics",
         facts.metrics.empty() ? "/metrics on the same address; metrics.listen gives them their own"
                               : "http://" + facts.metrics.front() + "/metrics");
    line(out, "media",
         media_of(settings) + ": " + counted(facts.courses, "course", "courses") + " of " +
             counted(facts.trainers, "trainer", "trainers"));
    line(out, "keys", keys_of(settings, facts));
    line(out, "tokens", minting_of(settings));
    line(out, "store",
         settings.store.url.empty()
             ? "off: only owners get tokens, and nothing can be revoked; set store.url"
             : settings.store.url);
    line(out, "page", settings.web.root.empty() ? "off: set web.root" : settings.web.root);
    line(out, "log",
         settings.log.access == "-"     ? "each response on standard output (log.access)"
         : settings.log.access == "off" ? "off: set log.access"
                                        : settings.log.access);
    return out + "Ctrl-C ends it; a second one at once.\n";
}

} // namespace sluice::app
