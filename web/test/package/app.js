// The smallest use of the package. The query of the page has the media and, for another origin, the
// endpoint. The title of the document says the state of the download and the code of its error.

import { DownloadManager, endpointProvider } from 'sluice-download'

export function start() {
  const { endpoint, serviceWorker, storageWorker, method, ...media } = Object.fromEntries(
    new URLSearchParams(location.search),
  )
  const manager = new DownloadManager({
    provider: endpointProvider({ endpoint }),
    serviceWorker,
    storageWorker,
    retry: { attempts: 1 },
  })
  const download = manager.add(media, { method })
  download.addEventListener('change', () => {
    const { state, error } = download.snapshot
    document.title = [state, error?.code].filter(Boolean).join(' ')
    document.documentElement.dataset.cause = error?.cause?.message ?? ''
  })
}
