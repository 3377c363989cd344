// The page's side of a download that the service worker performs.

import { DownloadError, toDownloadError } from './errors.js'
import type { Grant } from './media.js'
import { pingInterval, streamPath, type PageMessage, type WorkerMessage } from './protocol.js'

export interface WorkerEvents {
  readonly grant: () => Promise<Grant>
  readonly onMessage: (message: WorkerMessage) => void
}

export function hasServiceWorker(): boolean {
  return globalThis.isSecureContext === true && 'serviceWorker' in navigator
}

/** Registers the worker for its own paths only. */
async function registerWorker(script: string): Promise<ServiceWorker> {
  const registration = await navigator.serviceWorker.register(script, { scope: streamPath })
  const worker = registration.active ?? registration.waiting ?? registration.installing
  if (worker === null) throw new DownloadError('unsupported')
  if (worker.state !== 'activated') {
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener('statechange', () => {
        if (worker.state === 'activated') resolve()
        if (worker.state === 'redundant') reject(new DownloadError('unsupported'))
      })
    })
  }
  return registration.active ?? worker
}

/** Runs one download. Resolves when the browser has the whole file; rejects with a DownloadError. */
export class WorkerDownload {
  readonly #channel = new MessageChannel()
  readonly #events: WorkerEvents
  readonly #frame = document.createElement('iframe')
  #settle: { resolve: () => void; reject: (why: unknown) => void } = { resolve() {}, reject() {} }
  #heard = Date.now()

  /** `script` is the address of the service worker. */
  constructor(
    readonly script: string,
    events: WorkerEvents,
  ) {
    this.#events = events
    this.#channel.port1.onmessage = ({ data }: MessageEvent<WorkerMessage>) => this.#hear(data)
  }

  async run(id: string, name: string): Promise<void> {
    const worker = await registerWorker(this.script)
    const finished = new Promise<void>((resolve, reject) => (this.#settle = { resolve, reject }))
    this.#frame.hidden = true
    this.#frame.src = `${streamPath}${id}/${encodeURIComponent(name)}`
    // A download shows nothing in its frame. A page in it comes from a worker that lacks this `id`.
    this.#frame.onload = () => this.#settle.reject(new DownloadError('worker-lost'))
    worker.postMessage({ kind: 'open', id, name }, [this.#channel.port2])
    const timer = setInterval(() => this.#ping(), pingInterval)
    try {
      await finished
    } finally {
      clearInterval(timer)
      this.#channel.port1.close()
      this.#frame.remove()
    }
  }

  tell(message: PageMessage): void {
    this.#channel.port1.postMessage(message)
  }

  #ping(): void {
    if (Date.now() - this.#heard > 4 * pingInterval) {
      this.#settle.reject(new DownloadError('worker-lost'))
    }
    this.tell({ kind: 'ping' })
  }

  #hear(message: WorkerMessage): void {
    this.#heard = Date.now()
    switch (message.kind) {
      case 'ready': // only now: a request may reach the worker sooner than an earlier message
        document.body.append(this.#frame)
        break
      case 'wanted':
        void this.#events.grant().then(
          (grant) => this.tell({ kind: 'grant', grant }),
          (cause: unknown) => this.tell({ kind: 'refused', error: toDownloadError(cause).facts }),
        )
        break
      case 'done':
        this.#settle.resolve()
        break
      case 'failed':
        this.#settle.reject(new DownloadError(message.error))
        break
      default:
        this.#events.onMessage(message)
    }
  }
}
