// webpack with its defaults; its command line tool needs a newer Node than webpack.
import webpack from 'webpack'

const options = { mode: 'production', entry: './main.js', output: { path: `${process.cwd()}/out` } }
webpack(options, (fault, stats) => {
  if (fault ?? stats.hasErrors()) {
    console.error(fault ?? stats.toString())
    process.exit(1)
  }
})
