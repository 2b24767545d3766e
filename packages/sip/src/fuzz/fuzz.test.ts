import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nodeSipCrypto } from '@dialplane/kernels';
import { checkSipMessage, digestResponse, digestSecret, parseAuthParameters, parseSipMessage, responseTo, type SipFault, type SipMessage, SipStreamFramer, writeSipMessage } from '../index.ts';
import { corpus, peerMessage, peerMessages } from './test-corpus.ts';
import { mutants } from './test-mutants.ts';
import { readEverything } from './test-readers.ts';

/** More mutants: `FUZZ_MUTANTS=200000`; other ones: `FUZZ_SEED=7`. */
const numRuns = Number(process.env['FUZZ_MUTANTS'] ?? 4000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

test('the corpus: what real telephones send is understood and leaves as it came', () => {
  assert.ok(peerMessages.length > 10);
  for (const { name, bytes } of peerMessages) {
    const message = parseSipMessage(bytes);
    assert.ok(message.kind !== 'fault', name);
    assert.equal(checkSipMessage(message), undefined, name);
    if (message.headers.has('Content-Length')) assert.deepEqual(Buffer.from(writeSipMessage(message)), Buffer.from(bytes), name);
  }
});

test('the digests of baresip and linphone are what ours would be', () => {
  for (const [name, username] of [['baresip-register-digest', 'ada'], ['linphone-register-digest', 'grace']] as const) {
    const message = parseSipMessage(peerMessage(name));
    assert.ok(message.kind === 'request');
    const [credentials] = message.headers.readAll('Authorization', parseAuthParameters);
    const get = (parameter: string): string => credentials?.parameters.get(parameter) ?? assert.fail(parameter);
    const expected = digestResponse(nodeSipCrypto, {
      secret: digestSecret(nodeSipCrypto, 'MD5', { username, realm: 'example.com', password: 'x' }),
      algorithm: 'MD5',
      isSession: false,
      nonce: get('nonce'),
      protection: { qop: 'auth', nonceCount: get('nc'), clientNonce: get('cnonce') },
      method: message.method,
      uri: get('uri'),
      body: message.body,
    });
    assert.equal(get('response'), expected, name);
  }
});

/** The message with other bytes around it, as in a buffer that others use as well. */
function parseInside(bytes: Uint8Array, around: number): SipMessage | SipFault {
  const room = new Uint8Array(bytes.length + 16).fill(around);
  room.set(bytes, 8);
  return parseSipMessage(room.subarray(8, 8 + bytes.length));
}

function reading(message: SipMessage | SipFault): unknown {
  return message.kind === 'fault' ? [message.code, message.at] : readEverything(message);
}

test('mutants of the corpus: everything answers, whatever lies around the message', () => {
  const seen = new Map<string, number>();
  const property = fc.property(mutants, (bytes) => {
    const message = parseSipMessage(bytes);
    const read = reading(message);
    assert.deepEqual(reading(parseInside(bytes, 0x20)), read);
    assert.deepEqual(reading(parseInside(bytes, 0x0d)), read);
    const outcome = message.kind === 'fault' ? message.code : (checkSipMessage(message)?.code ?? message.kind);
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    if (message.kind === 'fault' && message.request !== undefined) writeSipMessage(responseTo(message.request, message.status, { toTag: 'a' }));
  });
  fc.assert(property, { numRuns, seed });
  for (const outcome of ['request', 'response', 'LINE_BREAK_MALFORMED', 'HEADER_NAME_MALFORMED', 'BODY_CUT_OFF', 'VIA_MALFORMED', 'CSEQ_MALFORMED', 'TO_MALFORMED']) assert.ok(seen.has(outcome), `no mutant ended as ${outcome}: ${JSON.stringify([...seen])}`);
});

test('what was read is written so that it reads the same, changed or not', () => {
  const property = fc.property(mutants, (bytes) => {
    const message = parseSipMessage(bytes);
    if (message.kind === 'fault') return;
    const again = parseSipMessage(writeSipMessage(message));
    assert.ok(again.kind !== 'fault');
    const expected = [...message.headers.entries()].filter(([name]) => name !== 'Content-Length');
    assert.deepEqual([...again.headers.entries()].filter(([name]) => name !== 'Content-Length'), expected);
    assert.deepEqual(again.body, Uint8Array.from(message.body));
    const headers = message.headers.copy();
    headers.removeFirst('Via');
    headers.prepend('Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1');
    headers.set('Max-Forwards', '69');
    const forwarded = parseSipMessage(writeSipMessage({ ...message, headers }));
    assert.ok(forwarded.kind !== 'fault');
    assert.deepEqual([forwarded.headers.all('Via'), forwarded.headers.all('Max-Forwards')], [headers.all('Via'), ['69']]);
  });
  fc.assert(property, { numRuns, seed });
});

test('a stream of mutants is cut the same way, however it is chopped', () => {
  const parts = (stream: Uint8Array, size: number): readonly string[] => {
    const framer = new SipStreamFramer();
    const said: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      framer.push(stream.slice(at, at + size));
      for (let part = framer.next(); part.kind !== 'incomplete'; part = framer.next()) {
        said.push(part.kind === 'message' ? Buffer.from(part.bytes).toString('latin1') : part.kind === 'broken' ? part.fault.code : part.kind);
        if (part.kind === 'broken') return said;
      }
    }
    return said;
  };
  const property = fc.property(fc.array(fc.oneof(mutants, fc.constantFrom(...corpus.map(({ bytes }) => bytes))), { maxLength: 4 }), fc.integer({ min: 1, max: 900 }), (messages, size) => {
    const stream = Buffer.concat(messages);
    assert.deepEqual(parts(stream, size), parts(stream, stream.length + 1));
  });
  fc.assert(property, { numRuns: Math.ceil(numRuns / 8), seed });
});
