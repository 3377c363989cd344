// Short messages at the foot of the page. Screen readers announce them. They disappear by themselves
// unless the pointer or the focus is on them.

import { button, byId, element } from './dom.js'

export interface Snack {
  readonly text: string
  readonly isError?: boolean
  readonly action?: { readonly label: string; readonly act: () => void }
  readonly dismissLabel: string
  /** It is closed, and its action was not used. */
  readonly onGone?: () => void
}

const shownFor = 7_000
const atOnce = 2

export function showSnack({ text, isError = false, action, dismissLabel, onGone }: Snack): void {
  const host = byId('snackbars')
  const bar = element('div', {
    class: isError ? 'snack error' : 'snack',
    role: isError ? 'alert' : 'status',
  })
  let isOpen = true
  const close = (hasActed = false): void => {
    clearTimeout(timer)
    if (isOpen && !hasActed) onGone?.()
    isOpen = false
    bar.classList.add('leaving')
    setTimeout(() => bar.remove(), 250)
  }
  let timer = setTimeout(() => close(), shownFor)
  const hold = (): void => clearTimeout(timer)
  const release = (): void => {
    clearTimeout(timer) // the pointer may leave after the focus has
    timer = setTimeout(() => close(), shownFor)
  }
  bar.addEventListener('pointerenter', hold)
  bar.addEventListener('focusin', hold)
  bar.addEventListener('pointerleave', release)
  bar.addEventListener('focusout', release)

  bar.addEventListener('close', () => {
    close()
    bar.remove()
  })

  for (const old of [...host.children]) {
    // A repeated message replaces the first.
    if (old.firstElementChild?.textContent === text) old.dispatchEvent(new Event('close'))
  }
  host.append(bar)
  bar.append(element('span', { dir: 'auto' }, text)) // screen readers announce text that is added to an existing element
  if (action !== undefined) {
    const act = element('button', { type: 'button', class: 'snack-action' }, action.label)
    act.addEventListener('click', () => {
      action.act()
      close(true)
    })
    bar.append(act)
  }
  bar.append(button({ class: 'quiet icon-only' }, 'close', dismissLabel, () => close()))
  for (const old of [...host.children].slice(0, -atOnce)) old.dispatchEvent(new Event('close'))
}
