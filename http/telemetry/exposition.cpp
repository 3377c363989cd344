#include "http/telemetry/exposition.hpp"

namespace sluice::http {

namespace {

void append_escaped(std::string_view text, std::string& out) {
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') {
            out += '\\';
        }
        out += c;
    }
}

} // namespace

void append_fixed(fixed_point of, std::string& out) {
    auto digits = std::to_string(of.value);
    if (of.decimals > 0) {
        if (digits.size() <= of.decimals) {
            digits.insert(0, of.decimals + 1 - digits.size(), '0');
        }
        digits.insert(digits.size() - of.decimals, 1, '.');
        digits.erase(digits.find_last_not_of('0') + 1);
        if (digits.back() == '.') {
            digits.pop_back();
        }
    }
    out += digits;
}

void exposition::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_.append("# HELP ").append(name).append(" ").append(help);
    out_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void exposition::sample(labels with, fixed_point value) {
    begin({}, with, {});
    end(value);
}

void exposition::begin(std::string_view suffix, labels with, std::string_view bound) {
    out_.append(name_).append(suffix);
    char before = '{';
    const auto append = [&](label one) {
        out_ += before;
        out_.append(one.name).append("=\"");
        append_escaped(one.value, out_);
        out_ += '"';
        before = ',';
    };
    for (const auto& one : with) {
        append(one);
    }
    if (!bound.empty()) {
        append({"le", bound});
    }
    if (before == ',') {
        out_ += '}';
    }
}

void exposition::end(fixed_point value) {
    out_ += ' ';
    append_fixed(value, out_);
    out_ += '\n';
}

} // namespace sluice::http
