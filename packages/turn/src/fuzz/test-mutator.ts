import { crc32, headerLength, readUint16, stunAttribute, writeInt32, writeUint16 } from '@dialplane/stun';
import { turnAttribute } from '../index.ts';
import type { Dice } from './test-dice.ts';

/** An attribute as a mutator sees it: header, value and padding, whatever the header's length says. */
type Piece = Uint8Array;

const types = [...Object.values(stunAttribute), ...Object.values(turnAttribute)];
const telling16 = [0, 1, 3, 4, 5, 8, 20, 32, 0x7f, 0x80, 0xff, 0x100, 0x3fff, 0x4000, 0x7ffe, 0x7fff, 0x8000, 0xfffc, 0xffff];

/**
 * A message made from `bytes` by one to four changes that know what a STUN message is made of: attributes are dropped, doubled, moved, taken
 * from `other`, given another type or length; bytes are flipped, cut off and added. Most results have a header whose length is right, since the
 * others end at the parser's first check; some have a right FINGERPRINT.
 */
export function mutate(bytes: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  let mutant = bytes;
  for (let changes = 1 + dice.below(4); changes > 0; changes -= 1) mutant = dice.happens(0.6) ? changeAttributes(mutant, other, dice) : changeBytes(mutant, other, dice);
  if (mutant.length >= headerLength && dice.happens(0.8)) mutant = withRightLength(mutant, dice);
  return mutant;
}

function changeBytes(bytes: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  const mutant = bytes.slice();
  const at = dice.below(Math.max(1, mutant.length));
  switch (dice.below(6)) {
    case 0:
      mutant[at] = (mutant[at] ?? 0) ^ (1 << dice.below(8));
      return mutant;
    case 1:
      if (at < mutant.length) mutant[at] = dice.pick([0, 1, 2, 0x7f, 0x80, 0xff]);
      return mutant;
    case 2:
      if (mutant.length >= 2) writeUint16(mutant, Math.min(at & ~1, (mutant.length - 2) & ~1), dice.pick(telling16));
      return mutant;
    case 3:
      return mutant.subarray(0, at);
    case 4:
      return joined([mutant, dice.bytes(dice.below(40))]);
    default:
      return joined([mutant.subarray(0, at), other.subarray(dice.below(Math.max(1, other.length)))]);
  }
}

function changeAttributes(bytes: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  if (bytes.length < headerLength) return bytes;
  const pieces = attributesOf(bytes);
  const index = dice.below(Math.max(1, pieces.length));
  const piece = (pieces[index] ?? attribute(dice)).slice();
  switch (dice.below(7)) {
    case 0:
      pieces.splice(index, 1);
      break;
    case 1:
      pieces.splice(dice.below(pieces.length + 1), 0, ...Array.from({ length: piece.length > 12 ? 1 : dice.pick([1, 1, 2, 130]) }, () => piece));
      break;
    case 2:
      pieces.splice(index, 1);
      pieces.push(piece);
      break;
    case 3:
      writeUint16(piece, 0, dice.pick(types));
      pieces.splice(index, 1, piece);
      break;
    case 4:
      writeUint16(piece, 2, dice.happens(0.5) ? (readUint16(piece, 2) + dice.below(9) - 4) & 0xffff : dice.pick(telling16));
      pieces.splice(index, 1, piece);
      break;
    case 5:
      pieces.splice(index, 0, attribute(dice));
      break;
    default: {
      const foreign = attributesOf(other);
      if (foreign.length > 0) pieces.splice(index, 0, dice.pick(foreign));
    }
  }
  return joined([bytes.subarray(0, headerLength), ...pieces]);
}

/** An attribute of a type that is read, whose value may have any length. */
function attribute(dice: Dice): Piece {
  const value = dice.bytes(dice.pick([0, 1, 3, 4, 4, 4, 8, 8, 20, 20, 32, 40, 300, 800]));
  const piece = new Uint8Array(4 + ((value.length + 3) & ~3));
  writeUint16(piece, 0, dice.pick(types));
  writeUint16(piece, 2, value.length);
  piece.set(value, 4);
  return piece;
}

function attributesOf(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  for (let at = headerLength; at + 4 <= bytes.length; ) {
    const end = Math.min(bytes.length, at + 4 + ((readUint16(bytes, at + 2) + 3) & ~3));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

function withRightLength(bytes: Uint8Array, dice: Dice): Uint8Array {
  const fingerprint = dice.happens(0.2) ? 8 : 0;
  const body = Math.min(0xfff0, (bytes.length - headerLength + 3) & ~3);
  const mutant = new Uint8Array(headerLength + body + fingerprint);
  mutant.set(bytes.subarray(0, headerLength + body));
  writeUint16(mutant, 2, body + fingerprint);
  if (fingerprint === 0) return mutant;
  writeUint16(mutant, headerLength + body, stunAttribute.fingerprint);
  writeUint16(mutant, headerLength + body + 2, 4);
  writeInt32(mutant, headerLength + body + 4, crc32(mutant, headerLength + body) ^ 0x5354554e);
  return mutant;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
