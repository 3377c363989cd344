/* A TLS client that sends records without data, back to back, until the server closes the connection:
 *
 *     tls_flood PORT KIND COUNT
 *
 * It seals the records itself, because libssl sends most of them once or not at all. It makes all
 * records before it sends the first one, so that the server never waits for this program. Exits when
 * the server has closed. */

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEY = 16, ROOM = 64, HELLO = 60 };
enum { ALERT = 21, HANDSHAKE = 22, DATA = 23 };

static const struct kind {
    const char *name;
    int version; /* 0: plain records instead of a handshake */
    unsigned char type;
    const char *content; /* NULL: see below */
    size_t size;
} kinds[] = {
    {"key-updates", TLS1_3_VERSION, HANDSHAKE, "\x18\0\0\1\0", 5},
    {"key-updates-answered", TLS1_3_VERSION, HANDSHAKE, "\x18\0\0\1\1", 5},
    {"empty-records-1.3", TLS1_3_VERSION, DATA, "", 0},
    {"alerts-1.3", TLS1_3_VERSION, ALERT, "\1\x5a", 2}, /* user_canceled */
    {"tickets", TLS1_3_VERSION, HANDSHAKE, "\4\0\0\5\0\0\0\0\0", 9},
    {"fragments-1.3", TLS1_3_VERSION, HANDSHAKE, "\x18", 1},
    {"hellos", TLS1_2_VERSION, HANDSHAKE, NULL, HELLO},
    {"empty-records-1.2", TLS1_2_VERSION, DATA, "", 0},
    {"alerts-1.2", TLS1_2_VERSION, ALERT, "\1\x5a", 2},
    {"fragments-1.2", TLS1_2_VERSION, HANDSHAKE, "\1", 1},
    {"hello-in-pieces", 0, HANDSHAKE, NULL, 1},
    {"change-cipher-specs", 0, 20, "\1", 1},
};

static unsigned char secret[64]; /* of the client's application traffic, TLS 1.3 */
static unsigned char key[KEY], iv[12];
static uint64_t sequence;

static void fail(const char *what) {
    fprintf(stderr, "tls_flood: %s\n", what);
    exit(2);
}

/* HKDF-Expand-Label of RFC 8446 7.1 */
static void expand_label(const unsigned char *from, const char *label, unsigned char *out, size_t size) {
    unsigned char info[ROOM];
    const size_t length = strlen(label);
    info[0] = 0;
    info[1] = (unsigned char)size;
    info[2] = (unsigned char)(6 + length);
    memcpy(info + 3, "tls13 ", 6);
    memcpy(info + 9, label, length);
    info[10 + length - 1] = 0; /* no context */
    info[10 + length] = 1;     /* HKDF-Expand of one block (RFC 5869 2.3) */
    unsigned char block[32];
    if (!HMAC(EVP_sha256(), from, 32, info, 11 + length, block, NULL))
        fail("HKDF");
    memcpy(out, block, size);
}

static void use_secret(void) {
    expand_label(secret, "key", key, KEY);
    expand_label(secret, "iv", iv, sizeof iv);
    sequence = 0;
}

/* The key block of RFC 5246 6.3 with the extended master secret, which libssl has applied. */
static void use_master_secret(SSL *ssl) {
    unsigned char master[48], seed[13 + 64] = "key expansion", block[2 * KEY + 8];
    SSL_SESSION_get_master_key(SSL_get_session(ssl), master, sizeof master);
    SSL_get_server_random(ssl, seed + 13, 32);
    SSL_get_client_random(ssl, seed + 45, 32);
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master, sizeof master),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof seed),
                         OSSL_PARAM_construct_end()};
    if (EVP_KDF_derive(ctx, block, sizeof block, with) != 1)
        fail("TLS1-PRF");
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    memcpy(key, block, KEY);
    memcpy(iv, block + 2 * KEY, 4);
    sequence = 1; /* Finished was the first */
}

static void put(unsigned char *out, uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i)
        out[i] = (unsigned char)(number >> (8 * (bytes - 1 - i)));
}

/* One sealed record (RFC 8446 5.2; RFC 5246 6.2.3.3 with RFC 5288); its size. */
static size_t seal(EVP_CIPHER_CTX *ctx, int version, unsigned char type, const unsigned char *content,
                   size_t size, unsigned char *out) {
    unsigned char plain[ROOM * 2], nonce[12], aad[13];
    int part = 0, aad_size = 5;
    unsigned char *body = out + 5;
    memcpy(plain, content, size);
    memcpy(nonce, iv, sizeof nonce);
    out[0] = type;
    out[1] = out[2] = 3;
    if (version == TLS1_3_VERSION) {
        plain[size++] = type;
        out[0] = DATA;
        for (int i = 0; i < 8; ++i)
            nonce[4 + i] ^= (unsigned char)(sequence >> (56 - 8 * i));
        put(out + 3, size + 16, 2);
        memcpy(aad, out, 5);
    } else {
        put(nonce + 4, sequence, 8);
        put(out + 3, 8 + size + 16, 2);
        memcpy(body, nonce + 4, 8);
        body += 8;
        put(aad, sequence, 8);
        memcpy(aad + 8, out, 3);
        put(aad + 11, size, 2);
        aad_size = 13;
    }
    ++sequence;
    EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, nonce);
    EVP_EncryptUpdate(ctx, NULL, &part, aad, aad_size);
    EVP_EncryptUpdate(ctx, body, &part, plain, (int)size);
    EVP_EncryptFinal_ex(ctx, body + size, &part);
    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, body + size);
    return (size_t)(body + size + 16 - out);
}

static void on_key(const SSL *ssl, const char *line) {
    static const char label[] = "CLIENT_TRAFFIC_SECRET_0 ";
    (void)ssl;
    if (strncmp(line, label, sizeof label - 1) != 0)
        return;
    const char *hex = strrchr(line, ' ') + 1;
    for (size_t i = 0; i < 32; ++i)
        if (sscanf(hex + 2 * i, "%2hhx", &secret[i]) != 1)
            fail("secret");
}

static SSL *shake_hands(int fd, int version) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(ctx, version);
    SSL_CTX_set_max_proto_version(ctx, version);
    SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256");
    SSL_CTX_set_keylog_callback(ctx, on_key);
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) != 1)
        fail("handshake");
    return ssl;
}

static size_t make_records(const struct kind *what, size_t count, unsigned char *out) {
    /* A hello for the renegotiation, of one cipher and no extension. */
    unsigned char hello[HELLO] = {1, 0, 0, HELLO - 4, 3, 3};
    hello[38] = 0;
    memcpy(hello + 39, "\0\2\xc0\x2b\1\0\0\x0c", 8);
    const unsigned char *content = (const unsigned char *)(what->content ? what->content : (char *)hello);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    size_t size = 0;
    for (size_t i = 0; i < count; ++i) {
        if (what->version == 0) {
            out[size] = what->type;
            out[size + 1] = 3;
            out[size + 2] = 3;
            put(out + size + 3, 1, 2);
            /* A hello of 128 KiB, then of its random bytes. */
            out[size + 5] = what->content ? 1 : i == 0 ? 1 : i == 1 ? 1 : 3;
            size += 6;
            continue;
        }
        size += seal(ctx, what->version, what->type, content, what->size, out + size);
        if (what->version == TLS1_3_VERSION && content[0] == 0x18 && what->size == 5) {
            unsigned char next[32];
            expand_label(secret, "traffic upd", next, sizeof next);
            memcpy(secret, next, sizeof next);
            use_secret();
        }
    }
    EVP_CIPHER_CTX_free(ctx);
    return size;
}

int main(int argc, char **argv) {
    const struct kind *what = NULL;
    for (size_t i = 0; argc == 4 && i < sizeof kinds / sizeof *kinds; ++i)
        if (strcmp(kinds[i].name, argv[2]) == 0)
            what = &kinds[i];
    if (!what)
        fail("usage: tls_flood PORT KIND COUNT");
    const size_t count = strtoul(argv[3], NULL, 10);
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail("connect");
    SSL *ssl = what->version ? shake_hands(fd, what->version) : NULL;
    if (what->version == TLS1_3_VERSION)
        use_secret();
    else if (ssl)
        use_master_secret(ssl);
    unsigned char *const records = malloc(count * (ROOM * 2));
    const size_t size = make_records(what, count, records);
    puts("ready");
    fflush(stdout);
    size_t sent = 0;
    while (sent < size) {
        const ssize_t part = send(fd, records + sent, size - sent, 0);
        if (part <= 0)
            break;
        sent += (size_t)part;
    }
    /* It is over when the server has closed: an end, or a reset. */
    char sink[4096];
    while (recv(fd, sink, sizeof sink, 0) > 0) {
    }
    puts(sent < size ? "closed while it sent" : "closed after the last");
    return 0;
}
