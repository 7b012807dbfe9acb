import type { Settings } from '../../settings.ts'
import type { Letter } from './texts.ts'

/** Sends letters; the same `id` gives the same Message-ID, so that a letter sent twice is one to who reads it. */
export interface Mailer {
  send(to: string, id: string, letter: Pick<Letter, 'subject' | 'text'>): Promise<void>
  close(): void
}

const TIMEOUT_MS = 10_000

/** Opens the way to the mail server; nothing is said to it before the first letter. */
export async function openMailer({ url, from }: NonNullable<Settings['mail']>): Promise<Mailer> {
  const { default: nodemailer } = await import('nodemailer')
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: 1,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // A notice is plain text: nothing in it may make the server read files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const host = /@([^>\s]+)/.exec(from)?.[1] ?? 'jiexu'
  return {
    send: async (to, id, { subject, text }) => {
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@${host}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
    close: () => transport.close(),
  }
}
