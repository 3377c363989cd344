// The items of the page: those of catalogue.json, and the one in the URL's fragment.

import type { MediaRequest } from '../lib/index.js'

export interface Item {
  readonly media: MediaRequest
  readonly title: string
  readonly subtitle?: string
  readonly size?: number
}

export interface Catalogue {
  readonly title?: string
  readonly items: readonly Item[]
}

/** Reads catalogue.json. Returns an empty catalogue if there is no such file; throws if it cannot be read. */
export async function loadCatalogue(): Promise<Catalogue> {
  const response = await fetch('/catalogue.json', { cache: 'no-cache' })
  if (response.status === 404) return { items: [] }
  if (!response.ok) throw new Error(`catalogue: ${response.status}`)
  return parseCatalogue(await response.json())
}

export function parseCatalogue(value: unknown): Catalogue {
  const { title, user_id, items } = (value ?? {}) as Record<string, unknown>
  const read = (Array.isArray(items) ? items : [])
    .map((item: unknown) => parseItem({ user_id, ...(item as object) }))
    .filter((item): item is Item => item !== undefined)
  return { ...(typeof title === 'string' && { title }), items: read }
}

/** "#type=course&user_id=…&course_id=…&filename=…" as an item; undefined for anything else. */
export function itemOfHash(hash: string): Item | undefined {
  return parseItem(Object.fromEntries(new URLSearchParams(hash.replace(/^#/, ''))))
}

function parseItem(raw: Record<string, unknown>): Item | undefined {
  const media = parseMedia(raw)
  if (media === undefined) return undefined
  return {
    media,
    title: text(raw['title']) ?? media.filename.replace(/\.[^.]+$/, ''),
    ...(text(raw['subtitle']) !== undefined && { subtitle: text(raw['subtitle'])! }),
    ...(typeof raw['size'] === 'number' && { size: raw['size'] }),
  }
}

function parseMedia(raw: Record<string, unknown>): MediaRequest | undefined {
  const [user_id, filename] = [text(raw['user_id']), text(raw['filename'])]
  const [rel, course_id, module_id] = [raw['rel'], raw['course_id'], raw['module_id']].map(text)
  if (!user_id || !filename) return undefined
  const common = { user_id, filename }
  if (raw['type'] === 'lesson' && rel) return { ...common, type: 'lesson', rel }
  if (raw['type'] === 'course' && course_id) return { ...common, type: 'course', course_id }
  if (raw['type'] === 'module' && course_id && module_id) {
    return { ...common, type: 'module', course_id, module_id }
  }
  return undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
