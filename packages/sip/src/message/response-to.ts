import { readAddress, tagOf } from '../headers/address.ts';
import { reasonPhrases } from './reason-phrases.ts';
import { SipHeaders } from './sip-headers.ts';
import { noBody, type SipRequest, type SipResponse } from './sip-message.ts';

/** What a response may say beside its status. */
export interface ResponseParts {
  /** Default: the phrase of the status. */
  readonly reason?: string;
  /** Added to To where the request's has no tag; a 100 needs none (RFC 3261 §8.2.6.2). */
  readonly toTag?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
}

/** The response to a request: Via, From, To, Call-ID and CSeq are the request's, a 100 also takes its Timestamp (RFC 3261 §8.2.6). */
export function responseTo(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const headers = new SipHeaders();
  for (const name of ['Via', 'From', 'To', 'Call-ID', 'CSeq']) headers.addFrom(request.headers, name);
  if (status === 100) headers.addFrom(request.headers, 'Timestamp');
  if (parts.toTag !== undefined) addTag(headers, parts.toTag);
  for (const [name, value] of parts.headers ?? []) headers.add(name, value);
  return { kind: 'response', status, reason: parts.reason ?? reasonPhrases[status] ?? '', headers, body: parts.body ?? noBody };
}

function addTag(headers: SipHeaders, tag: string): void {
  const address = readAddress(headers, 'To');
  if (address !== undefined && tagOf(address) === undefined) headers.set('To', `${headers.first('To') ?? ''};tag=${tag}`);
}
