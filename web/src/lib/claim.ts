// Selects the tab that performs a download: the one that holds the lock of that name (Web Locks). The others
// show its progress, and one of them takes over when it is closed. Without locks, each tab downloads for itself.

export interface ClaimEvents {
  /** This tab holds the lock now. */
  readonly onMine: () => void
  /** Another tab holds it. */
  readonly onOther: () => void
  /** The other tab has finished, or is gone. */
  readonly onFree: () => void
}

export class Claim {
  readonly #name: string
  readonly #events: ClaimEvents
  #state: 'none' | 'asking' | 'mine' | 'other' = 'none'
  #isWanted = false
  #letGo = (): void => {}

  constructor(name: string, events: ClaimEvents) {
    this.#name = name
    this.#events = events
  }

  get isMine(): boolean {
    return this.#state === 'mine'
  }
  get isOther(): boolean {
    return this.#state === 'other'
  }
  get isFree(): boolean {
    return this.#state === 'none'
  }

  /** Asks for the lock; one of the events tells the result. */
  take(): void {
    this.#isWanted = true
    if (this.#state !== 'none') return
    const locks = globalThis.navigator?.locks
    if (locks === undefined) {
      this.#state = 'mine'
      this.#events.onMine()
      return
    }
    this.#state = 'asking'
    const asked = locks.request(this.#name, { ifAvailable: true }, (lock) => this.#answered(lock !== null))
    asked.catch(() => this.#alone())
  }

  /** Another tab performs it: waits until that tab releases the lock. */
  follow(): void {
    if (this.#state === 'none') void this.#wait()
  }

  release(): void {
    this.#isWanted = false
    if (this.#state !== 'mine') return
    this.#state = 'none'
    this.#letGo()
  }

  #answered(hasLock: boolean): Promise<void> | undefined {
    if (!hasLock) {
      void this.#wait()
      this.#events.onOther()
      return undefined
    }
    if (!this.#isWanted) {
      this.#state = 'none'
      return undefined
    }
    const held = new Promise<void>((done) => (this.#letGo = done))
    this.#state = 'mine'
    this.#events.onMine()
    return held
  }

  async #wait(): Promise<void> {
    this.#state = 'other'
    await navigator.locks.request(this.#name, () => {}).catch(() => {})
    this.#state = 'none'
    this.#events.onFree()
  }

  /** The browser forbids locks. */
  #alone(): void {
    this.#state = 'mine'
    this.#events.onMine()
  }
}
