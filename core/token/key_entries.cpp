#include "core/token/key_entries.hpp"

#include "core/json/operator_json.hpp"
#include "core/text/timestamp.hpp"
#include "crypto/base64url.hpp"
#include "crypto/secret.hpp"

#include <boost/json/array.hpp>
#include <boost/json/memory_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>
#include <utility>

namespace sluice::core {

namespace json = boost::json;

namespace {

/// Memory of the parsed document, wiped before it is freed.
class wiping_resource final : public json::memory_resource {
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        return ::operator new (size, std::align_val_t{alignment});
    }
    void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
        crypto::wipe(memory, size);
        ::operator delete (memory, std::align_val_t{alignment});
    }
    [[nodiscard]] bool do_is_equal(const json::memory_resource& other) const noexcept override {
        return this == &other;
    }
};

/// nullopt when `text` is not canonical base64url.
std::optional<crypto::secret> decode_secret(std::string_view text) {
    std::string bytes(crypto::base64url_decoded_size(text.size()), '\0');
    const auto size = crypto::base64url_decode(text, bytes.data());
    std::optional<crypto::secret> decoded;
    if (size) {
        decoded.emplace(std::string_view(bytes).substr(0, *size));
    }
    crypto::wipe(bytes.data(), bytes.size());
    return decoded;
}

class entry_reader {
  public:
    entry_reader(const std::string& file, std::vector<operator_problem>& problems)
        : file_(file), problems_(problems) {}

    void read_document(const json::value& document) {
        const auto* const keys = key_list(document, true);
        if (keys == nullptr) {
            complain("must hold one object whose only member is \"keys\", a list");
            return;
        }
        if (keys->empty() || keys->size() > max_keys) {
            complain("must hold 1 to " + std::to_string(max_keys) + " keys");
            return;
        }
        for (std::size_t i = 0; i < keys->size(); ++i) {
            where_ = file_ + ": key " + std::to_string(i + 1);
            read_entry((*keys)[i]);
        }
    }

    [[nodiscard]] std::vector<signing_key> take() && { return std::move(keys_); }

  private:
    void complain(std::string what) { problems_.push_back({where_, std::move(what)}); }

    /// Reports every fault of the entry; keeps the entry when there is none.
    void read_entry(const json::value& value) {
        const auto* const entry = value.if_object();
        if (entry == nullptr || !entry->contains("kid") || !entry->contains("secret") ||
            entry->size() != 2 + entry->count("not_before") + entry->count("not_after")) {
            complain("must be an object with the members \"kid\" and \"secret\", and optionally "
                     "\"not_before\" and \"not_after\"");
            return;
        }
        const bool good_kid = check_kid(text_member(*entry, "kid"));
        auto key = read_key(text_member(*entry, "secret"));
        const key_window window{.not_before = read_time(*entry, "not_before"),
                                .not_after = read_time(*entry, "not_after")};
        if (window.not_before && window.not_after && *window.not_after <= *window.not_before) {
            complain("not_after must be later than not_before");
        }
        if (good_kid && key) {
            keys_.emplace_back(kids_.back(), *key, window);
        }
    }

    bool check_kid(std::string_view kid) {
        if (!is_key_id(kid)) {
            complain("kid must be a text of 1 to 64 letters, digits, dots, dashes or underscores");
            return false;
        }
        if (std::ranges::find(kids_, kid) != kids_.end()) {
            complain("kid is the same as that of an earlier key");
            return false;
        }
        kids_.emplace_back(kid);
        return true;
    }

    std::optional<std::int64_t> read_time(const json::object& entry, std::string_view name) {
        const auto* const value = entry.if_contains(json::string_view(name.data(), name.size()));
        if (value == nullptr) {
            return std::nullopt;
        }
        const auto* const number = value->if_int64();
        const auto* const text = value->if_string();
        auto time = number != nullptr && *number >= 0 ? std::optional(*number) : std::nullopt;
        if (text != nullptr) {
            time = parse_timestamp(*text);
        }
        if (!time) {
            complain(std::string(name) +
                     " must be a time such as \"2026-01-31T12:00:00Z\", or seconds since 1970");
        }
        return time;
    }

    std::optional<crypto::hmac_key> read_key(std::string_view encoded) {
        const auto decoded = decode_secret(encoded);
        if (!decoded) {
            complain("secret must be a text in base64url without padding");
            return std::nullopt;
        }
        auto key = crypto::hmac_key::make(decoded->reveal());
        if (!key) {
            complain("secret must have at least " + std::to_string(crypto::min_key_bytes) +
                     " bytes, which is " +
                     std::to_string(crypto::base64url_encoded_size(crypto::min_key_bytes)) +
                     " characters");
        }
        return key;
    }

    const std::string& file_;
    std::vector<operator_problem>& problems_;
    std::string where_ = file_;
    std::vector<std::string>
        kids_; // every kid so far, so that a duplicate of a rejected key is found too
    std::vector<signing_key> keys_;
};

} // namespace

std::vector<signing_key> parse_key_entries(std::string_view text, const std::string& file,
                                           std::vector<operator_problem>& problems) {
    wiping_resource memory;
    const json::storage_ptr storage(&memory);
    json::value document(storage);
    std::string fault;
    if (!read_operator_json(text, document, fault)) {
        problems.push_back({file, std::move(fault)});
        return {};
    }
    entry_reader reader(file, problems);
    reader.read_document(document);
    return std::move(reader).take();
}

} // namespace sluice::core
