import assert from 'node:assert/strict';
import type { SipFlow } from '../link/sip-flow.ts';
import { parseSipMessage } from '../message/parse-sip-message.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';

/** Between a client at 192.0.2.1 and a server at 192.0.2.2, seen from the client. */
export function flowOver(transport: SipFlow['transport']): SipFlow {
  return { transport, local: { address: '192.0.2.1', port: 5060 }, remote: { address: '192.0.2.2', port: 5060 } };
}

/** The message that the lines are; the empty line is added. */
export function messageOf(...lines: readonly string[]): SipMessage {
  const message = parseSipMessage(new TextEncoder().encode([...lines, '', ''].join('\r\n')));
  if (message.kind === 'fault') assert.fail(message.sentence);
  return message;
}

/** A request as the client writes it, with `branch` in its Via. */
export function requestOf(method: string, branch: string, ...more: readonly string[]): SipRequest {
  const message = messageOf(
    `${method} sip:bob@biloxi.example.com SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`,
    'Max-Forwards: 70',
    'From: <sip:alice@atlanta.example.com>;tag=9fxced76sl',
    `To: <sip:bob@biloxi.example.com>${method === 'ACK' ? ';tag=8321234356' : ''}`,
    'Call-ID: 3848276298220188511@atlanta.example.com',
    `CSeq: 1 ${method}`,
    ...more,
  );
  assert.ok(message.kind === 'request');
  return message;
}

/** The answer of the server to `request`. */
export function answerTo(request: SipRequest, status: number, tag = '8321234356'): SipResponse {
  return responseTo(request, status, status === 100 ? {} : { toTag: tag });
}
