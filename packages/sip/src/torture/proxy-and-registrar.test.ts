import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { nodeSipCrypto } from '@dialplane/kernels';
import { defaultRegistrarRules, DigestNonces, DigestServer, LocationTable, parseAddress, parseSipMessage, register, type SipRequest } from '../index.ts';
import { flowWith, TestProxy } from '../proxy/test-proxy.ts';
import { tortureMessage } from './test-torture-messages.ts';

function request(name: string): SipRequest {
  const message = parseSipMessage(tortureMessage(name).bytes);
  assert.ok(message.kind === 'request', name);
  return message;
}

test('a proxy drops responses that it has not asked for, broadcast or not (RFC 4475 §3.3.10)', () => {
  for (const name of ['bcast', 'unreason', 'noreason']) {
    const message = parseSipMessage(tortureMessage(name).bytes);
    assert.ok(message.kind === 'response', name);
    assert.deepEqual(new TestProxy().receive(message, flowWith('192.0.2.1')), [], name);
  }
});

test('what a proxy forwards has every line that it does not change', () => {
  const proxy = new TestProxy();
  proxy.targets = [{ flow: flowWith('192.0.2.200') }];
  const message = parseSipMessage(tortureMessage('wsinv').bytes);
  assert.ok(message.kind === 'request');
  const forwarded = proxy.receive(message, flowWith('192.0.2.1')).flatMap((output) => (output.kind === 'send' && output.message.kind === 'request' ? [output.message] : []))[0];
  assert.ok(forwarded);
  for (const name of ['UnknownHeaderWithUnusualValue', 'NewFangledHeader', 'Contact', 'From', 'To']) assert.equal(forwarded.headers.first(name), message.headers.first(name), name);
  assert.deepEqual(forwarded.headers.all('Via').slice(2), message.headers.all('Via').slice(1));
});

const now = instant(0);

function registered(name: string): readonly string[] {
  const table = new LocationTable();
  const answer = register(table, request(name), 'user', flowWith('192.0.2.1'), defaultRegistrarRules, now);
  assert.equal(answer.status, 200, name);
  const bindings = table.bindingsOf('user', now).map((binding) => binding.contact);
  const listed = answer.headers.flatMap(([header, value]) => (header === 'Contact' ? [parseAddress(value)?.uri] : []));
  assert.deepEqual(listed.sort(), bindings.toSorted(), name);
  return bindings;
}

test('a registrar keeps contacts with what is theirs (RFC 4475 §3.3.12 to §3.3.14, §3.1.1.4)', () => {
  assert.deepEqual(registered('cparam01'), ['sip:+19725552222@gw1.example.net']);
  assert.deepEqual(registered('cparam02'), ['sip:+19725552222@gw1.example.net;unknownparam']);
  assert.deepEqual(registered('regescrt'), ['sip:user@example.com?Route=%3Csip:sip.example.com%3E']);
  assert.deepEqual(registered('escnull').length, 2);
  assert.deepEqual(registered('dblreq').length, 1);
});

test('credentials of an unknown scheme are none (RFC 4475 §3.3.7)', () => {
  const nonces = new DigestNonces({ crypto: nodeSipCrypto, secret: new Uint8Array(16) });
  const server = new DigestServer({ realm: 'example.com', crypto: nodeSipCrypto, nonces, secretOf: () => undefined });
  assert.deepEqual(server.check(request('regaut01'), 'Authorization', now), { kind: 'challenge', why: 'absent' });
});
