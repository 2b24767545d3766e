import { maxMessageBytes, type Frame } from './frame.ts';

/** Messages of one channel that may be incomplete at once; a stranger cannot make us keep more. */
const maxIncomplete = 16;
/** More fragments than a message of the greatest size has at the smallest fragment anybody uses. */
const maxFragments = 64;

interface Incomplete {
  readonly fragments: Array<Uint8Array | undefined>;
  missing: number;
  bytes: number;
}

/** Puts the fragments of one sender's channel together. What is lost, too large or inconsistent is dropped, never thrown. */
export class Reassembly {
  private readonly incomplete = new Map<number, Incomplete>();

  /** Takes a frame; returns the whole payload when it was the last one missing. The result does not alias the frame. */
  accept(frame: Frame): Uint8Array | undefined {
    if (frame.fragmentCount > maxFragments || frame.payload.length > maxMessageBytes) return undefined;
    if (frame.fragmentCount === 1) return frame.payload.slice();
    const message = this.incomplete.get(frame.sequenceNumber) ?? this.begin(frame);
    if (message.fragments.length !== frame.fragmentCount || message.fragments[frame.fragmentIndex] !== undefined) return undefined;
    message.fragments[frame.fragmentIndex] = frame.payload.slice();
    message.missing -= 1;
    message.bytes += frame.payload.length;
    if (message.bytes > maxMessageBytes) this.incomplete.delete(frame.sequenceNumber);
    if (message.missing > 0 || message.bytes > maxMessageBytes) return undefined;
    this.incomplete.delete(frame.sequenceNumber);
    return join(message);
  }

  /** The oldest incomplete message makes room: on a lossy channel a fragment of it was lost. */
  private begin({ sequenceNumber, fragmentCount }: Frame): Incomplete {
    const oldest = this.incomplete.keys().next();
    if (this.incomplete.size >= maxIncomplete && oldest.done !== true) this.incomplete.delete(oldest.value);
    const message: Incomplete = { fragments: Array.from({ length: fragmentCount }, () => undefined), missing: fragmentCount, bytes: 0 };
    this.incomplete.set(sequenceNumber, message);
    return message;
  }
}

function join({ fragments, bytes }: Incomplete): Uint8Array {
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const fragment of fragments) {
    if (fragment === undefined) continue;
    whole.set(fragment, offset);
    offset += fragment.length;
  }
  return whole;
}
