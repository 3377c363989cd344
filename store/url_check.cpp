#include "store/url_check.hpp"

#include "core/access/store_url.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace sluice::store {

namespace {

using options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// The options that libpq parses from `text`; null when it cannot parse it.
options read(const std::string& text) {
    char* why = nullptr;
    options found(PQconninfoParse(text.c_str(), &why), PQconninfoFree);
    PQfreemem(why); // it may repeat a part of the text
    return found;
}

/// libpq marks the options that hold a secret, so that dialogs hide them: password, sslpassword.
bool has_secret(const PQconninfoOption* first) noexcept {
    for (const auto* one = first; one->keyword != nullptr; ++one) {
        if (one->val != nullptr && std::string_view(one->dispchar) == "*") {
            return true;
        }
    }
    return false;
}

} // namespace

std::string objection_to_url(const std::string& url) {
    const auto found = read(url);
    if (core::is_postgres_url(url)) {
        if (!found) {
            return "is not a URL that PostgreSQL's client accepts";
        }
        return has_secret(found.get()) ? "must not hold a password: put it into the file that "
                                         "PGPASSFILE names, or into "
                                         "a service file"
                                       : "";
    }
    // "host=db password=…": meant for PostgreSQL, and not a plausible path of a file.
    return found && url.find('=') != std::string::npos
               ? "must be postgresql://..., without a password; lists of keywords are not accepted"
               : "";
}

} // namespace sluice::store
