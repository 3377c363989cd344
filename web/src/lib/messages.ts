// The texts for users. French comes first: it is the language of the platform.

import type { DownloadError, MessageKey } from './errors.js'

export type Language = 'fr' | 'en'

export const messages: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  fr: {
    'request-invalid': 'La demande n’est pas valide. Rechargez la page, puis réessayez.',
    'token-refused': 'L’autorisation de téléchargement a été refusée.',
    'signed-out': 'Votre session est terminée. Reconnectez-vous.',
    'token-expired': 'L’autorisation a expiré. Relancez le téléchargement pour continuer.',
    forbidden: 'Cette autorisation ne concerne pas ce fichier.',
    'not-entitled': 'Vous n’avez pas accès à cette vidéo.',
    'issuer-closed': 'Le service ne délivre pas d’autorisation depuis cet appareil.',
    'not-found': 'Cette vidéo n’existe plus, ou elle a été déplacée.',
    ambiguous: 'Cette formation est enregistrée deux fois. Prévenez l’assistance.',
    changed: 'La vidéo a été remplacée entre-temps. Relancez le téléchargement.',
    busy: 'Le service est très demandé. Réessayez dans un instant.',
    unavailable: 'Le service est momentanément indisponible.',
    'server-error': 'Le service a rencontré un problème.',
    network: 'La connexion a été interrompue.',
    'cross-origin': 'Ce site n’a pas l’autorisation de télécharger depuis le service. Prévenez l’assistance.',
    offline: 'Vous êtes hors connexion.',
    timeout: 'Le serveur met trop de temps à répondre.',
    incomplete: 'Le fichier reçu est incomplet.',
    'digest-mismatch': 'Le fichier reçu est endommagé. Relancez le téléchargement.',
    'storage-full': 'Espace de stockage insuffisant sur cet appareil.',
    'storage-denied': 'Le navigateur refuse d’enregistrer le fichier.',
    'storage-busy': 'Ce téléchargement est déjà ouvert dans un autre onglet.',
    'too-large': 'Ce fichier est trop volumineux pour ce navigateur.',
    unsupported: 'Ce navigateur ne permet pas cette façon d’enregistrer.',
    'worker-lost': 'Le navigateur a interrompu le téléchargement.',
    cancelled: 'Téléchargement annulé.',
  },
  en: {
    'request-invalid': 'The request is not valid. Reload the page and try again.',
    'token-refused': 'The download was not authorised.',
    'signed-out': 'Your session has ended. Sign in again.',
    'token-expired': 'The authorisation has expired. Start again to continue.',
    forbidden: 'This authorisation is for another file.',
    'not-entitled': 'You do not have access to this video.',
    'issuer-closed': 'The service does not authorise downloads from this device.',
    'not-found': 'This video no longer exists, or it was moved.',
    ambiguous: 'This course is registered twice. Please tell support.',
    changed: 'The video was replaced meanwhile. Please start again.',
    busy: 'The service is in high demand. Please try again in a moment.',
    unavailable: 'The service is unavailable at the moment.',
    'server-error': 'The service ran into a problem.',
    network: 'The connection was interrupted.',
    'cross-origin': 'This site is not allowed to download from the service. Please tell support.',
    offline: 'You are offline.',
    timeout: 'The server takes too long to answer.',
    incomplete: 'The file that arrived is incomplete.',
    'digest-mismatch': 'The file that arrived is damaged. Please start again.',
    'storage-full': 'There is not enough storage on this device.',
    'storage-denied': 'The browser refuses to save the file.',
    'storage-busy': 'This download is already open in another tab.',
    'too-large': 'This file is too large for this browser.',
    unsupported: 'This browser cannot save in this way.',
    'worker-lost': 'The browser interrupted the download.',
    cancelled: 'Download cancelled.',
  },
}

/** The text for an error in the requested language. */
export function messageFor(error: DownloadError, language: Language): string {
  return messages[language][error.messageKey]
}
