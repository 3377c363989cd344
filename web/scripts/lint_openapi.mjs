// Lints docs/openapi.yaml with the rules that Redocly recommends. The library, not its command line
// tool: that one talks to the network.

import { createConfig, formatProblems, getTotals, lint } from '@redocly/openapi-core'

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    // Those of the probes are the ones of every path, and stand behind "default".
    'operation-4xx-response': 'off',
  },
})
const problems = await lint({ ref: '../docs/openapi.yaml', config })
formatProblems(problems, { totals: getTotals(problems) })
console.log(`docs/openapi.yaml: ${problems.length} objections`)
process.exit(problems.length === 0 ? 0 : 1)
