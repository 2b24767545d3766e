import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counterpartOf, sipEvents } from './sip-exchange.ts';
import { flowOf, type Line } from './test-flow.ts';

const line = (at: number, from: string, to: string, summary: string, method: string, cseq = 1): Line => [
  at, from, to, { kind: 'sip', messageId: `${at}`, direction: 'in', summary, method, cseq, sipCallId: 'a', transport: 'udp', local: '192.0.2.1:5060', remote: '192.0.2.2:5060', bytes: 400 },
];

const trunk = 'trunk:north';
const all = sipEvents(flowOf([
  line(1, 'telephony', 'controller', 'INVITE sip:+12025550107@192.0.2.2 SIP/2.0', 'INVITE'),
  line(2, 'controller', trunk, 'INVITE sip:+12025550107@192.0.2.2 SIP/2.0', 'INVITE'),
  line(3, trunk, 'controller', 'SIP/2.0 180 Ringing', 'INVITE'),
  line(4, 'controller', 'telephony', 'SIP/2.0 180 Ringing', 'INVITE'),
  line(5, trunk, 'controller', 'SIP/2.0 200 OK', 'INVITE'),
  line(6, 'controller', trunk, 'ACK sip:192.0.2.2 SIP/2.0', 'ACK'),
  line(7, 'controller', trunk, 'BYE sip:192.0.2.2 SIP/2.0', 'BYE', 2),
]));
/** The counterpart of the message at this time, by its time. */
const beside = (at: number): string | undefined => {
  const event = all.find(({ detail }) => detail.messageId === `${at}`);
  return event === undefined ? undefined : counterpartOf(event, all)?.detail.messageId;
};

test('beside a message stands what belongs to it on the same hop', () => {
  assert.equal(beside(2), '5', 'the final response of a request');
  assert.equal(beside(1), '4', 'the last provisional one where no final one was seen');
  assert.equal(beside(3), '2', 'the request that a response answers');
  assert.equal(beside(6), '5', 'the response that an ACK acknowledges');
  assert.equal(beside(7), undefined, 'nothing answers this BYE');
});
