import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, seededRandomness } from '@dialplane/sansio';
import { nodeSipCrypto } from '@dialplane/kernels';
import { checkSipMessage, defaultRegistrarRules, LocationTable, parseSipMessage, register, type SipMessage, UserAgent, writeSipMessage } from '../index.ts';
import { flowWith, TestProxy } from '../proxy/test-proxy.ts';

const long = (pattern: string): string => pattern.repeat(Math.floor(58_000 / pattern.length));
const blanks = long(' ');
const now = instant(0);

/** Values at the limit that pass the check of the message, so that elements get to work on them. */
const values: Readonly<Record<string, readonly string[]>> = {
  Via: [`SIP/2.0/UDP 192.0.2.9${blanks};branch=z9hG4bK1`, `SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1;rport${blanks}`, `SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1;x="${blanks}"`, `SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK${long('1')}`, `${long('SIP/2.0/UDP a,')}SIP/2.0/UDP b`],
  From: [`"${blanks}" <sip:a@b>;tag=1`, `${blanks}<sip:a@b>;tag=1`, `<sip:a@b>${blanks};tag=1`, `<sip:${long('a')}@b>;tag=1`],
  To: [`"${blanks}" <sip:a@b>`, `<sip:a@b;${long('a')}>`],
  Route: [`${long('<sip:a@b;lr>,')}<sip:a@b>`, `<sip:a@b${long(';c')}1>`],
  Contact: [`${long('<sip:a@b>,')}<sip:c@d>`, `<sip:a@b>${blanks};q=1`, `<sip:a@b?${long('a=b&')}c=d>`],
  'Session-Expires': [long('1'), `90${blanks};refresher=uac`],
  'Refer-To': [`<sip:a@b?${long('Replaces=x&')}>`],
  Reason: [`Q.850;text=${blanks}"`],
  Supported: [long('a,')],
  Authorization: [`Digest ${long('a=b,')}`],
  Expires: [long('9')],
};

function messageWith(method: string, name: string, value: string): SipMessage | undefined {
  const lines = new Map([['Via', 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1'], ['From', '<sip:a@b>;tag=1'], ['To', '<sip:c@d>'], ['Call-ID', 'c1'], ['CSeq', `1 ${method}`], ['Contact', '<sip:a@192.0.2.9>']]);
  lines.set(name, value);
  const text = [...lines].map(([header, line]) => `${header}: ${line}\r\n`).join('');
  const message = parseSipMessage(Uint8Array.from(Buffer.from(`${method} sip:bob@192.0.2.100 SIP/2.0\r\n${text}Content-Length: 0\r\n\r\n`)));
  return message.kind === 'fault' || checkSipMessage(message) !== undefined ? undefined : message;
}

function giveToProxy(message: SipMessage): void {
  const proxy = new TestProxy();
  proxy.targets = [{ flow: flowWith('192.0.2.200') }];
  proxy.core.handle({ kind: 'received', message, flow: flowWith('192.0.2.1') }, now);
  for (const output of proxy.drain()) if (output.kind === 'send') writeSipMessage(output.message);
}

function giveToUserAgent(message: SipMessage): void {
  const agent = new UserAgent({ crypto: nodeSipCrypto, randomness: seededRandomness(1) });
  agent.handle({ kind: 'received', message, flow: flowWith('192.0.2.1') }, now);
  for (let output = agent.poll(); output !== undefined; output = agent.poll()) if (output.kind === 'send') writeSipMessage(output.message);
}

function giveToRegistrar(message: SipMessage): void {
  if (message.kind === 'request') register(new LocationTable(), message, 'bob', flowWith('192.0.2.1'), defaultRegistrarRules, now);
}

test('no message holds up an element: proxy, user agent and registrar, with the longest values', () => {
  let given = 0;
  for (const method of ['INVITE', 'REGISTER', 'BYE', 'REFER']) {
    for (const [name, value] of Object.entries(values).flatMap(([name, all]) => all.map((value) => [name, value] as const))) {
      for (const give of [giveToProxy, giveToUserAgent, giveToRegistrar]) {
        const message = messageWith(method, name, value);
        if (message === undefined) continue;
        give(message);
        given += 1;
      }
    }
  }
  assert.ok(given > 150, `${given} were given`);
});
