// What a page and the service worker say to each other, over one MessagePort per download.

import type { ErrorFacts } from './errors.js'
import type { Grant } from './media.js'
import type { FileFacts } from './transfer.js'

/** Paths below this one are downloads that the service worker answers; the server has none. */
export const streamPath = '/stream/'

/** Milliseconds between two signs of life: browsers end a worker that hears nothing for 30 s. */
export const pingInterval = 10_000

export interface OpenMessage {
  readonly kind: 'open'
  readonly id: string
  readonly name: string
}

export type PageMessage =
  | { kind: 'grant'; grant: Grant }
  | { kind: 'refused'; error: ErrorFacts }
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'cancel' }
  | { kind: 'ping' }

export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'wanted' } // a grant, please
  | { kind: 'asking' }
  | { kind: 'facts'; facts: FileFacts }
  | { kind: 'progress'; received: number }
  | { kind: 'waiting'; error: ErrorFacts; until: number }
  | { kind: 'done' }
  | { kind: 'failed'; error: ErrorFacts }
  | { kind: 'pong' }
