import { stunAttribute } from '../attribute-type.ts';
import { type MessageBuilder, writeUint16 } from '../message-builder.ts';
import { readUint16, type StunMessage } from '../stun-message.ts';

/** RFC 8489 §18.5: how a long-term password becomes a key. */
export type PasswordAlgorithm = 'md5' | 'sha256';

const numbers: Record<PasswordAlgorithm, number> = { md5: 1, sha256: 2 };

/**
 * Reads PASSWORD-ALGORITHMS (RFC 8489 §14.11): numbers in the sender's order, those we do not know included. `undefined` when absent or
 * malformed.
 */
export function readPasswordAlgorithms(message: StunMessage): readonly number[] | undefined {
  const value = message.value(stunAttribute.passwordAlgorithms);
  return value === undefined ? undefined : decode(value);
}

/** Reads PASSWORD-ALGORITHM (RFC 8489 §14.12); `undefined` when absent or malformed. */
export function readPasswordAlgorithm(message: StunMessage): number | undefined {
  const value = message.value(stunAttribute.passwordAlgorithm);
  const algorithms = value === undefined ? undefined : decode(value);
  return algorithms?.length === 1 ? algorithms[0] : undefined;
}

/** Our name for a registered number. */
export function passwordAlgorithmOf(number: number): PasswordAlgorithm | undefined {
  return number === numbers.md5 ? 'md5' : number === numbers.sha256 ? 'sha256' : undefined;
}

/** The value of PASSWORD-ALGORITHMS for a list of ours; neither algorithm has parameters. */
export function encodePasswordAlgorithms(algorithms: readonly PasswordAlgorithm[]): Uint8Array {
  const value = new Uint8Array(algorithms.length * 4);
  for (const [index, algorithm] of algorithms.entries()) writeUint16(value, index * 4, numbers[algorithm]);
  return value;
}

/** Writes PASSWORD-ALGORITHM. */
export function writePasswordAlgorithm(builder: MessageBuilder, algorithm: PasswordAlgorithm): void {
  builder.attribute(stunAttribute.passwordAlgorithm, encodePasswordAlgorithms([algorithm]));
}

function decode(value: Uint8Array): number[] | undefined {
  const found: number[] = [];
  for (let at = 0; at < value.length; ) {
    if (at + 4 > value.length) return undefined;
    const parameters = readUint16(value, at + 2);
    if (at + 4 + parameters > value.length) return undefined;
    found.push(readUint16(value, at));
    at += 4 + ((parameters + 3) & ~3);
  }
  return found;
}
