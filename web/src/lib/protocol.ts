// The messages between a page and the service worker, over one MessagePort per download.

import type { ErrorFacts } from './errors.js'
import type { Grant } from './media.js'
import type { FileFacts } from './transfer.js'

/** The service worker handles all paths below this one; they do not exist on the server. */
export const streamPath = '/stream/'

/** Milliseconds between two keep-alive messages: browsers stop a worker after 30 s without one. */
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
