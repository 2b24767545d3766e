import type { MediaFailure } from '@dialplane/media-api';
import { parseReason, proxyWarnAgent, readWarnings, writeWarning, type ExtraHeaders, type SessionEnd, type SessionEndCause } from '@dialplane/sip';
import type { LineEnd } from '@dialplane/telephony-api';
import type { LegNews } from './line-media.ts';

type Refusal = Extract<LegNews, { readonly kind: 'refused' }>;

/** Sentences for what ended a session without anybody saying why. */
const sentences: Partial<Record<SessionEndCause, string>> = {
  noResponse: 'Whom the call was sent to did not answer in time.',
  sendFailed: 'The call could not be sent: nobody listens at the other end, or the network does not lead there.',
  notAcknowledged: 'The other side never acknowledged the answer; its ACK may not find the way.',
  expired: 'The other side did not refresh the session in time: it has vanished, or the network in between.',
  dialogLost: 'The other side no longer knows the call.',
  noAgreement: 'The other side answered without a usable description of its sound.',
};

/** The status that says the same as an end which no response has told: RFC 3261 §8.1.3.1, §9.2. */
export function statusOf({ by, cause, status }: SessionEnd): number | undefined {
  if (status !== undefined) return status;
  if (cause === 'noResponse') return 408;
  if (cause === 'sendFailed') return 503;
  return cause === 'cancelled' && by === 'remote' ? 487 : undefined;
}

/** What the peer or the network said, as the owner of the call hears it; the peer's own words unchanged, those of a Reason header (RFC 3326) before the reason phrase. */
export function asLineEnd(end: SessionEnd): LineEnd {
  const { cause, reasonPhrase, reasons } = end;
  const status = statusOf(end);
  const parsed = reasons.flatMap((value) => parseReason(value) ?? []);
  const q850 = parsed.find(({ protocol }) => protocol === 'Q.850')?.cause;
  const text = parsed.find((reason) => reason.text !== undefined)?.text ?? reasonPhrase;
  const unheard = unheardSentence(end);
  const sentence = unheard ?? sentences[cause];
  return {
    by: unheard === undefined ? end.by : 'network',
    ...(status !== undefined && { status }),
    ...(text !== undefined && { reasonText: text }),
    ...(q850 !== undefined && { q850 }),
    ...(sentence !== undefined && { sentence }),
  };
}

/** Whether whom was called has not said a word, or could not be reached at all. */
export function isUnheard(end: SessionEnd): boolean {
  return end.cause === 'sendFailed' || unheardSentence(end) !== undefined;
}

/** What our own proxy says where it has answered because nobody else did. */
function unheardSentence({ message }: SessionEnd): string | undefined {
  return message?.kind === 'response' ? readWarnings(message.headers).find(({ agent }) => agent === proxyWarnAgent)?.text : undefined;
}

/** The media processor gave no leg, or none that the peer's description suits. */
export function mediaUnavailable({ reason, sentence }: Refusal): LineEnd {
  if (reason === 'NO_COMMON_CODEC' || reason === 'DESCRIPTION_INVALID') {
    return { by: 'network', status: 488, sentence: sentence ?? 'The telephone and the media processor have no codec in common.' };
  }
  return { by: 'local', refusal: 'MEDIA_UNAVAILABLE', sentence: sentence ?? `The media processor gave no leg for the telephone (${reason}).` };
}

/** How an offer that the media processor did not take is refused: what is wrong with the description, or that there is no room (RFC 3261 §21.4.26, §20.43). */
export function offerRefusal({ reason, sentence }: Refusal): { readonly status: number; readonly headers: ExtraHeaders } {
  const warning = warningOf(reason);
  if (warning === undefined) return { status: reason === 'PORTS_EXHAUSTED' || reason === 'MEDIA_PROCESSOR_UNAVAILABLE' ? 503 : 500, headers: [] };
  return { status: 488, headers: [['Warning', writeWarning({ code: warning.code, agent: 'dialplane', text: (sentence ?? warning.text).replaceAll(/\s+/g, ' ') })]] };
}

/** Warn-codes of RFC 3261 §20.43. */
function warningOf(reason: MediaFailure): { readonly code: number; readonly text: string } | undefined {
  if (reason === 'NO_COMMON_CODEC') return { code: 305, text: 'Incompatible media format' };
  if (reason === 'DESCRIPTION_INVALID') return { code: 399, text: 'The description makes no sense' };
  return undefined;
}
