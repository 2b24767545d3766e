import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SipFaultCode } from '../message/sip-fault.ts';

/** What an element does with a message: answers a request with a status, `forwards` it, takes it as it takes others (`accepts`), or `drops` it. */
export type TortureOutcome = number | 'forwards' | 'accepts' | 'drops';

/** A torture message and what becomes of it. */
export interface TortureMessage {
  /** As the RFC calls it. */
  readonly name: string;
  /** Where the RFC says what is to happen. */
  readonly section: string;
  /** What the parser and `checkSipMessage` say. Requests are answered with the fault's status, responses dropped. */
  readonly verdict: 'valid' | SipFaultCode;
  /** Of valid messages, where it is not what happens to any other: elements that know `sip:example.com` and its users, and no extension of the message. */
  readonly proxy?: TortureOutcome;
  readonly userAgent?: TortureOutcome;
  readonly registrar?: TortureOutcome;
  readonly bytes: Uint8Array;
}

type Row = Omit<TortureMessage, 'bytes'>;

const rfc4475: readonly Row[] = [
  { name: 'wsinv', section: 'RFC 4475 §3.1.1.1', verdict: 'valid' },
  { name: 'intmeth', section: 'RFC 4475 §3.1.1.2', verdict: 'valid', proxy: 'forwards', userAgent: 501 },
  { name: 'esc01', section: 'RFC 4475 §3.1.1.3', verdict: 'valid' },
  { name: 'escnull', section: 'RFC 4475 §3.1.1.4', verdict: 'valid', registrar: 'accepts' },
  { name: 'esc02', section: 'RFC 4475 §3.1.1.5', verdict: 'valid', userAgent: 501 },
  { name: 'lwsdisp', section: 'RFC 4475 §3.1.1.6', verdict: 'valid' },
  { name: 'longreq', section: 'RFC 4475 §3.1.1.7', verdict: 'valid' },
  { name: 'dblreq', section: 'RFC 4475 §3.1.1.8', verdict: 'valid', registrar: 'accepts' },
  { name: 'semiuri', section: 'RFC 4475 §3.1.1.9', verdict: 'valid' },
  { name: 'transports', section: 'RFC 4475 §3.1.1.10', verdict: 'valid' },
  { name: 'mpart01', section: 'RFC 4475 §3.1.1.11', verdict: 'valid' },
  { name: 'unreason', section: 'RFC 4475 §3.1.1.12', verdict: 'valid' },
  { name: 'noreason', section: 'RFC 4475 §3.1.1.13', verdict: 'valid' },
  { name: 'badinv01', section: 'RFC 4475 §3.1.2.1', verdict: 'VIA_MALFORMED' },
  { name: 'clerr', section: 'RFC 4475 §3.1.2.2', verdict: 'BODY_CUT_OFF' },
  { name: 'ncl', section: 'RFC 4475 §3.1.2.3', verdict: 'CONTENT_LENGTH_MALFORMED' },
  { name: 'scalar02', section: 'RFC 4475 §3.1.2.4', verdict: 'CSEQ_MALFORMED' },
  { name: 'scalarlg', section: 'RFC 4475 §3.1.2.5', verdict: 'CSEQ_MALFORMED' },
  { name: 'quotbal', section: 'RFC 4475 §3.1.2.6', verdict: 'TO_MALFORMED' },
  { name: 'ltgtruri', section: 'RFC 4475 §3.1.2.7', verdict: 'REQUEST_URI_MALFORMED' },
  { name: 'lwsruri', section: 'RFC 4475 §3.1.2.8', verdict: 'REQUEST_URI_MALFORMED' },
  { name: 'lwsstart', section: 'RFC 4475 §3.1.2.9', verdict: 'REQUEST_URI_MALFORMED' },
  { name: 'trws', section: 'RFC 4475 §3.1.2.10', verdict: 'REQUEST_URI_MALFORMED' },
  { name: 'escruri', section: 'RFC 4475 §3.1.2.11', verdict: 'REQUEST_URI_MALFORMED' },
  // Nobody here acts on Date, and then it is not to be refused for it.
  { name: 'baddate', section: 'RFC 4475 §3.1.2.12', verdict: 'valid' },
  { name: 'regbadct', section: 'RFC 4475 §3.1.2.13', verdict: 'CONTACT_MALFORMED' },
  { name: 'badaspec', section: 'RFC 4475 §3.1.2.14', verdict: 'TO_MALFORMED' },
  { name: 'baddn', section: 'RFC 4475 §3.1.2.15', verdict: 'FROM_MALFORMED' },
  { name: 'badvers', section: 'RFC 4475 §3.1.2.16', verdict: 'VERSION_UNKNOWN' },
  { name: 'mismatch01', section: 'RFC 4475 §3.1.2.17', verdict: 'CSEQ_METHOD_MISMATCH' },
  { name: 'mismatch02', section: 'RFC 4475 §3.1.2.18', verdict: 'METHOD_UNKNOWN' },
  { name: 'bigcode', section: 'RFC 4475 §3.1.2.19', verdict: 'STATUS_OUT_OF_RANGE' },
  // Falls back to the transaction identifier of RFC 2543.
  { name: 'badbranch', section: 'RFC 4475 §3.2.1', verdict: 'valid' },
  { name: 'insuf', section: 'RFC 4475 §3.3.1', verdict: 'HEADER_MISSING' },
  { name: 'unkscm', section: 'RFC 4475 §3.3.2', verdict: 'valid', proxy: 416, userAgent: 416 },
  { name: 'novelsc', section: 'RFC 4475 §3.3.3', verdict: 'valid', proxy: 416, userAgent: 416 },
  { name: 'unksm2', section: 'RFC 4475 §3.3.4', verdict: 'valid', proxy: 'forwards', registrar: 400 },
  { name: 'bext01', section: 'RFC 4475 §3.3.5', verdict: 'valid', proxy: 420, userAgent: 420 },
  { name: 'invut', section: 'RFC 4475 §3.3.6', verdict: 'valid', proxy: 'forwards', userAgent: 415 },
  { name: 'regaut01', section: 'RFC 4475 §3.3.7', verdict: 'valid', proxy: 'forwards', registrar: 401 },
  { name: 'multi01', section: 'RFC 4475 §3.3.8', verdict: 'HEADER_REPEATED' },
  { name: 'mcl01', section: 'RFC 4475 §3.3.9', verdict: 'CONTENT_LENGTH_MALFORMED' },
  { name: 'bcast', section: 'RFC 4475 §3.3.10', verdict: 'valid', proxy: 'drops', userAgent: 'drops' },
  { name: 'zeromf', section: 'RFC 4475 §3.3.11', verdict: 'valid', proxy: 483, userAgent: 'accepts' },
  { name: 'cparam01', section: 'RFC 4475 §3.3.12', verdict: 'valid', registrar: 'accepts' },
  { name: 'cparam02', section: 'RFC 4475 §3.3.13', verdict: 'valid', registrar: 'accepts' },
  { name: 'regescrt', section: 'RFC 4475 §3.3.14', verdict: 'valid', registrar: 'accepts' },
  { name: 'sdp01', section: 'RFC 4475 §3.3.15', verdict: 'valid', userAgent: 406 },
  { name: 'inv2543', section: 'RFC 4475 §3.4.1', verdict: 'valid', userAgent: 'accepts' },
];

const rfc5118: readonly Row[] = [
  { name: 'ipv6-good', section: 'RFC 5118 §4.1', verdict: 'valid' },
  { name: 'ipv6-bad', section: 'RFC 5118 §4.2', verdict: 'REQUEST_URI_MALFORMED' },
  { name: 'port-ambiguous', section: 'RFC 5118 §4.3', verdict: 'valid' },
  { name: 'port-unambiguous', section: 'RFC 5118 §4.4', verdict: 'valid' },
  { name: 'via-received-param-with-delim', section: 'RFC 5118 §4.5', verdict: 'valid' },
  { name: 'via-received-param-no-delim', section: 'RFC 5118 §4.5', verdict: 'valid' },
  { name: 'ipv6-in-sdp', section: 'RFC 5118 §4.6', verdict: 'valid' },
  { name: 'mult-ip-in-header', section: 'RFC 5118 §4.7', verdict: 'valid' },
  { name: 'mult-ip-in-sdp', section: 'RFC 5118 §4.8', verdict: 'valid' },
  { name: 'ipv4-mapped-ipv6', section: 'RFC 5118 §4.9', verdict: 'valid' },
  { name: 'ipv6-bug-abnf-3-colons', section: 'RFC 5118 §4.10', verdict: 'valid' },
  { name: 'ipv6-correct-abnf-2-colons', section: 'RFC 5118 §4.10', verdict: 'valid' },
];

/**
 * The messages of RFC 4475 and RFC 5118 with their verdicts, from the archives in these RFCs. Mended where the archives are not what the text says: line ends of RFC 5118, its
 * Content-Length where that does not fit, and the empty line at the end where it is missing.
 */
export const tortureMessages: readonly TortureMessage[] = [...rfc4475, ...rfc5118].map((row) =>
  Object.assign({ bytes: new Uint8Array(readFileSync(join(import.meta.dirname, 'messages', `${row.name}.dat`))) }, row),
);

/** The message that the RFC calls so. */
export function tortureMessage(name: string): TortureMessage {
  const found = tortureMessages.find((message) => message.name === name);
  if (found === undefined) throw new Error(`no torture message ${name}`);
  return found;
}
