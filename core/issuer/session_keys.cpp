#include "core/issuer/session_keys.hpp"

#include "core/files/secret_file.hpp"
#include "core/json/operator_json.hpp"
#include "crypto/base64url.hpp"
#include "crypto/public_key_bytes.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice::core {

namespace json = boost::json;

namespace {

constexpr std::string_view fully_specified = "Ed25519"; // RFC 9864 §2.2, beside EdDSA

/// The decoded member; empty when it is absent or not base64url.
std::string bytes_of(const json::object& entry, std::string_view name) {
    return crypto::base64url_decode(text_member(entry, name)).value_or(std::string{});
}

/// The reason why the entry is not a key for verifying signatures; empty when it is one.
std::string_view other_purpose(const json::object& entry) {
    if (entry.contains("use") && text_member(entry, "use") != "sig") {
        return "its use is not sig";
    }
    const auto* const operations = entry.if_contains("key_ops");
    if (operations == nullptr) {
        return {};
    }
    const auto* const list = operations->if_array();
    const bool verifies =
        list != nullptr && std::ranges::any_of(*list, [](const auto& v) { return v == "verify"; });
    return verifies ? "" : "its key_ops do not contain verify";
}

/// The value that `alg` must have, when present, for a key of this kind; empty when the kind is not
/// supported.
std::string_view algorithm_for(const json::object& entry) {
    const auto kty = text_member(entry, "kty");
    const auto crv = text_member(entry, "crv");
    if (kty == "RSA") {
        return "RS256";
    }
    if (kty == "EC" && crv == "P-256") {
        return "ES256";
    }
    if (kty == "OKP" && crv == "Ed25519") {
        return "EdDSA";
    }
    return kty == "oct" ? "HS256" : "";
}

std::optional<verifying_key> secret_key(const json::object& entry, std::string& fault) {
    auto bytes = bytes_of(entry, "k");
    std::optional<verifying_key> key;
    if (crypto::looks_like_public_key(bytes)) {
        fault = "its secret is a public key, which is not secret";
    } else if (auto made = crypto::hmac_key::make(bytes)) {
        key.emplace(std::move(*made));
    } else {
        fault = "k must be a base64url text of at least " + std::to_string(crypto::min_key_bytes) +
                " bytes";
    }
    crypto::wipe(bytes.data(), bytes.size());
    return key;
}

std::string text_of(crypto::key_fault why) {
    switch (why) {
    case crypto::key_fault::is_private:
        return "it is a private key: use the public key instead";
    case crypto::key_fault::unsupported:
        return "only RSA, P-256 and Ed25519 keys are supported";
    case crypto::key_fault::bad_size:
        return "an RSA key must have 2048 to 8192 bits";
    case crypto::key_fault::none:
    case crypto::key_fault::unreadable:
        break;
    }
    return "it cannot be read as a public key";
}

std::optional<verifying_key> make_key(const json::object& entry, std::string& fault) {
    const auto algorithm = algorithm_for(entry);
    if (algorithm == "HS256") {
        return secret_key(entry, fault);
    }
    auto why = crypto::key_fault::none;
    std::optional<crypto::public_key> key;
    if (algorithm == "RS256") {
        key = crypto::public_key::from_rsa(bytes_of(entry, "n"), bytes_of(entry, "e"), why);
    } else if (algorithm == "ES256") {
        key = crypto::public_key::from_p256(bytes_of(entry, "x"), bytes_of(entry, "y"), why);
    } else {
        key = crypto::public_key::from_ed25519(bytes_of(entry, "x"), why);
    }
    if (!key) {
        fault = text_of(why);
        return std::nullopt;
    }
    return std::move(*key);
}

/// The reason why the entry is skipped; empty when it is used.
std::string reason_to_skip(const json::object& entry) {
    const auto algorithm = algorithm_for(entry);
    if (algorithm.empty()) {
        const auto kty = text_member(entry, "kty");
        return kty == "EC"    ? "its crv is not P-256"
               : kty == "OKP" ? "its crv is not Ed25519"
                              : "its kty must be RSA, EC, OKP or oct";
    }
    const auto alg = text_member(entry, "alg");
    const bool is_alias = algorithm == "EdDSA" && alg == fully_specified;
    if (entry.contains("alg") && alg != algorithm && !is_alias) {
        return "its alg is not " + std::string(algorithm) + ", the one for such a key";
    }
    return std::string(other_purpose(entry));
}

/// Who wrote a set: the operator, who wants to hear of every fault, or a provider at a URL.
enum class set_origin : bool { file, url };

class jwks_reader {
  public:
    jwks_reader(const std::string& file, set_origin origin, std::vector<operator_problem>& problems,
                std::vector<operator_problem>* skipped)
        : file_(file), origin_(origin), problems_(problems), skipped_(skipped) {}

    std::vector<session_key> read(const json::value& document) {
        const auto* const entries = key_list(document, false);
        if (entries == nullptr) {
            const auto* const also = origin_ == set_origin::file ? "a public key in PEM, or " : "";
            problems_.push_back(
                {file_, "must be " + std::string(also) + "a JWKS: an object with a list \"keys\""});
            return {};
        }
        for (std::size_t i = 0; i < entries->size(); ++i) {
            read_entry((*entries)[i], file_ + ": key " + std::to_string(i + 1));
        }
        if (keys_.empty() || keys_.size() > max_session_keys) {
            problems_.push_back({file_, "must hold 1 to " + std::to_string(max_session_keys) +
                                            " keys for RS256, ES256, EdDSA" +
                                            (origin_ == set_origin::file ? " or HS256" : "")});
        }
        if (std::ranges::count(keys_, std::string{}, &session_key::kid) >
            static_cast<std::ptrdiff_t>(max_untold_keys)) {
            problems_.push_back({file_, "must not hold more than " +
                                            std::to_string(max_untold_keys) +
                                            " keys without a kid"});
        }
        return std::move(keys_);
    }

  private:
    void read_entry(const json::value& value, std::string where) {
        const auto* const entry = value.if_object();
        if (entry == nullptr) {
            object(std::move(where), "must be an object");
            return;
        }
        if (entry->contains("d")) {
            object(std::move(where), text_of(crypto::key_fault::is_private));
            return;
        }
        if (auto why = reason_to_skip(*entry); !why.empty()) {
            skip(std::move(where), std::move(why));
            return;
        }
        if (origin_ == set_origin::url && algorithm_for(*entry) == "HS256") {
            skip(std::move(where), "it is a secret, which is not secret at a URL");
            return;
        }
        std::string kid(text_member(*entry, "kid"));
        const auto algorithm = algorithm_for(*entry);
        // RFC 7517 §4.5: keys of different kinds may share one.
        if (!kid.empty() && std::ranges::any_of(keys_, [&](const auto& one) {
                return one.kid == kid && is_algorithm_of(algorithm, one.key);
            })) {
            object(std::move(where), "kid is the same as that of an earlier key");
            return;
        }
        std::string fault;
        if (auto key = make_key(*entry, fault)) {
            keys_.push_back({std::move(kid), std::move(*key)});
        } else {
            object(std::move(where), std::move(fault));
        }
    }

    void skip(std::string where, std::string why) {
        if (skipped_ != nullptr) {
            skipped_->push_back({std::move(where), std::move(why)});
        }
    }
    void object(std::string where, std::string why) {
        if (origin_ == set_origin::url) {
            skip(std::move(where), std::move(why));
        } else {
            problems_.push_back({std::move(where), std::move(why)});
        }
    }

    const std::string& file_;
    set_origin origin_;
    std::vector<operator_problem>& problems_;
    std::vector<operator_problem>* skipped_;
    std::vector<session_key> keys_;
};

bool is_secret(const session_key& one) {
    return std::holds_alternative<crypto::hmac_key>(one.key);
}

std::vector<session_key> read_jwks(std::string_view text, const std::string& file,
                                   set_origin origin, std::vector<operator_problem>& problems,
                                   std::vector<operator_problem>* skipped) {
    std::string fault;
    json::value document;
    if (!read_operator_json(text, document, fault)) {
        problems.push_back({file, std::move(fault)});
        return {};
    }
    return jwks_reader(file, origin, problems, skipped).read(document);
}

} // namespace

bool is_algorithm_of(std::string_view alg, const verifying_key& key) noexcept {
    const auto* const pair = std::get_if<crypto::public_key>(&key);
    if (pair == nullptr) {
        return alg == "HS256";
    }
    return alg == crypto::name_of(pair->algorithm()) ||
           (pair->algorithm() == crypto::signature_algorithm::eddsa && alg == fully_specified);
}

std::vector<session_key> parse_session_keys(std::string_view text, const std::string& file,
                                            std::vector<operator_problem>& problems,
                                            std::vector<operator_problem>* skipped) {
    if (text.find("-----BEGIN ") != std::string_view::npos) {
        auto why = crypto::key_fault::none;
        std::vector<session_key> keys;
        if (auto key = crypto::public_key::from_pem(text, why)) {
            keys.push_back({.kid = {}, .key = std::move(*key)});
        } else {
            problems.push_back({file, text_of(why)});
        }
        return keys;
    }
    return read_jwks(text, file, set_origin::file, problems, skipped);
}

std::vector<session_key> parse_fetched_keys(std::string_view text, const std::string& url,
                                            std::vector<operator_problem>& problems,
                                            std::vector<operator_problem>* skipped) {
    return read_jwks(text, url, set_origin::url, problems, skipped);
}

std::vector<session_key> load_session_keys(const std::string& path,
                                           std::vector<operator_problem>& problems,
                                           std::vector<operator_problem>* skipped) {
    trusted_text text;
    auto fault = read_trusted_file(path, file_secrecy::unwritable, max_session_file_bytes, text);
    if (!fault.empty()) {
        problems.push_back({path, std::move(fault)});
        return {};
    }
    auto keys = parse_session_keys(text.text, path, problems, skipped);
    if (!text.exposure.empty() && std::ranges::any_of(keys, is_secret)) {
        problems.push_back({path, "holds a secret and " + text.exposure});
    }
    return keys;
}

} // namespace sluice::core
