import { clientError } from '../communication-services-error.ts';
import type { DtmfTone } from '../public/call-options.ts';

const milliseconds = { duration: 160, gap: 70 };

/** Sends one tone in the audio stream (RFC 4733). Throws `DTMF_UNSUPPORTED`: no telephone-event was agreed, or a hook flash. */
export function insertTone(sender: RTCRtpSender | undefined, tone: DtmfTone): void {
  const dtmf = sender?.dtmf ?? undefined;
  const character = toneCharacter(tone);
  if (dtmf === undefined || !dtmf.canInsertDTMF || character === undefined) throw clientError('DTMF_UNSUPPORTED');
  dtmf.insertDTMF(dtmf.toneBuffer + character, milliseconds.duration, milliseconds.gap);
}

function toneCharacter(tone: DtmfTone): string | undefined {
  if (tone === 'Star') return '*';
  if (tone === 'Pound') return '#';
  if (tone === 'Flash') return undefined;
  return tone.startsWith('Num') ? tone.slice(3) : tone;
}
