#include "core/objects/object_xml.hpp"

#include "core/text/ascii_class.hpp"
#include "core/text/percent.hpp"

#include <expat.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace sluice::core {

namespace {

constexpr std::size_t max_depth = 8; // of elements; the documents have four levels
constexpr std::size_t max_code_bytes = 64;

/// Calls `found` with the path of each element that has no element inside ("Error/Code"), and its
/// text.
class xml_reader {
  public:
    using sink = std::function<void(std::string_view path, std::string_view text)>;

    explicit xml_reader(sink found)
        : parser_(XML_ParserCreate(nullptr), XML_ParserFree), found_(std::move(found)) {
        if (parser_ != nullptr) {
            XML_SetUserData(parser_.get(), this);
            XML_SetElementHandler(parser_.get(), begin, end);
            XML_SetCharacterDataHandler(parser_.get(), take);
            XML_SetStartDoctypeDeclHandler(parser_.get(), reject);
        }
    }

    [[nodiscard]] bool read(std::string_view text) {
        return parser_ != nullptr &&
               XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), XML_TRUE) ==
                   XML_STATUS_OK;
    }

  private:
    static xml_reader& self(void* data) { return *static_cast<xml_reader*>(data); }
    static void begin(void* data, const XML_Char* name, const XML_Char** /*attributes*/) {
        auto& one = self(data);
        if (++one.depth_ > max_depth) {
            XML_StopParser(one.parser_.get(), XML_FALSE);
            return;
        }
        one.path_ += one.path_.empty() ? "" : "/";
        one.path_ += name;
        one.text_.clear();
        one.is_leaf_ = true;
    }
    static void end(void* data, const XML_Char* /*name*/) {
        auto& one = self(data);
        --one.depth_;
        if (std::exchange(one.is_leaf_, false)) {
            one.found_(one.path_, one.text_);
        }
        one.path_.resize(one.depth_ == 0 ? 0 : one.path_.rfind('/'));
    }
    static void take(void* data, const XML_Char* text, int size) {
        self(data).text_.append(text, static_cast<std::size_t>(size));
    }
    static void reject(void* data, const XML_Char* /*name*/, const XML_Char* /*system*/,
                       const XML_Char* /*public_id*/, int /*has_subset*/) {
        XML_StopParser(self(data).parser_.get(), XML_FALSE);
    }

    std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser_;
    sink found_;
    std::string path_;
    std::string text_;
    std::size_t depth_ = 0;
    bool is_leaf_ = false;
};

} // namespace

std::optional<object_page> read_object_page(std::string_view text) {
    object_page page;
    bool is_list = false;
    bool is_truncated = false;
    bool is_good = true;
    xml_reader reader([&](std::string_view path, std::string_view value) {
        is_list = is_list || path.starts_with("ListBucketResult/");
        if (path == "ListBucketResult/IsTruncated") {
            is_truncated = value == "true";
        } else if (path == "ListBucketResult/NextContinuationToken") {
            page.next = value;
        } else if (path == "ListBucketResult/CommonPrefixes/Prefix") {
            std::string prefix; // a space is '+' in the lists of Amazon, and %20 in others
            is_good = is_good && append_percent_decoded(value, plus_sign::space, prefix);
            page.prefixes.push_back(std::move(prefix));
        } else if (path == "ListBucketResult/Contents/Key" && page.first_key.empty()) {
            is_good = is_good && append_percent_decoded(value, plus_sign::space, page.first_key);
        }
    });
    if (!reader.read(text) || !is_list || !is_good || (is_truncated && page.next.empty())) {
        return std::nullopt;
    }
    if (!is_truncated) {
        page.next.clear();
    }
    return page;
}

std::string read_object_error(std::string_view text) {
    std::string code;
    xml_reader reader([&](std::string_view path, std::string_view value) {
        if (path == "Error/Code") {
            code = value;
        }
    });
    const bool is_read = reader.read(text);
    const bool is_word =
        code.size() <= max_code_bytes && std::ranges::all_of(code, is_ascii_letter);
    return is_read && is_word ? code : std::string();
}

} // namespace sluice::core
