import { acceptsType, readContentDisposition } from '../headers/content.ts';
import { unsupportedTags } from '../headers/option-tags.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { allowedMethods, knownOptionTags } from '../session/our-capabilities.ts';
import { readDescription, sdpType } from '../session/session-body.ts';
import type { ExtraHeaders } from './user-agent-command.ts';

/** How a request is refused before anybody is asked. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: ExtraHeaders;
}

/** Methods that exist and are none of ours; what else is unknown is 501 (RFC 3261 §8.2.1). */
const foreignMethods: ReadonlySet<string> = new Set(['REGISTER', 'MESSAGE', 'PUBLISH']);
const ownMethods: ReadonlySet<string> = new Set(allowedMethods.split(', '));

/** What every request is held to, in the order of RFC 3261 §8.2: method, Request-URI, extensions, content. `undefined` where it may go on. */
export function refusalOf(request: SipRequest): Refusal | undefined {
  const { method, headers, uri } = request;
  if (method === 'SUBSCRIBE') return { status: 489, headers: [['Allow-Events', 'refer']] };
  if (!ownMethods.has(method)) return { status: foreignMethods.has(method) ? 405 : 501, headers: [['Allow', allowedMethods]] };
  if (!/^(?:sips?|tel):/i.test(uri)) return { status: 416 };
  const unsupported = method === 'CANCEL' ? undefined : unsupportedTags(headers, 'Require', knownOptionTags);
  if (unsupported !== undefined) return { status: 420, headers: [['Unsupported', unsupported]] };
  const encoding = headers.first('Content-Encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return { status: 415, headers: [['Accept-Encoding', 'identity']] };
  return undefined;
}

/** What an INVITE that is to found a session is held to beside that (RFC 3261 §8.2.3, §13.3.1). */
export function refusalOfInvite(request: SipRequest): Refusal | undefined {
  const { headers, body } = request;
  if (!acceptsType(headers, sdpType)) return { status: 406, headers: [['Accept', sdpType]] };
  const isForeign = body.length > 0 && readDescription(request) === undefined;
  return isForeign && readContentDisposition(headers).isRequired ? { status: 415, headers: [['Accept', sdpType]] } : undefined;
}
