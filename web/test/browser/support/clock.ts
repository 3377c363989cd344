// A wall clock for the service that can be moved: the preloaded library of test/faults/shim.c. The service
// must not be built with a sanitizer, which would have to be loaded first.

import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const source = new URL('../../../../test/faults/shim.c', import.meta.url).pathname
const controlSize = 8 + 8 * 7 * 8 // struct control of shim.c: the offset of the clock, then the rules

export class Clock {
  readonly #library: string
  readonly #control: string

  /** Compiles the library into `folder`. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#library = join(folder, 'faults.so')
    this.#control = join(folder, 'faults')
    execFileSync('gcc', ['-O1', '-shared', '-fPIC', '-o', this.#library, source, '-ldl'])
    writeFileSync(this.#control, Buffer.alloc(controlSize))
  }

  /** Starts a process with this clock. */
  get environment(): Record<string, string> {
    return { LD_PRELOAD: this.#library, FAULTS_CONTROL: this.#control }
  }

  /** Moves it to `seconds` ahead of the true time. */
  moveTo(seconds: number): void {
    const offset = Buffer.alloc(8)
    offset.writeBigInt64LE(BigInt(seconds) * 1_000_000_000n)
    const file = openSync(this.#control, 'r+')
    writeSync(file, offset, 0, offset.length, 0)
    closeSync(file)
  }
}
