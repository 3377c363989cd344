// The records of downloads that are kept between two visits. They never contain a token.

import type { MediaRequest } from './media.js'
import type { FileFacts } from './transfer.js'

export interface DownloadRecord {
  readonly media: MediaRequest
  /** Absent until the service has reported them. */
  readonly facts?: FileFacts
  readonly isDone: boolean
  /** The user paused it, or it failed: it does not continue by itself. */
  readonly isPaused: boolean
  /** It stays in private storage when it is complete. */
  readonly keep: boolean
  /** When it was added: milliseconds since the Unix epoch, different for each. */
  readonly added: number
  /** Milliseconds since the Unix epoch. */
  readonly changed: number
}

const prefix = 'sluice:'

interface Stored extends Omit<DownloadRecord, 'facts'> {
  facts?: Omit<FileFacts, 'digest'> & { digest?: number[] }
}

/** If the storage is disabled, no record is kept. */
export class Records {
  readonly #storage: Storage | undefined

  constructor(storage?: Storage) {
    this.#storage = storage ?? (globalThis as { localStorage?: Storage }).localStorage
  }

  save(id: string, record: DownloadRecord): void {
    const { facts, ...rest } = record
    const stored: Stored = { ...rest, ...(facts && { facts: writable(facts) }) }
    this.#try((storage) => storage.setItem(prefix + id, JSON.stringify(stored)))
  }

  remove(id: string): void {
    this.#try((storage) => storage.removeItem(prefix + id))
  }

  /** All that can be read, oldest first. */
  all(): [id: string, record: DownloadRecord][] {
    const found: [string, DownloadRecord][] = []
    this.#try((storage) => {
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i)
        if (key?.startsWith(prefix)) {
          const record = parse(storage.getItem(key))
          if (record !== undefined) found.push([key.slice(prefix.length), record])
        }
      }
    })
    return found.sort(([, a], [, b]) => a.added - b.added)
  }

  #try(act: (storage: Storage) => void): void {
    try {
      if (this.#storage !== undefined) act(this.#storage)
    } catch {
      // The storage is full or forbidden. The download continues, but a reload will not restore it.
    }
  }
}

function writable({ digest, ...facts }: FileFacts): NonNullable<Stored['facts']> {
  return digest === undefined ? facts : { ...facts, digest: Array.from(digest) }
}

function parse(text: string | null): DownloadRecord | undefined {
  try {
    const { facts, ...stored } = JSON.parse(text ?? '') as Stored
    const rest = { ...stored, isPaused: stored.isPaused ?? true, keep: stored.keep ?? false, added: stored.added ?? stored.changed }
    if (facts === undefined) return rest
    const { digest, ...known } = facts
    return { ...rest, facts: digest ? { ...known, digest: Uint8Array.from(digest) } : known }
  } catch {
    return undefined
  }
}
