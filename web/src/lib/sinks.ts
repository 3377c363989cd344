// The other sinks of a download that the page itself receives: a file that the user picks, and, as a
// last resort, memory.

import { DownloadError } from './errors.js'
import type { Sink } from './transfer.js'

/** A sink that a page fills itself. */
export interface PageSink extends Sink {
  /** Bytes written so far. */
  readonly size: number
  /** The download is complete: delivers the file to the user; without a name, keeps it where it is. */
  finish(name: string | undefined, type: string): Promise<void>
  /** The transfer was interrupted. Returns true if the transfer can continue with this sink. */
  release(): Promise<boolean>
  /** Discards the content. */
  abandon(): Promise<void>
}

/** The part of the File System Access API that TypeScript's own types lack. */
interface SaveWindow {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>
}

/** Phones begin to close pages that hold more than this in memory. */
export const memoryLimit = 256 << 20

export function hasPicker(): boolean {
  return typeof (globalThis as SaveWindow).showSaveFilePicker === 'function'
}

/** Asks the user where to save the file; must be called from a click. */
export async function pickFile(suggestedName: string): Promise<FileSystemFileHandle> {
  const pick = (globalThis as SaveWindow).showSaveFilePicker
  if (pick === undefined) throw new DownloadError('unsupported')
  return await pick({ suggestedName })
}

/** The file that the user picked; it gets its content when the download is complete. */
export class PickedSink implements PageSink {
  readonly #stream: FileSystemWritableFileStream
  size = 0

  private constructor(stream: FileSystemWritableFileStream) {
    this.#stream = stream
  }

  static async open(handle: FileSystemFileHandle): Promise<PickedSink> {
    return new PickedSink(await handle.createWritable())
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#stream.write(chunk as Uint8Array<ArrayBuffer>)
    this.size += chunk.length
  }
  async restart(): Promise<void> {
    await this.#stream.truncate(0)
    await this.#stream.seek(0)
    this.size = 0
  }
  finish(): Promise<void> {
    return this.#stream.close()
  }
  async release(): Promise<boolean> {
    return true
  }
  async abandon(): Promise<void> {
    await this.#stream.abort().catch(() => {})
  }
}

/** Everything in memory: for small files in browsers that offer nothing else. */
export class MemorySink implements PageSink {
  #parts: Uint8Array<ArrayBuffer>[] = []
  size = 0

  async write(chunk: Uint8Array): Promise<void> {
    this.#parts.push(chunk as Uint8Array<ArrayBuffer>)
    this.size += chunk.length
  }
  async restart(): Promise<void> {
    this.#parts = []
    this.size = 0
  }
  async finish(name: string | undefined, type: string): Promise<void> {
    saveBlob(new Blob(this.#parts, { type }), name ?? '')
  }
  async release(): Promise<boolean> {
    return true
  }
  async abandon(): Promise<void> {
    await this.restart()
  }
}

/** Makes the browser save a Blob under a name, as if the user had clicked a link. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000) // by then the browser holds its own reference
}
