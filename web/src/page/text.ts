// The texts of the page; those of the library's errors are in lib/messages.ts.

import type { Language, Method } from '../lib/index.js'

const french = {
  brand: 'Téléchargements',
  skip: 'Aller aux vidéos',
  title: 'Vos vidéos, où que vous soyez',
  summary: (count: number) =>
    count === 0
      ? 'Aucune vidéo à télécharger pour l’instant.'
      : `${count} vidéo${count > 1 ? 's' : ''} à regarder hors connexion. Un téléchargement interrompu reprend là où il s’est arrêté.`,
  all: 'Tout télécharger',
  download: 'Télécharger',
  downloadOf: (name: string) => `Télécharger ${name}`,
  pause: 'Pause',
  resume: 'Reprendre',
  retry: 'Réessayer',
  cancel: 'Annuler',
  again: 'Enregistrer à nouveau',
  remove: 'Retirer',
  method: 'Enregistrer avec',
  methods: {
    auto: 'Le meilleur choix pour cet appareil',
    private: 'Cette page (reprend même après fermeture)',
    worker: 'Le gestionnaire du navigateur',
    picker: 'Un emplacement que je choisis',
    memory: 'La mémoire (petits fichiers)',
  } satisfies Record<Method | 'auto', string>,
  hints: {
    auto: '',
    private: 'Le fichier est gardé sur cet appareil jusqu’à la fin, puis remis au navigateur.',
    worker: 'Convient aux fichiers les plus volumineux. Gardez la page ouverte.',
    picker: 'Le navigateur demande où enregistrer chaque vidéo.',
    memory: 'Réservé aux fichiers de moins de 256 Mo : au-delà, la page risque de se fermer.',
  } satisfies Record<Method | 'auto', string>,
  kinds: { lesson: 'Leçon', course: 'Formation', module: 'Module' },
  states: {
    queued: 'En attente de son tour',
    starting: 'Préparation…',
    running: 'Téléchargement',
    waiting: 'Reprise automatique',
    paused: 'En pause',
    saving: 'Enregistrement…',
    done: 'Enregistrée',
    failed: 'Échec',
    cancelled: 'Pas encore sur cet appareil',
  },
  left: (time: string) => `reste ${time}`,
  soon: 'presque fini',
  waitFor: (reason: string, seconds: number) => `${reason} Reprise dans ${seconds} s.`,
  of: (received: string, size: string) => `${received} sur ${size}`,
  progressOf: (name: string) => `Progression de ${name}`,
  offlineCard: 'Hors connexion. Reprise dès le retour du réseau.',
  offline: 'Vous êtes hors connexion. Les téléchargements reprendront d’eux-mêmes.',
  online: 'De nouveau en ligne.',
  done: (name: string) => `« ${name} » est enregistrée.`,
  failed: (name: string, why: string) => `« ${name} » : ${why}`,
  restored: (count: number) =>
    count > 1 ? `${count} téléchargements à reprendre.` : 'Un téléchargement à reprendre.',
  resumeAll: 'Tout reprendre',
  dismiss: 'Fermer',
  theme: { auto: 'Thème : automatique', light: 'Thème : clair', dark: 'Thème : sombre' },
  catalogueFailed: 'La liste des vidéos n’a pas pu être chargée.',
  units: ['o', 'Ko', 'Mo', 'Go', 'To'],
}

export type Words = typeof french

const english: Words = {
  brand: 'Downloads',
  skip: 'Go to the videos',
  title: 'Your videos, wherever you are',
  summary: (count) =>
    count === 0
      ? 'There is no video to download at the moment.'
      : `${count} video${count > 1 ? 's' : ''} to watch offline. An interrupted download resumes where it stopped.`,
  all: 'Download all',
  download: 'Download',
  downloadOf: (name) => `Download ${name}`,
  pause: 'Pause',
  resume: 'Resume',
  retry: 'Try again',
  cancel: 'Cancel',
  again: 'Save again',
  remove: 'Remove',
  method: 'Save with',
  methods: {
    auto: 'The best choice for this device',
    private: 'This page (resumes even after it was closed)',
    worker: 'The browser’s download manager',
    picker: 'A place that I choose',
    memory: 'Memory (small files)',
  },
  hints: {
    auto: '',
    private: 'The file is kept on this device until it is complete, then handed to the browser.',
    worker: 'For the largest files. Keep the page open.',
    picker: 'The browser asks where to save each video.',
    memory: 'For files below 256 MB only: beyond it the page may be closed.',
  },
  kinds: { lesson: 'Lesson', course: 'Course', module: 'Module' },
  states: {
    queued: 'Waiting for its turn',
    starting: 'Preparing…',
    running: 'Downloading',
    waiting: 'Resumes by itself',
    paused: 'Paused',
    saving: 'Saving…',
    done: 'Saved',
    failed: 'Failed',
    cancelled: 'Not on this device yet',
  },
  left: (time) => `${time} left`,
  soon: 'nearly done',
  waitFor: (reason, seconds) => `${reason} Trying again in ${seconds} s.`,
  of: (received, size) => `${received} of ${size}`,
  progressOf: (name) => `Progress of ${name}`,
  offlineCard: 'Offline. Resumes when the network is back.',
  offline: 'You are offline. Downloads will resume by themselves.',
  online: 'Online again.',
  done: (name) => `“${name}” is saved.`,
  failed: (name, why) => `“${name}”: ${why}`,
  restored: (count) =>
    count > 1 ? `${count} downloads can be resumed.` : 'One download can be resumed.',
  resumeAll: 'Resume all',
  dismiss: 'Close',
  theme: { auto: 'Theme: automatic', light: 'Theme: light', dark: 'Theme: dark' },
  catalogueFailed: 'The list of videos could not be loaded.',
  units: ['B', 'KB', 'MB', 'GB', 'TB'],
}

export const words: Readonly<Record<Language, Words>> = { fr: french, en: english }
