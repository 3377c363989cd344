// Incremental SHA-256 (FIPS 180-4): the browser's own digest needs the whole file in memory.

const constants = /* @__PURE__ */ firstBits(64, 3)
const initial = /* @__PURE__ */ firstBits(8, 2)

// The first 32 bits of the fractional parts of the `degree`th roots of the first primes.
function firstBits(count: number, degree: 2 | 3): Int32Array {
  const out = new Int32Array(count)
  for (let found = 0, candidate = 2; found < count; candidate++) {
    let isPrime = true
    for (let d = 2; d * d <= candidate; d++) if (candidate % d === 0) isPrime = false
    if (isPrime) {
      const root = degree === 2 ? Math.sqrt(candidate) : Math.cbrt(candidate)
      out[found++] = ((root % 1) * 2 ** 32) | 0
    }
  }
  return out
}

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n))

export class Sha256 {
  readonly #state = initial.slice()
  readonly #block = new Uint8Array(64)
  readonly #words = new Int32Array(64)
  #filled = 0
  #total = 0

  update(data: Uint8Array): this {
    this.#total += data.length
    let at = 0
    if (this.#filled > 0) {
      at = Math.min(64 - this.#filled, data.length)
      this.#block.set(data.subarray(0, at), this.#filled)
      this.#filled += at
      if (this.#filled < 64) return this
      this.#compress(this.#block, 0)
    }
    for (; at + 64 <= data.length; at += 64) this.#compress(data, at)
    this.#block.set(data.subarray(at))
    this.#filled = data.length - at
    return this
  }

  /** The digest. The object must not be used afterwards. */
  digest(): Uint8Array {
    const bits = this.#total * 8
    const padding = new Uint8Array(((this.#filled < 56 ? 56 : 120) - this.#filled) + 8)
    padding[0] = 0x80
    const view = new DataView(padding.buffer)
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32))
    view.setUint32(padding.length - 4, bits >>> 0)
    this.update(padding)
    const out = new Uint8Array(32)
    this.#state.forEach((word, i) => new DataView(out.buffer).setInt32(i * 4, word))
    return out
  }

  #compress(data: Uint8Array, at: number): void {
    const w = this.#words
    const view = new DataView(data.buffer, data.byteOffset + at, 64)
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(i * 4)
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15]!
      const b = w[i - 2]!
      const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
      const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0
    }
    let [a, b, c, d, e, f, g, h] = this.#state as unknown as [
      number, number, number, number, number, number, number, number,
    ]
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[i]! + w[i]!) | 0
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    ;[a, b, c, d, e, f, g, h].forEach((x, i) => {
      this.#state[i] = (this.#state[i]! + x) | 0
    })
  }
}

/** The sha-256 value of a Repr-Digest field (RFC 9530); undefined if it has none. */
export function parseReprDigest(field: string | null): Uint8Array | undefined {
  const encoded = field?.match(/(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/)?.[1]
  return encoded === undefined ? undefined : Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0))
}
