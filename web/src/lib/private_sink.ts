// A file in the origin's private file system. Bytes are written to disk as they arrive and survive a
// reload. At the end the browser saves the file.

import type { StorageAnswer, StorageQuestion } from '../workers/storage_worker.js'
import workerText from '../workers/storage_worker.ts?text'
import { DownloadError, toDownloadError } from './errors.js'
import { saveBlob, type PageSink } from './sinks.js'

const folderName = 'sluice'
const readSize = 1 << 20
const openAttempts = 12
const openPause = 250 // milliseconds

/** Whether this browser has a private file system. */
export function hasPrivateStorage(): boolean {
  return typeof Worker !== 'undefined' && typeof navigator.storage?.getDirectory === 'function'
}

export class PrivateSink implements PageSink {
  readonly #file: string
  readonly #worker: Worker
  #waiting: { resolve: (value: number | Uint8Array) => void; reject: (why: unknown) => void }[] = []
  #size = 0
  #isOpen = true

  private constructor(file: string, worker: Worker) {
    this.#file = file
    this.#worker = worker
    this.#worker.addEventListener('message', ({ data }: MessageEvent<StorageAnswer>) => {
      const next = this.#waiting.shift()
      if ('error' in data) next?.reject(toDownloadError(data.error))
      else next?.resolve(data.value)
    })
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault()
      const why = new DownloadError('storage-denied', new Error(blocked))
      this.#waiting.splice(0).forEach(({ reject }) => reject(why))
    })
  }

  /**
   * Opens the file of that name and keeps its first `keep` bytes, or all if it has fewer. `script` is the
   * worker's address; without one, the worker inside the library runs.
   */
  static async open(name: string, keep: number, script?: string): Promise<PrivateSink> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await PrivateSink.#openWith(script ? new Worker(script) : inlineWorker(), name, keep)
      } catch (cause) {
        // After a reload, the worker of the page before may still hold the file.
        if ((cause as DownloadError).code !== 'storage-busy' || attempt === openAttempts) throw cause
        await new Promise((done) => setTimeout(done, openPause))
      }
    }
  }

  static async #openWith(worker: Worker, name: string, keep: number): Promise<PrivateSink> {
    const sink = new PrivateSink(name, worker)
    try {
      const found = (await sink.#tell({ op: 'open', name })) as number
      sink.#size = Math.min(found, keep)
      if (found > sink.#size) await sink.#tell({ op: 'truncate', size: sink.#size })
    } catch (cause) {
      sink.#worker.terminate()
      throw cause
    }
    return sink
  }

  get size(): number {
    return this.#size
  }

  async write(chunk: Uint8Array): Promise<void> {
    const length = chunk.length
    await this.#tell({ op: 'write', at: this.#size, data: chunk }, [chunk.buffer as ArrayBuffer])
    this.#size += length
  }

  async restart(): Promise<void> {
    await this.#tell({ op: 'truncate', size: 0 })
    this.#size = 0
  }

  async *readBack(length: number): AsyncIterable<Uint8Array> {
    for (let at = 0; at < length; at += readSize) {
      yield (await this.#tell({
        op: 'read',
        at,
        length: Math.min(readSize, length - at),
      })) as Uint8Array
    }
  }

  async finish(name: string | undefined, type: string): Promise<void> {
    await this.release()
    if (name !== undefined) await savePrivate(this.#file, name, type)
  }

  /** Closes the file without deleting it. */
  async release(): Promise<boolean> {
    if (this.#isOpen) {
      this.#isOpen = false
      await this.#tell({ op: 'close' })
      this.#worker.terminate()
    }
    return false
  }

  async abandon(): Promise<void> {
    await this.release()
    await removePrivate(this.#file)
  }

  #tell(question: StorageQuestion, transfer: Transferable[] = []): Promise<number | Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(question, transfer)
    })
  }
}

/** Usually, the policy of the page has no `worker-src blob:`. */
const blocked =
  'the storage worker could not be started: allow blob: in worker-src, or serve sw.js of sluice-download ' +
  'and name its address in the option storageWorker'

function inlineWorker(): Worker {
  const url = URL.createObjectURL(new Blob([workerText], { type: 'text/javascript' }))
  try {
    return new Worker(url)
  } catch {
    throw new DownloadError('storage-denied', new Error(blocked)) // some browsers throw instead of firing "error"
  } finally {
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  }
}

/** Passes a finished file to the browser, which reads it from disk while it saves it. */
export async function savePrivate(file: string, name: string, type: string): Promise<void> {
  const content = await (await (await folder()).getFileHandle(file)).getFile()
  saveBlob(content.slice(0, content.size, type), name)
}

/** The finished or unfinished file itself; undefined if there is none. */
export async function openPrivate(name: string): Promise<File | undefined> {
  try {
    return await (await (await folder()).getFileHandle(name)).getFile()
  } catch {
    return undefined
  }
}

/** Frees the space of a download that is no longer needed. */
export async function removePrivate(name: string): Promise<void> {
  try {
    await (await folder()).removeEntry(name)
  } catch (cause) {
    if ((cause as Error).name !== 'NotFoundError') throw toDownloadError(cause)
  }
}

function folder(): Promise<FileSystemDirectoryHandle> {
  return navigator.storage
    .getDirectory()
    .then((root) => root.getDirectoryHandle(folderName, { create: true }))
}
