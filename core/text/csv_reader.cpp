#include "core/text/csv_reader.hpp"

#include <utility>

namespace sluice::core {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view delimiters = ",;\t";

} // namespace

csv_reader::csv_reader(std::string_view text) noexcept : text_(text) {
    if (text_.starts_with(byte_order_mark)) {
        text_.remove_prefix(byte_order_mark.size());
    }
    find_delimiter();
}

void csv_reader::find_delimiter() noexcept {
    constexpr std::string_view announced = "sep=";
    if (text_.starts_with(announced) && text_.size() > announced.size() &&
        delimiters.find(text_[announced.size()]) != std::string_view::npos) {
        const auto end = text_.find('\n');
        delimiter_ = text_[announced.size()];
        while (offset_ < text_.size() && offset_ <= end) {
            take();
        }
        return;
    }
    const auto first_line = text_.substr(0, text_.find('\n'));
    if (const auto at = first_line.find_first_of(delimiters); at != std::string_view::npos) {
        delimiter_ = first_line[at];
    }
}

bool csv_reader::is_at_field_end() const noexcept {
    return is_at_end() || peek() == delimiter_ || peek() == '\n' || peek() == '\r';
}

char csv_reader::take() noexcept {
    const char letter = text_[offset_++];
    if (letter == '\n') {
        ++at_.line;
        at_.column = 1;
    } else if ((static_cast<unsigned char>(letter) & 0xC0U) != 0x80U) { // begins a character
        ++at_.column;
    }
    return letter;
}

bool csv_reader::take_line_end() noexcept {
    if (text_.substr(offset_).starts_with("\r\n")) {
        take();
    }
    if (is_at_end() || peek() != '\n') {
        return false;
    }
    take();
    return true;
}

bool csv_reader::fail(text_position at, std::string what) {
    fault_ = csv_fault{at, std::move(what)};
    return false;
}

bool csv_reader::read_quoted(csv_field& out) {
    take();
    for (;;) {
        if (is_at_end()) {
            return fail(out.at, "the closing quote of a field is missing");
        }
        const char letter = take();
        if (letter != '"') {
            out.text += letter;
        } else if (!is_at_end() && peek() == '"') {
            out.text += take();
        } else {
            break;
        }
    }
    if (!is_at_field_end()) {
        return fail(at_, "text follows the closing quote of a field");
    }
    return true;
}

bool csv_reader::read_field(csv_field& out) {
    out.text.clear();
    out.at = at_;
    if (!is_at_end() && peek() == '"') {
        return read_quoted(out);
    }
    while (!is_at_field_end()) {
        if (peek() == '"') {
            return fail(at_, "a quote is inside a field that does not begin with a quote");
        }
        out.text += take();
    }
    return true;
}

bool csv_reader::next(csv_record& out) {
    out.clear();
    if (fault_) {
        return false;
    }
    while (!is_at_end() && take_line_end()) {
    }
    if (is_at_end()) {
        return false;
    }
    for (;;) {
        if (!read_field(out.emplace_back())) {
            return false;
        }
        if (is_at_end() || take_line_end()) {
            return true;
        }
        if (peek() != delimiter_) {
            return fail(at_, "a carriage return without a line feed");
        }
        take();
    }
}

} // namespace sluice::core
