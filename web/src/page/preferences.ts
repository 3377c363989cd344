// Language, theme and save method: chosen once and stored on this device.

import type { Language, Method } from '../lib/index.js'

export type Theme = 'auto' | 'light' | 'dark'

export class Preferences extends EventTarget {
  language: Language = read('language', ['fr', 'en']) ?? browserLanguage()
  theme: Theme = read('theme', ['auto', 'light', 'dark']) ?? 'auto'
  method: Method | 'auto' =
    read('method', ['auto', 'private', 'worker', 'picker', 'memory']) ?? 'auto'

  set<Name extends 'language' | 'theme' | 'method'>(name: Name, value: this[Name]): void {
    this[name] = value
    try {
      localStorage.setItem(`sluice.${name}`, value)
    } catch {
      // The choice is not stored.
    }
    this.apply()
    this.dispatchEvent(new Event('change'))
  }

  /** Applies language and theme to the document. */
  apply(): void {
    document.documentElement.lang = this.language
    document.documentElement.dataset['theme'] = this.theme
  }
}

function read<Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
  try {
    const stored = localStorage.getItem(`sluice.${name}`)
    return allowed.find((each) => each === stored)
  } catch {
    return undefined
  }
}

/** The first of the browser's languages that the page speaks; English for browsers that name neither. */
function browserLanguage(): Language {
  const known = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())
  return known.find((each): each is Language => each === 'fr' || each === 'en') ?? 'en'
}
