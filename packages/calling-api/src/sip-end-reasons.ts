import { endReasons, type EndReason, type ResultCategory } from './end-reasons.ts';

/** Seen from us: a telephone that was called, or one that calls. */
export type LineDirection = 'outgoing' | 'incoming';

/** What the telephone network said when it ended a line. */
export interface SipEnding {
  readonly direction: LineDirection;
  /** The SIP status of the final response; absent where an answered line was hung up. */
  readonly status?: number | undefined;
  /** The network's own words, unchanged. */
  readonly reasonText?: string | undefined;
  /** Cause of a Reason header (RFC 3326), as ITU-T Q.850 numbers it. */
  readonly q850?: number | undefined;
  /** Replaces our sentence where more is known. */
  readonly sentence?: string | undefined;
  /** A raw identifier, or `platform`. */
  readonly endedBy: string;
}

/** What is added to a SIP status, by direction (ACS "PSTN call end codes"): 560486 is a called telephone that is busy. */
const subCodeBase: Record<LineDirection, number> = { outgoing: 560_000, incoming: 540_000 };

/**
 * How the end of a line reads as the end of a part in a call: `code` the SIP status, `subCode` 560xxx or 540xxx with it, both 0 and xxx000 where a telephone that
 * had answered was hung up. The network's words stand unchanged in `message` and in `sip`.
 */
export function sipEndReason({ direction, status, reasonText, q850, sentence, endedBy }: SipEnding): EndReason {
  const subCode = subCodeBase[direction] + (status ?? 0);
  const said = {
    ...(status === undefined ? {} : { status }), ...(reasonText === undefined ? {} : { reasonText }), ...(q850 === undefined ? {} : { q850 }),
  };
  return {
    // Azure has a code of its own for a called telephone whose network reports the call as cancelled.
    code: direction === 'outgoing' && status === 487 ? 497 : (status ?? 0),
    subCode,
    category: categoryOf(status),
    message: withWords(sentence ?? sentenceOf(direction, status), status, reasonText),
    endedBy,
    ...(Object.keys(said).length === 0 ? {} : { sip: said }),
  };
}

function withWords(sentence: string, status: number | undefined, reasonText: string | undefined): string {
  const words = [...(status === undefined ? [] : [String(status)]), ...(reasonText === undefined || reasonText === '' ? [] : [reasonText])].join(' ');
  return words === '' ? sentence : `${sentence.replace(/\.$/, '')} (${words}).`;
}

function categoryOf(status: number | undefined): ResultCategory {
  if (status === undefined || status === 486 || status === 487 || status === 600 || status === 603) return 'Success';
  return status < 500 || status > 599 ? 'ExpectedError' : 'UnexpectedServerError';
}

function sentenceOf(direction: LineDirection, status: number | undefined): string {
  if (status === undefined) return 'The telephone hung up.';
  if (status === 487) return direction === 'incoming' ? endReasons.cancelled.message : 'The telephone network ended the call before it was answered.';
  return sentences[status] ?? 'The telephone network refused the call.';
}

const sentences: Readonly<Record<number, string>> = {
  400: 'The telephone network could not read the call.',
  403: 'The telephone network does not permit this call.',
  404: 'There is no such telephone number.',
  408: 'The telephone network did not answer in time.',
  410: 'The telephone number is no longer in use.',
  480: 'The telephone does not answer.',
  484: 'The telephone number is incomplete.',
  486: 'The telephone is busy.',
  488: 'The telephone and this server have no codec in common.',
  500: 'The telephone network failed.',
  503: 'The telephone network cannot take the call now.',
  504: 'The telephone network did not answer in time.',
  600: 'The telephone is busy.',
  603: 'The call was declined by the telephone.',
  604: 'There is no such telephone number.',
};
