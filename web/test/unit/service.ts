// A scripted HTTP service on loopback: each request gets the next answer of the script.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export class Service {
  readonly requests: { method: string; headers: IncomingMessage['headers'] }[] = []
  readonly #server: Server
  #script: Answer[] = []
  url = ''

  constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push({ method: request.method ?? '', headers: request.headers })
      const answer = this.#script.shift()
      if (answer === undefined) response.writeHead(500).end('the script is over')
      else answer(request, response)
    })
  }

  async open(): Promise<this> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready))
    this.url = `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/file`
    return this
  }

  play(...script: Answer[]): void {
    this.requests.length = 0
    this.#script = script
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }
}

/** The whole of `content`, cut after `upTo` bytes where that is given. */
export const whole =
  (content: Buffer, etag: string, { upTo, fields = {} }: { upTo?: number; fields?: Record<string, string> } = {}): Answer =>
  (_, response) => {
    response.writeHead(200, { ETag: etag, 'Content-Length': content.length, ...fields })
    send(response, content, upTo)
  }

/** The part that Range asks for, cut after `upTo` bytes of it where that is given. */
export const part =
  (content: Buffer, etag: string, upTo?: number): Answer =>
  (request, response) => {
    const first = Number(/^bytes=(\d+)-$/.exec(request.headers['range'] ?? '')?.[1])
    response.writeHead(206, {
      ETag: etag,
      'Content-Range': `bytes ${first}-${content.length - 1}/${content.length}`,
      'Content-Length': content.length - first,
    })
    send(response, content.subarray(first), upTo)
  }

export const refusal =
  (status: number, slug: string, fields: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/problem+json', ...fields })
    response.end(JSON.stringify({ type: `urn:sluice:problem:${slug}`, status }))
  }

function send(response: ServerResponse, content: Buffer, upTo?: number): void {
  if (upTo === undefined) response.end(content)
  else response.write(content.subarray(0, upTo), () => setTimeout(() => response.destroy(), 20))
}
