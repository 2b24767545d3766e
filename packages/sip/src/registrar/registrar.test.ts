import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, type Instant } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import { parseSipMessage } from '../message/parse-sip-message.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { LocationTable } from './location-table.ts';
import { defaultRegistrarRules, register, type RegistrarAnswer } from './registrar.ts';

const flow: SipFlow = { transport: 'udp', local: { address: '192.0.2.100', port: 5060 }, remote: { address: '203.0.113.7', port: 40_000 } };

function request(cSeq: number, lines: readonly string[], callId = 'r1'): SipRequest {
  const head = ['REGISTER sip:example.com SIP/2.0', 'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1', 'From: <sip:bob@example.com>;tag=1', 'To: <sip:bob@example.com>', `Call-ID: ${callId}`, `CSeq: ${cSeq} REGISTER`];
  const message = parseSipMessage(new TextEncoder().encode([...head, ...lines, 'Content-Length: 0', '', ''].join('\r\n')));
  assert.ok(message.kind === 'request');
  return message;
}

function desk() {
  const table = new LocationTable();
  let now = instant(0);
  return {
    table,
    at: (milliseconds: number): void => void (now = instant(milliseconds)),
    now: (): Instant => now,
    take: (cSeq: number, ...lines: readonly string[]) => register(table, request(cSeq, lines), 'bob', flow, defaultRegistrarRules, now),
    takeOf: (callId: string, cSeq: number, ...lines: readonly string[]) => register(table, request(cSeq, lines, callId), 'bob', flow, defaultRegistrarRules, now),
    contacts: () => table.bindingsOf('bob', now).map(({ contact }) => contact),
  };
}

const contactsIn = ({ headers }: RegistrarAnswer) => headers.flatMap(([name, value]) => (name === 'Contact' ? [value] : []));

test('a telephone is registered, found, listed with the rest of its time, and forgotten when that is over', () => {
  const { table, take, at, now, contacts } = desk();
  assert.deepEqual(contactsIn(take(1, 'Contact: <sip:bob@10.0.0.1:5062;ob>;q=0.5', 'Expires: 120')), ['<sip:bob@10.0.0.1:5062;ob>;expires=120;q=0.5']);
  at(60_000);
  assert.deepEqual(contactsIn(take(2)), ['<sip:bob@10.0.0.1:5062;ob>;expires=60;q=0.5'], 'without Contact it is a question');
  assert.equal(table.bindingsOf('bob', now())[0]?.flow, flow);
  at(120_000);
  table.handleTimeout(now());
  assert.deepEqual(contacts(), []);
  assert.deepEqual(table.takeChanges().map(({ kind }) => kind), ['bound', 'unbound']);
  assert.equal(table.size, 0);
});

test('lifetimes are bounded: too short is 423, too long is made shorter, nonsense is an hour', () => {
  const { take, contacts } = desk();
  assert.deepEqual(take(1, 'Contact: <sip:bob@10.0.0.1>;expires=5'), { status: 423, headers: [['Min-Expires', '60']] });
  assert.deepEqual(contacts(), []);
  assert.deepEqual(contactsIn(take(2, 'Contact: <sip:bob@10.0.0.1>;expires=99999999')), ['<sip:bob@10.0.0.1>;expires=3600']);
  assert.deepEqual(contactsIn(take(3, 'Contact: <sip:bob@10.0.0.1>', 'Expires: soon')), ['<sip:bob@10.0.0.1>;expires=3600']);
  take(4, 'Contact: <sip:bob@10.0.0.1>;expires=0');
  assert.deepEqual(contacts(), []);
});

test('`*` removes all, alone and with Expires 0 only', () => {
  const { take, contacts } = desk();
  take(1, 'Contact: <sip:bob@10.0.0.1>, <sip:bob@10.0.0.2>');
  assert.equal(take(2, 'Contact: *', 'Expires: 60').status, 400);
  assert.equal(take(2, 'Contact: *, <sip:bob@10.0.0.1>', 'Expires: 0').status, 400);
  assert.equal(contacts().length, 2);
  assert.deepEqual(take(3, 'Contact: *', 'Expires: 0'), { status: 200, headers: [] });
  assert.deepEqual(contacts(), []);
});

test('of one Call-ID a lower CSeq is refused and changes nothing, the same one is a repetition; another Call-ID goes before', () => {
  const { take, takeOf, contacts, at } = desk();
  take(5, 'Contact: <sip:bob@10.0.0.1>;expires=600');
  at(10_000);
  assert.equal(take(4, 'Contact: <sip:bob@10.0.0.1>;expires=0').status, 500);
  assert.deepEqual(contactsIn(take(5, 'Contact: <sip:bob@10.0.0.1>;expires=600')), ['<sip:bob@10.0.0.1>;expires=590']);
  takeOf('r2', 1, 'Contact: <sip:bob@10.0.0.1>;expires=0');
  assert.deepEqual(contacts(), []);
});

test('the same contact written otherwise is the same; one instance and reg-id replaces its own address (RFC 5626)', () => {
  const { take, contacts, table } = desk();
  take(1, 'Contact: <sip:bob@Host.Example.com>');
  take(2, 'Contact: <sip:bob@host.example.com>;expires=0');
  assert.deepEqual(contacts(), []);
  const outbound = ';+sip.instance="<urn:uuid:1>";reg-id=1';
  const answer = take(3, `Contact: <sip:bob@10.0.0.1:1000>${outbound}`, 'Supported: path, outbound', 'Path: <sip:edge.example.com;lr>');
  assert.ok(answer.headers.some(([name, value]) => name === 'Require' && value === 'outbound'));
  assert.ok(answer.headers.some(([name, value]) => name === 'Path' && value === '<sip:edge.example.com;lr>'));
  take(4, `Contact: <sip:bob@10.0.0.1:2000>${outbound}`);
  assert.deepEqual(contacts(), ['sip:bob@10.0.0.1:2000']);
  assert.deepEqual(table.takeChanges().map((change) => (change.kind === 'unbound' ? change.why : 'bound')), ['bound', 'removed', 'bound', 'replaced', 'bound']);
});

test('a lost connection takes its bindings along; the limit replaces what would end first; rubbish is refused whole', () => {
  const { table, takeOf, contacts, now } = desk();
  for (let telephone = 0; telephone < 10; telephone += 1) takeOf(`r${telephone}`, 1, `Contact: <sip:bob@10.0.0.${telephone}>;expires=${600 + telephone}`);
  assert.equal(contacts().length, 8);
  assert.ok(!contacts().includes('sip:bob@10.0.0.0'));
  assert.equal(takeOf('x', 1, 'Contact: <sip:bob@10.9.9.9>, <tel:+15550100>').status, 400);
  assert.equal(takeOf('x', 2, `Contact: <sip:${'b'.repeat(2000)}@10.9.9.9>`).status, 400);
  assert.equal(contacts().length, 8);
  register(table, request(1, ['Contact: <sip:bob@10.0.1.1>'], 'tcp'), 'bob', { ...flow, transport: 'tcp', connectionId: 9 }, defaultRegistrarRules, now());
  table.loseConnection(9);
  assert.ok(!contacts().includes('sip:bob@10.0.1.1'));
});
