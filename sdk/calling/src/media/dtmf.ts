import { clientError } from '../communication-services-error.ts';
import type { DtmfTone } from '../public/call-options.ts';

const milliseconds = { duration: 160, gap: 70 };

/** Sends one tone in the audio stream (RFC 4733). Throws `DTMF_UNSUPPORTED`: no telephone-event was agreed, or a hook flash. */
export function insertTone(sender: RTCRtpSender | undefined, tone: DtmfTone): void {
  const dtmf = sender?.dtmf ?? undefined;
  const key = telephoneKey(tone);
  if (dtmf === undefined || !dtmf.canInsertDTMF) throw clientError('DTMF_UNSUPPORTED');
  dtmf.insertDTMF(dtmf.toneBuffer + key, milliseconds.duration, milliseconds.gap);
}

/** The key of a tone, `0-9*#A-D`. Throws `DTMF_UNSUPPORTED` for a hook flash, which is none. */
export function telephoneKey(tone: DtmfTone): string {
  if (tone === 'Star') return '*';
  if (tone === 'Pound') return '#';
  if (tone === 'Flash') throw clientError('DTMF_UNSUPPORTED');
  return tone.startsWith('Num') ? tone.slice(3) : tone;
}

/** What the client library calls a key `0-9*#A-D`. */
export function toneOfKey(key: string): DtmfTone {
  if (key === '*') return 'Star';
  if (key === '#') return 'Pound';
  return (/\d/.test(key) ? `Num${key}` : key) as DtmfTone;
}
