// The page: a list of videos from the catalogue, each with its download.

import {
  DownloadManager,
  hasPicker,
  mediaKey,
  messageFor,
  type Download,
  type DownloadError,
  type Method,
} from '../lib/index.js'
import { Actions } from './actions.js'
import { Card, type CardActions } from './card.js'
import { itemOfHash, lastCatalogue, loadCatalogue, type Catalogue, type Item } from './catalogue.js'
import { byId, element, icon, setText } from './dom.js'
import { canPreview, registerShell } from './offline.js'
import { Overview } from './overview.js'
import { play } from './player.js'
import { Preferences, type Theme } from './preferences.js'
import { sessionProvider, type TokenSettings } from './session.js'
import { Shelf } from './shelf.js'
import { showSnack, watchSnacks, type SnackOptions } from './snackbar.js'
import { words, type Words } from './text.js'

const preferences = new Preferences()
let settle = (_: TokenSettings): void => {}
/** Those of the last visit, until the list has been loaded. */
let tokens = new Promise<TokenSettings>((resolve) => (settle = resolve))
const provider = sessionProvider(() => tokens)
const manager = new DownloadManager({ provider, storageWorker: '/sw.js' })
const shelf = new Shelf(byId('list'), makeCard)
const overview = new Overview(manager, preferences, (media) => shelf.itemOf(mediaKey(media))?.size)
const searchFrom = 9 // items; fewer are seen at a glance
const actions = new Actions(manager, preferences, shelf, snack)
let catalogue: Catalogue = { items: [] }
let hasFailed = false // the list could not be loaded

const say = (): Words => words[preferences.language]

function snack(text: string, more: SnackOptions = {}): void {
  showSnack({ text, dismissLabel: say().dismiss, ...more })
}

/** Plays what is held, or else a preview from the service; without a network only the first. */
async function watchVideo(item: Item): Promise<void> {
  const download = manager.find(item.media)
  const canPlay = download?.snapshot.isHeld || canPreview()
  const fail = (): void => snack(say().cannotPlay(item.title), { isError: true })
  if (canPlay) await play(item, download, say().dismiss, fail)
  else fail()
}

const cardActions: CardActions = {
  start: (item, keep) => void actions.start(item, keep),
  cancel: (download, item) => actions.cancel(download, item),
  remove: (download) => void manager.remove(download),
  play: (item) => void watchVideo(item),
}

function makeCard(item: Item): Card {
  const card = new Card(item, preferences, cardActions)
  card.follow(manager.find(item.media))
  return card
}

function remedy(error: DownloadError, download: Download): { label: string; act: () => void } {
  const { signIn } = catalogue.tokens ?? {}
  if (error.code === 'signed-out' && signIn !== undefined) {
    return { label: say().signIn, act: () => location.assign(signIn) }
  }
  return { label: say().retry, act: () => download.resume() }
}

function watch(download: Download): void {
  let before = download.snapshot.state
  download.addEventListener('change', () => {
    overview.schedule()
    const { state, error, keep } = download.snapshot
    if (state === before) return
    before = state
    const name = shelf.itemOf(mediaKey(download.media))?.title ?? download.name
    if (state === 'done' && !actions.counts(download, true)) snack(keep ? say().kept(name) : say().done(name))
    if (state === 'failed' && error !== undefined && !actions.counts(download, false)) {
      snack(say().failed(name, messageFor(error, preferences.language)), {
        isError: true,
        about: shelf.cards.get(mediaKey(download.media))?.root,
        ...(!error.isPermanent && { action: remedy(error, download) }),
      })
    }
    const isAlone = !actions.isOfMany(download)
    if (state === 'waiting' && error !== undefined && error.code !== 'offline' && isAlone) {
      snack(say().failed(name, messageFor(error, preferences.language)))
    }
  })
}

manager.addEventListener('add', ({ detail: download }) => {
  watch(download)
  const { media } = download
  shelf.add({ media, title: download.name.replace(/\.[^.]+$/, '') })
  shelf.cards.get(mediaKey(media))?.follow(download)
  overview.schedule()
})
manager.addEventListener('remove', ({ detail: download }) => {
  shelf.cards.get(mediaKey(download.media))?.follow(undefined)
  overview.schedule()
})

function translate(): void {
  preferences.apply()
  const text = say()
  for (const node of document.querySelectorAll<HTMLElement>('[data-text]')) {
    setText(node, text[node.dataset['text'] as 'brand' | 'skip' | 'all' | 'method' | 'reload'])
  }
  const other = preferences.language === 'fr' ? 'en' : 'fr'
  const language = byId('language')
  language.lang = other
  setText(language, other === 'en' ? 'English' : 'Français')
  const theme = byId('theme')
  theme.replaceChildren(icon(preferences.theme))
  theme.setAttribute('aria-label', text.theme[preferences.theme])
  theme.title = text.theme[preferences.theme]
  setText(byId('offline'), navigator.onLine ? '' : text.offline)
  setText(byId('hint'), text.hints[preferences.method])
  byId('list').setAttribute('aria-label', text.list)
  const search = byId<HTMLInputElement>('search')
  search.placeholder = text.search
  search.setAttribute('aria-label', text.search)
  setText(byId('failed-text'), text.catalogueFailed)
  drawMethods()
  if (!byId('list').hidden) drawIntro()
  overview.draw()
}

function drawMethods(): void {
  const text = say()
  const methods: (Method | 'auto')[] = ['auto', 'private', 'worker', 'picker', 'memory']
  const select = byId<HTMLSelectElement>('method')
  select.replaceChildren(
    ...methods
      .filter((method) => method !== 'picker' || hasPicker())
      .map((method) => element('option', { value: method }, text.methods[method])),
  )
  select.value = preferences.method
}

function drawIntro(): void {
  const { length } = shelf.items
  setText(byId('title'), catalogue.title ?? say().title)
  if (hasFailed && length === 0) byId('summary').replaceChildren() // the skeleton
  else setText(byId('summary'), say().summary(length))
  byId<HTMLButtonElement>('all').disabled = length === 0
  byId('find').hidden = length < searchFrom
  byId('failed').hidden = !hasFailed
}

function listen(): void {
  byId('language').addEventListener('click', () =>
    preferences.set('language', preferences.language === 'fr' ? 'en' : 'fr'),
  )
  byId('theme').addEventListener('click', () => {
    const next: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' }
    preferences.set('theme', next[preferences.theme])
  })
  byId<HTMLSelectElement>('method').addEventListener('change', (event) =>
    preferences.set('method', (event.target as HTMLSelectElement).value as Method | 'auto'),
  )
  byId('all').addEventListener('click', () => void actions.startAll())
  byId('reload').addEventListener('click', () => void load())
  byId('search').addEventListener('input', ({ target }) => {
    const { value } = target as HTMLInputElement
    const count = shelf.filter(value)
    setText(byId('found'), value.trim() === '' ? '' : say().found(count))
  })
  setInterval(() => {
    for (const card of shelf.cards.values()) card.tick()
  }, 1000)
  if (!navigator.onLine) document.documentElement.dataset['offline'] = ''
  addEventListener('offline', () => {
    document.documentElement.dataset['offline'] = ''
    setText(byId('offline'), say().offline)
  })
  addEventListener('online', () => {
    delete document.documentElement.dataset['offline']
    setText(byId('offline'), '')
    snack(say().online)
  })
  addEventListener('hashchange', addHash)
  addEventListener('beforeunload', (event) => {
    // Downloads in private storage can resume after a reload; the others would be lost.
    const isLost = (each: Download): boolean =>
      each.isActive && each.snapshot.method !== undefined && each.snapshot.method !== 'private'
    if (manager.downloads.some(isLost)) event.preventDefault()
  })
  watchSnacks()
  preferences.addEventListener('change', () => {
    translate()
    for (const card of shelf.cards.values()) card.translate()
  })
}

function addHash(): void {
  const item = itemOfHash(location.hash)
  if (item !== undefined) {
    shelf.add(item)
    drawIntro()
  }
}

/** Shows a list, with the downloads that are not in it below. */
function show(next: Catalogue): void {
  catalogue = next
  document.getElementById('skeleton')?.remove()
  document.querySelector<HTMLElement>('.foot')!.hidden = false
  overview.draw() // with the list, which it would move later
  shelf.replace(next.items)
  for (const { media, name } of manager.downloads) {
    shelf.add({ media, title: name.replace(/\.[^.]+$/, '') })
  }
  addHash()
  drawIntro()
}

function learn(from: Catalogue): void {
  settle(from.tokens ?? {})
  tokens = Promise.resolve(from.tokens ?? {})
}

async function load(): Promise<void> {
  try {
    const next = await loadCatalogue()
    hasFailed = false
    learn(next)
    show(next)
  } catch (cause) {
    console.error(cause)
    hasFailed = navigator.onLine || catalogue.items.length === 0 // offline, the list of the last visit is enough
    show(catalogue)
  }
}

async function open(): Promise<void> {
  listen()
  translate()
  await new Promise((done) => setTimeout(done)) // the browser shows the page so far
  const restoring = manager.restore()
  const last = lastCatalogue()
  if (last !== undefined) {
    learn(last)
    await restoring
    show(last)
  }
  await load()
  await restoring
  if (import.meta.env.PROD) await registerShell(provider)
}

void open()
