import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipStreamFramer } from '../index.ts';
import { bytesOf, inviteText, textOf } from './test-messages.ts';

const short = bytesOf('OPTIONS sip:a SIP/2.0\nX: 1\nl : \t 3\n\nabc');
const invite = bytesOf(inviteText);

/** What a framer says about chunks, each of them in its own memory. */
function parts(chunks: readonly Uint8Array[]): string[] {
  const framer = new SipStreamFramer();
  const said: string[] = [];
  for (const chunk of chunks) {
    framer.push(chunk.slice());
    for (let part = framer.next(); part.kind !== 'incomplete'; part = framer.next()) {
      said.push(part.kind === 'message' ? textOf(part.bytes) : part.kind === 'broken' ? part.fault.code : part.kind);
      if (part.kind === 'broken') break;
    }
  }
  return said;
}

test('a stream is cut into messages and keep-alives, however it is chopped', () => {
  const stream = Buffer.concat([short, invite, bytesOf('\n\n'), short, bytesOf('\n'), short]);
  const expected = [textOf(short), textOf(invite), 'pong', 'ping', textOf(short), 'pong', textOf(short)];
  for (const size of [1, 2, 3, 7, 100, 1000, stream.length]) {
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) => stream.subarray(index * size, (index + 1) * size));
    assert.deepEqual(parts(chunks), expected, `chunks of ${size}`);
  }
});

test('a stream of which nobody can tell where its messages end is broken for good', () => {
  assert.deepEqual(parts([bytesOf('OPTIONS sip:a SIP/2.0\nX: 1\n\n'), short]), ['CONTENT_LENGTH_MISSING', 'CONTENT_LENGTH_MISSING']);
  assert.deepEqual(parts([bytesOf('OPTIONS sip:a SIP/2.0\nContent-Length: x\n\n')]), ['CONTENT_LENGTH_MALFORMED']);
  assert.deepEqual(parts([bytesOf('OPTIONS sip:a SIP/2.0\nContent-Length: 99999999999\n\n')]), ['MESSAGE_TOO_LARGE']);
  assert.deepEqual(parts([bytesOf(`OPTIONS sip:a SIP/2.0\nX: ${'x'.repeat(70_000)}`)]), ['MESSAGE_TOO_LARGE']);
  assert.deepEqual(parts([Uint8Array.of(13, 13)]), ['LINE_BREAK_MALFORMED']);
});
