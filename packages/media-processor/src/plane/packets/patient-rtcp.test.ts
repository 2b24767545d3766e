import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { createUdpSockets, receivedWords } from '@dialplane/kernels';
import { patientRtcp } from './patient-rtcp.ts';

/** SRTCP of `words` words and one, of which all but the first two bytes are nothing, with what protects it, and `more` bytes behind it. */
function rtcp(first: number, type: number, words: number, more = 0): readonly number[] {
  return [first, type, 0, words, ...new Uint8Array(4 * words + 20 + more)];
}

/** Datagrams, and whether they may wait. */
const datagrams: ReadonlyArray<readonly [what: string, bytes: readonly number[], mayWait: boolean]> = [
  ['a sender report', rtcp(0x80, 200, 6), true],
  ['a receiver report with two blocks', rtcp(0x82, 201, 13), true],
  ['transport-wide feedback', rtcp(0x8f, 205, 9), true],
  ['REMB', rtcp(0x8f, 206, 5), true],
  ['a report with a shorter tag', rtcp(0x80, 201, 1, -6), true],
  ['a report with something behind it', rtcp(0x80, 201, 1, 1), false],
  ['transport-wide feedback that was joined with sound', rtcp(0x8f, 205, 9, 48), false],
  ['a report without a length', [0x80, 201], false],
  ['a NACK', rtcp(0x81, 205, 3), false],
  ['a request for a key frame (PLI)', rtcp(0x81, 206, 2), false],
  ['a request for a key frame (FIR)', rtcp(0x84, 206, 4), false],
  ['BYE', rtcp(0x81, 203, 1), false],
  ['RTP', [0x80, 111], false],
  ['RTP with a marker and an extension', [0x90, 0x80 | 96], false],
  ['a STUN request', [0, 1], false],
  ['DTLS', [22, 254], false],
  ['a single byte', [0x80], false],
  ['nothing', [], false],
];

test('reports and feedback about the path may wait, nothing else', async (t) => {
  const waited = new Map<string, boolean>();
  const done = Promise.withResolvers<void>();
  const sockets = createUdpSockets({
    implementation: 'native',
    onBatch: (count) => {
      for (let at = 0; at < count * receivedWords.stride; at += receivedWords.stride) {
        const offset = sockets.received[at + receivedWords.offset] ?? 0;
        const bytes = sockets.slab.subarray(offset, offset + (sockets.received[at + receivedWords.length] ?? 0));
        waited.set(bytes.join(), (sockets.received[at + receivedWords.detail] ?? 0) > 0);
      }
      if (waited.size === datagrams.length) done.resolve();
      return 0;
    },
  });
  const peer = createSocket('udp4');
  t.after(() => {
    sockets.destroy();
    peer.close();
  });
  let port = 0;
  sockets.open({ address: '127.0.0.1', port: 0, mayWait: patientRtcp }, (opened) => (port = sockets.portOf(Number(opened))));
  for (const [, bytes] of datagrams) peer.send(Uint8Array.from(bytes), port, '127.0.0.1');
  await done.promise;
  for (const [what, bytes, mayWait] of datagrams) assert.equal(waited.get(bytes.join()), mayWait, what);
});
