import { parseAddress } from '../headers/address.ts';
import { readCSeq } from '../headers/cseq.ts';
import { parseVia } from '../headers/via.ts';
import { parseUri } from '../uri/uri.ts';
import { sipFault, type SipFault, type SipFaultCode } from './sip-fault.ts';
import type { SipHeaders } from './sip-headers.ts';
import type { SipMessage, SipRequest } from './sip-message.ts';
import { parseDecimal } from './token.ts';

const needed = ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const;
/** Methods of RFC 3261 and of what extends it. */
const knownMethods: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'PRACK', 'UPDATE', 'INFO', 'REFER', 'NOTIFY', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH']);
const standingOnce = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards'] as const;

/**
 * What every element checks before it acts on a message (RFC 3261 §8.1.1, §16.3 step 1): the header fields that transactions and dialogs stand on are there,
 * once, and can be read. `undefined` where nothing is wrong. Max-Forwards may be absent (RFC 2543).
 */
export function checkSipMessage(message: SipMessage): SipFault | undefined {
  const code = codeOf(message);
  return code === undefined ? undefined : sipFault(code, undefined, message.kind === 'request' ? message : undefined);
}

function codeOf(message: SipMessage): SipFaultCode | undefined {
  const { headers } = message;
  if (needed.some((name) => !headers.has(name))) return 'HEADER_MISSING';
  if (standingOnce.some((name) => headers.count(name) > 1)) return 'HEADER_REPEATED';
  if (!headers.canRead('Via', parseVia)) return 'VIA_MALFORMED';
  if (headers.read('From', parseAddress) === undefined) return 'FROM_MALFORMED';
  if (headers.read('To', parseAddress) === undefined) return 'TO_MALFORMED';
  if (!/^\S+$/.test(headers.first('Call-ID') ?? '')) return 'CALL_ID_MALFORMED';
  const cseq = readCSeq(headers);
  if (cseq === undefined) return 'CSEQ_MALFORMED';
  return message.kind === 'request' ? requestFault(message, cseq.method) : undefined;
}

function requestFault(request: SipRequest, cseqMethod: string): SipFaultCode | undefined {
  if (cseqMethod !== request.method) return knownMethods.has(request.method) ? 'CSEQ_METHOD_MISMATCH' : 'METHOD_UNKNOWN';
  const uri = parseUri(request.uri);
  // RFC 3261 §19.1.1: a Request-URI has no header fields; a proxy must not forward them (RFC 4475 §3.1.2.11).
  if (uri === undefined || (uri.kind === 'sip' && uri.headers !== '')) return 'REQUEST_URI_MALFORMED';
  return routingFault(request.headers);
}

function routingFault(headers: SipHeaders): SipFaultCode | undefined {
  const maxForwards = headers.first('Max-Forwards');
  if (maxForwards !== undefined && parseDecimal(maxForwards, 255) === undefined) return 'MAX_FORWARDS_MALFORMED';
  for (const name of ['Route', 'Record-Route']) if (!headers.canRead(name, parseAddress)) return 'ROUTE_MALFORMED';
  return !headers.canRead('Contact', parseAddress) && headers.first('Contact') !== '*' ? 'CONTACT_MALFORMED' : undefined;
}
