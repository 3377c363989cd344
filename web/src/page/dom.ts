// Creates elements without innerHTML, so that text from a catalogue is never parsed as markup.

const icons = {
  download: 'M12 4v11m0 0-5-5m5 5 5-5M5 20h14',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5v13l11-6.5z',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M5 12.5l5 5L19.5 7',
  retry: 'M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5',
  alert: 'M12 7.5v6m0 3.2v.1M12 3.5 2.8 19.5h18.4z',
  lesson: 'M9.5 8v8l6.5-4zM4 5h16v14H4z',
  course: 'M3 9l9-4 9 4-9 4zM7 11v5c3 2 7 2 10 0v-5',
  module: 'M4 7h7v5H4zM13 7h7v5h-7zM4 14h7v4H4zM13 14h7v4h-7z',
  auto: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  light: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  save: 'M12 4v10m0 0-4-4m4 4 4-4M5 15v4h14v-4',
  keep: 'M6 4h12v16l-6-4-6 4z',
}

export type Icon = keyof typeof icons

export function icon(name: Icon): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', 'icon')
  const path = document.createElementNS(space, 'path')
  path.setAttribute('d', icons[name])
  svg.append(path)
  return svg
}

type Attributes = Readonly<Record<string, string>>

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

export function button(
  attributes: Attributes,
  picture: Icon,
  label: string,
  act?: () => void,
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, icon(picture))
  if (attributes['class']?.includes('icon-only')) {
    made.setAttribute('aria-label', label)
    made.title = label
  } else if (label !== '') {
    made.append(element('span', {}, label))
  }
  if (act !== undefined) made.addEventListener('click', act)
  return made
}

export function byId<Found extends HTMLElement>(id: string): Found {
  return document.getElementById(id) as Found
}

/** Sets a text only if it differs, so that an unchanged text is neither announced nor laid out again. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text
}
