// Lets the browser's own download manager fetch a file that needs an Authorization field. A page opens
// /stream/<id>/<name>, and this worker responds with the content. Memory use is constant for any file
// size. The worker does not touch any other request of the origin.
//
// The same script is the storage worker where a page's policy blocks the one inside the library.

import { DownloadError, toDownloadError } from '../lib/errors.js'
import type { Grant } from '../lib/media.js'
import { streamPath, type OpenMessage, type PageMessage, type WorkerMessage } from '../lib/protocol.js'
import { Transfer, type FileFacts, type Sink } from '../lib/transfer.js'
import { serveStorage } from './storage_worker.js'

declare const self: ServiceWorkerGlobalScope

/** One download: the page's port on one side, the browser's download on the other. */
class Stream {
  readonly #port: MessagePort
  readonly #transfer: Transfer
  #giveGrant: { resolve: (grant: Grant) => void; reject: (why: unknown) => void } | undefined

  constructor(
    port: MessagePort,
    readonly name: string,
  ) {
    this.#port = port
    this.#transfer = new Transfer({
      grant: () =>
        new Promise((resolve, reject) => {
          this.#giveGrant = { resolve, reject }
          this.#tell({ kind: 'wanted' })
        }),
      onAsk: () => this.#tell({ kind: 'asking' }),
      onFacts: (facts) => this.#tell({ kind: 'facts', facts }),
      onProgress: (received) => this.#tell({ kind: 'progress', received }),
      onWait: (why, until) => this.#tell({ kind: 'waiting', error: why.facts, until }),
    })
    port.onmessage = ({ data }: MessageEvent<PageMessage>) => this.#hear(data)
    this.#tell({ kind: 'ready' })
  }

  /** The response for the browser's download manager. */
  async respond(): Promise<Response> {
    try {
      const facts = await this.#transfer.probe()
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      void this.#pump(writable)
      return new Response(readable, { headers: headersFor(this.name, facts) })
    } catch (cause) {
      this.#fail(cause)
      return new Response(null, { status: 204 }) // leaves the page as it is
    }
  }

  async #pump(writable: WritableStream<Uint8Array>): Promise<void> {
    const writer = writable.getWriter()
    // The download manager closes the stream when the user cancels.
    writer.closed.catch(() => this.#transfer.cancel())
    const sink: Sink = {
      write: (chunk) => writer.write(chunk).catch(() => Promise.reject(new DownloadError('cancelled'))),
    }
    try {
      await this.#transfer.run(sink)
      await writer.close()
      this.#tell({ kind: 'done' })
    } catch (cause) {
      await writer.abort(cause).catch(() => {})
      this.#fail(cause)
    }
  }

  #hear(message: PageMessage): void {
    switch (message.kind) {
      case 'grant':
        this.#giveGrant?.resolve(message.grant)
        break
      case 'refused':
        this.#giveGrant?.reject(new DownloadError(message.error))
        break
      case 'pause':
        this.#transfer.pause()
        break
      case 'resume':
        this.#transfer.resume()
        break
      case 'cancel':
        this.#transfer.cancel()
        break
      case 'ping':
        this.#tell({ kind: 'pong' })
        break
    }
  }

  #fail(cause: unknown): void {
    this.#tell({ kind: 'failed', error: toDownloadError(cause).facts })
  }

  #tell(message: WorkerMessage): void {
    this.#port.postMessage(message)
  }
}

function headersFor(name: string, facts: FileFacts): Headers {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return new Headers({
    'Content-Type': facts.type,
    'Content-Length': String(facts.size),
    'Content-Disposition': `attachment; filename*=UTF-8''${encoded}`,
    'Content-Security-Policy': 'sandbox',
    'X-Content-Type-Options': 'nosniff',
  })
}

const streams = new Map<string, Stream>()

function serveStreams(): void {
  self.addEventListener('install', () => void self.skipWaiting())
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

  self.addEventListener('message', ({ data, ports }: ExtendableMessageEvent) => {
    const message = data as OpenMessage
    const port = ports[0]
    if (message?.kind === 'open' && port !== undefined) {
      streams.set(message.id, new Stream(port, message.name))
    }
  })

  self.addEventListener('fetch', (event) => {
    const { origin, pathname } = new URL(event.request.url)
    if (origin !== self.location.origin || !pathname.startsWith(streamPath)) return
    const id = pathname.slice(streamPath.length).split('/')[0]!
    const stream = streams.get(id)
    streams.delete(id) // a URL is valid for one download
    event.respondWith(
      stream?.respond() ?? Promise.resolve(new Response('Gone', { status: 410 })),
    )
  })
}

if ('clients' in self) serveStreams()
else serveStorage()
