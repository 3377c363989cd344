#pragma once
// How many TLS records a peer may send that bring no data. OpenSSL reads such records in a loop of
// its own that ends only when the socket is empty, so a peer that keeps it full would hold the
// thread (threats row 49). The meter follows the framing of the records (RFC 8446 §5.1) and stops
// the bytes at the start of a record. It decrypts nothing and knows no socket: tls/secure_socket
// owns both.

#include <array>
#include <cstddef>
#include <span>

namespace sluice::tls {

class record_meter {
  public:
    /// Records in one call into OpenSSL. Each costs a few microseconds: a key update about ten.
    static constexpr unsigned records_per_turn = 8;
    /// Records in a handshake. Four to six are usual; some clients cut their hello into pieces.
    static constexpr unsigned records_per_handshake = 128;
    /// Records without data after that. A client has a reason for one or two in a connection's
    /// life: a key update after 2^24 records of data, an alert before it leaves.
    static constexpr unsigned spare_records = 32;

    enum class verdict {
        pass,  // up to may_take() bytes
        yield, // the turn is over; more in the next
        close, // too many records without data
    };

    /// A call into OpenSSL begins.
    void begin_turn() noexcept { in_turn_ = 0; }
    /// What may happen to the next byte.
    [[nodiscard]] verdict judge() const noexcept;
    /// How many of `wanted` bytes do not reach into the next record.
    [[nodiscard]] std::size_t may_take(std::size_t wanted) const noexcept;
    /// `bytes` have been taken, no more than may_take() said.
    void took(std::span<const char> bytes) noexcept;

    /// The handshake is over.
    void established() noexcept { spare_ = spare_records; }
    /// Data has been read. A record of data pays for itself and for one record without.
    void delivered() noexcept;

  private:
    static constexpr std::size_t header_size = 5; // type, version, length

    std::array<unsigned char, header_size> header_{};
    std::size_t header_has_ = 0; // bytes of it; all of them while a body is read
    std::size_t body_left_ = 0;
    unsigned in_turn_ = 0;
    unsigned unpaid_ = 0; // begun since data was read
    unsigned spare_ = records_per_handshake;
};

} // namespace sluice::tls
