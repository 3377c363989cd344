#include "core/json/operator_json.hpp"

#include "core/text/utf8.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

namespace sluice::core {

namespace json = boost::json;

namespace {

json::parse_options operator_options() {
    json::parse_options options;
    options.allow_comments = true;
    options.allow_trailing_commas = true;
    options.max_depth = max_operator_json_depth;
    return options;
}

/// Receives the events of a parse and stops it at the second use of a name. Keeps names, never
/// values.
class repeat_detector {
  public:
    // The size of the file bounds all sizes.
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    using error = boost::system::error_code;
    using text = json::string_view;

    [[nodiscard]] const std::string& repeated() const noexcept { return repeated_; }

    bool on_object_begin(error&) {
        names_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, error&) {
        names_.pop_back();
        return true;
    }
    bool on_key_part(text part, std::size_t, error&) {
        key_.append(part.data(), part.size());
        return true;
    }
    bool on_key(text part, std::size_t, error& ec) {
        key_.append(part.data(), part.size());
        if (!names_.back().insert(key_).second) {
            repeated_ = key_;
            ec = json::error::syntax;
            return false;
        }
        key_.clear();
        return true;
    }

    bool on_document_begin(error&) { return true; }
    bool on_document_end(error&) { return true; }
    bool on_array_begin(error&) { return true; }
    bool on_array_end(std::size_t, error&) { return true; }
    bool on_string_part(text, std::size_t, error&) { return true; }
    bool on_string(text, std::size_t, error&) { return true; }
    bool on_number_part(text, error&) { return true; }
    bool on_int64(std::int64_t, text, error&) { return true; }
    bool on_uint64(std::uint64_t, text, error&) { return true; }
    bool on_double(double, text, error&) { return true; }
    bool on_bool(bool, error&) { return true; }
    bool on_null(error&) { return true; }
    bool on_comment_part(text, error&) { return true; }
    bool on_comment(text, error&) { return true; }

  private:
    std::vector<std::set<std::string>> names_; // of each object that is open
    std::string key_;
    std::string repeated_;
};

std::string position(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto line_start = before.rfind('\n'); // npos + 1 is 0
    const auto column = offset - (line_start + 1) + 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column) + ": ";
}

/// The parser's message when it helps the operator, otherwise our own.
std::string reason(const boost::system::error_code& ec) {
    if (ec == json::error::too_deep) {
        return "nested deeper than " + std::to_string(max_operator_json_depth) + " levels";
    }
    if (ec == json::error::incomplete) {
        return "the text ends too early";
    }
    if (ec == json::error::extra_data) {
        return "text after the end of the document";
    }
    return "not valid JSON (" + ec.message() + ")";
}

} // namespace

bool read_operator_json(std::string_view text, json::value& out, std::string& problem) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        problem = "the file is UTF-16; save it as UTF-8";
        return false;
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3); // RFC 8259 §8.1: a reader may ignore a byte order mark
    }
    // First pass: names and syntax, with a position for the message; second pass: the values.
    json::basic_parser<repeat_detector> names(operator_options());
    boost::system::error_code ec;
    const auto read = names.write_some(false, text.data(), text.size(), ec);
    if (!ec && read < text.size()) {
        ec = json::error::extra_data;
    }
    if (ec) {
        const auto& repeated = names.handler().repeated();
        problem = position(text, std::min(read, text.size())) +
                  (repeated.empty() ? reason(ec) : '"' + printable(repeated) + "\" is given twice");
        return false;
    }
    out = json::parse(json::string_view(text.data(), text.size()), ec, out.storage(),
                      operator_options());
    if (ec) {
        problem = reason(ec);
        return false;
    }
    return true;
}

const json::array* key_list(const json::value& document, bool only_member) noexcept {
    const auto* const root = document.if_object();
    const auto* const list = root == nullptr ? nullptr : root->if_contains("keys");
    const bool is_good = list != nullptr && (!only_member || root->size() == 1);
    return is_good ? list->if_array() : nullptr;
}

std::string_view text_member(const json::object& entry, std::string_view name) noexcept {
    const auto* const member = entry.if_contains(name);
    const auto* const text = member == nullptr ? nullptr : member->if_string();
    return text == nullptr ? std::string_view{} : std::string_view(*text);
}

std::string printable(std::string_view name) {
    constexpr std::size_t longest = 64;
    std::string out(name.substr(0, longest));
    mask_unprintable(out);
    return name.size() > longest ? out + "..." : out;
}

} // namespace sluice::core
