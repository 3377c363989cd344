// The addresses that catalogue.json may name: paths of the page's own origin, so that a list sends neither a
// user's session nor the fact that somebody is looking at it elsewhere.

/** `value` if it is such a path. Browsers take `\` for `/`, and leave out tabs and line ends: "/\t/host" is another origin. */
export function ownPath(value: unknown): string | undefined {
  return typeof value === 'string' && /^\/(?![/\\])[^\t\n\r]*$/.test(value) ? value : undefined
}
