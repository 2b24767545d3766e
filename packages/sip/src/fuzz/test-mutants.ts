import fc from 'fast-check';
import { corpus } from './test-corpus.ts';

/** Pieces that mean something somewhere in a message. */
const fragments = [
  '\r\n', '\r', '\n', '\r\n\r\n', '\r\n ', ' ', '\t', ':', ';', ';;', ',', '"', '\\', '\\"', '<', '>', '<>', '@', '=', '?', '&', '%', '%00', '%zz', '[', ']', '[::1]', '*', '\0', '\u0000',
  'sip:', 'sips:', 'tel:', 'SIP/2.0', 'SIP/2.0/UDP', ';lr', ';tag=x', ';branch=z9hG4bK', ';rport', 'l: 0\r\n', 'Content-Length: 3\r\n', 'Content-Length: -1\r\n', 'v: SIP/2.0/TCP a\r\n', 'Via: ,\r\n',
  'Contact: *\r\n', 'Route: <sip:a;lr>, <sip:b>\r\n', 'Subject: \u00fc\u{1F4DE}\r\n', 'Content-Type: multipart/mixed;boundary=x\r\n', '--x\r\n', '--x--', 'Authorization: Digest realm="a"\r\n', '4294967296', '00', '-1',
  'Reason: Q.850;cause=16;text=a b\r\n', 'Refer-To: <sip:a@b?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n', 'History-Info: <sip:a?Reason=SIP%3Bcause%3D302>;index=1\r\n',
].map((text) => Uint8Array.from(Buffer.from(text)));

type Change =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'insert'; readonly at: number; readonly piece: Uint8Array }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: 'join'; readonly at: number; readonly other: Uint8Array };

/** A place in a message, as a part of its length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const bytesOfCorpus = fc.constantFrom(...corpus.map(({ bytes }) => bytes));
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('insert' as const), at: place, piece: fc.oneof(fc.constantFrom(...fragments), fc.uint8Array({ maxLength: 12 })) }),
  fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat(60) }),
  fc.record({ kind: fc.constant('repeat' as const), at: place, length: fc.nat(40), times: fc.constantFrom(2, 3, 40, 300) }),
  fc.record({ kind: fc.constant('join' as const), at: place, other: bytesOfCorpus }),
);

/** Messages of the corpus with one to four changes. */
export const mutants: fc.Arbitrary<Uint8Array> = fc.tuple(bytesOfCorpus, fc.array(change, { minLength: 1, maxLength: 4 })).map(([bytes, changes]) => changes.reduce(apply, bytes));

function apply(bytes: Uint8Array, change: Change): Uint8Array {
  const at = Math.floor(change.at * bytes.length);
  switch (change.kind) {
    case 'flip':
      return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ (1 << change.bit) : byte));
    case 'insert':
      return joined(bytes.subarray(0, at), change.piece, bytes.subarray(at));
    case 'cut':
      return joined(bytes.subarray(0, at), bytes.subarray(at + change.length));
    case 'repeat':
      return joined(bytes.subarray(0, at), ...Array.from({ length: change.times }, () => bytes.subarray(at, at + change.length)), bytes.subarray(at + change.length));
    case 'join':
      return joined(bytes.subarray(0, at), change.other.subarray(Math.floor(change.at * change.other.length)));
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
