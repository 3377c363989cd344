// See inline_worker.ts.
declare module '*?text' {
  const text: string
  export default text
}
