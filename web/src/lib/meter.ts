// Speed and remaining time, averaged over the last few seconds.

export class Meter {
  readonly #window: number
  #samples: { time: number; bytes: number }[] = []

  /** `window`: milliseconds to average over. */
  constructor(window = 5_000) {
    this.#window = window
  }

  /** `bytes`: the total received so far. */
  add(bytes: number, time = performance.now()): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && time - last.time < 100) {
      last.bytes = bytes
      return
    }
    this.#samples.push({ time, bytes })
    while (this.#samples.length > 2 && time - this.#samples[0]!.time > this.#window) {
      this.#samples.shift()
    }
  }

  /** Discards the samples from before a pause. */
  reset(): void {
    this.#samples = []
  }

  /** Bytes per second; 0 while unknown. */
  speed(): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.time <= first.time) return 0
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.time - first.time))
  }

  /** Seconds until `size` is reached; undefined while unknown. */
  remaining(size: number, received: number): number | undefined {
    const speed = this.speed()
    return speed > 0 ? Math.max(0, (size - received) / speed) : undefined
  }
}
