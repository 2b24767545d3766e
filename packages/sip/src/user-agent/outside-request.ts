import { SipHeaders } from '../message/sip-headers.ts';
import { noBody, type SipRequest } from '../message/sip-message.ts';
import { allowedMethods, supportedTags } from '../session/our-capabilities.ts';
import type { ExtraHeaders } from './user-agent-command.ts';

/** A request outside of any dialog (RFC 3261 §8.1.1), without Via. */
interface OutsideRequest {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequence: number;
  readonly contact: string | undefined;
  readonly headers: ExtraHeaders;
}

export function outsideRequest(parts: OutsideRequest): SipRequest {
  const headers = SipHeaders.of(['Max-Forwards', '70'], ['From', parts.from], ['To', parts.to], ['Call-ID', parts.callId], ['CSeq', `${parts.sequence} ${parts.method}`]);
  if (parts.contact !== undefined) headers.add('Contact', `<${parts.contact}>`);
  headers.add('Allow', allowedMethods);
  headers.add('Supported', supportedTags(true));
  for (const [name, value] of parts.headers) headers.add(name, value);
  return { kind: 'request', method: parts.method, uri: parts.uri, headers, body: noBody };
}
