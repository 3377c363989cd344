// Numbers formatted for the user's language.

import type { Language } from '../lib/index.js'
import { words } from './text.js'

/** "12,4 Mo". */
export function bytes(count: number, language: Language): string {
  const { units } = words[language]
  let unit = 0
  let value = count
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1
  // Without Intl: its first use takes longer than all cards together, because the browser loads its data then.
  const text = value.toFixed(digits)
  return `${language === 'fr' ? text.replace('.', ',') : text}\u00a0${units[unit]}`
}

/** "2 min 05 s". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole}\u00a0s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}\u00a0min ${String(whole % 60).padStart(2, '0')}\u00a0s`
  return `${Math.floor(minutes / 60)}\u00a0h ${String(minutes % 60).padStart(2, '0')}`
}

/** "42 %" in French, "42%" in English. */
export function percent(share: number, language: Language): string {
  const whole = Math.floor(share * 100)
  return language === 'fr' ? `${whole}\u202f%` : `${whole}%`
}
