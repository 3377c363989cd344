// The states of a download, and the options of those that start one.

import type { RetryPolicy } from './backoff.js'
import type { DownloadError } from './errors.js'
import type { GrantProvider } from './media.js'
import type { Method } from './method.js'
import type { Records } from './records.js'
import type { Tabs } from './tabs.js'

export type State =
  | 'queued' // waits for its turn
  | 'starting' // requests a token and the facts of the file
  | 'running'
  | 'waiting' // for the network or the service; continues by itself
  | 'paused'
  | 'saving'
  | 'done'
  | 'failed'
  | 'cancelled'

export interface Snapshot {
  readonly state: State
  readonly received: number
  /** Undefined until the service has reported it. */
  readonly size: number | undefined
  /** Bytes per second over the last seconds. */
  readonly speed: number
  /** Seconds; undefined while unknown. */
  readonly remaining: number | undefined
  /** Why it failed or waits. */
  readonly error: DownloadError | undefined
  /** While waiting: the time at which it continues (milliseconds since the Unix epoch). */
  readonly until: number | undefined
  readonly method: Method | undefined
  /** It was added with `keep`. */
  readonly keep: boolean
  /** The complete file is in private storage: file() returns it. */
  readonly isHeld: boolean
}

export interface DownloadOptions {
  /** How it is saved; by default what fits this browser and the size best. */
  readonly method?: Method
  /** The file the user picked; implies `picker`. */
  readonly handle?: FileSystemFileHandle
  /** Keeps the file in private storage, to be played there, and does not save it to the device. */
  readonly keep?: boolean
}

export interface DownloadContext {
  readonly provider: GrantProvider
  readonly records: Records
  readonly tabs: Tabs
  readonly serviceWorker: string
  readonly storageWorker?: string
  readonly retry?: Partial<RetryPolicy>
  readonly stallTimeout?: number
}

export interface DownloadEvents {
  readonly change: Event
}

/** The states in which a download goes on by itself. */
export const busy: readonly State[] = ['queued', 'starting', 'running', 'waiting', 'saving']
