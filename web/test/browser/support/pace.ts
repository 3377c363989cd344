// A wire in front of the service that is slow, and that can be cut: the browser's own throttling
// does not reach its workers. Bytes pass as they are.

import { connect, createServer, type Server, type Socket } from 'node:net'

export class Pace {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false
  port = 0

  constructor(
    target: number,
    private readonly bytesPerSecond: number,
  ) {
    this.#server = createServer((client) => this.#pass(client, target))
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async open(): Promise<this> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready))
    this.port = (this.#server.address() as { port: number }).port
    return this
  }

  /** Resets every connection, and every new one, until release(). */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  release(): void {
    this.#isCut = false
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((done) => this.#server.close(done))
  }

  #pass(client: Socket, target: number): void {
    if (this.#isCut) {
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const service = connect(target, '127.0.0.1')
    for (const [one, other] of [[client, service], [service, client]] as const) {
      this.#sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.end()
      })
    }
    client.on('data', (data) => service.write(data))
    service.on('data', (data) => {
      client.write(data)
      service.pause()
      setTimeout(() => service.resume(), (data.length * 1000) / this.bytesPerSecond)
    })
  }
}
