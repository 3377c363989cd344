// The messages between the tabs of one origin about their downloads. The tab that performs a download sends
// its state; the others send the buttons that their user pressed. No message contains a token.

import type { ErrorFacts } from './errors.js'
import type { MediaRequest } from './media.js'
import type { Method } from './method.js'
import type { State } from './state.js'
import type { FileFacts } from './transfer.js'

export type Order = 'pause' | 'resume' | 'cancel' | 'remove'

/** A snapshot that can be sent to another tab. */
export interface Picture {
  readonly kind: 'picture'
  readonly id: string
  readonly media: MediaRequest
  readonly facts: FileFacts | undefined
  readonly state: State
  readonly received: number
  readonly speed: number
  readonly remaining: number | undefined
  readonly error: ErrorFacts | undefined
  readonly until: number | undefined
  readonly method: Method | undefined
  readonly keep: boolean
  readonly isHeld: boolean
}

export type TabMessage =
  | Picture
  | { kind: 'removed'; id: string }
  | { kind: 'order'; id: string; order: Order }
  | { kind: 'who' } // pictures of all downloads, please

export class Tabs {
  readonly #channel: BroadcastChannel | undefined

  /** Silent where tabs cannot share downloads: without locks (not a secure context) or in Node. */
  constructor(onMessage: (message: TabMessage) => void) {
    if (typeof document === 'undefined' || navigator.locks === undefined) return
    this.#channel = new BroadcastChannel('sluice')
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => onMessage(data)
  }

  tell(message: TabMessage): void {
    this.#channel?.postMessage(message)
  }
}
