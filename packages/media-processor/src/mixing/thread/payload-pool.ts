import type { SoundPayload } from '../audio-mixer.ts';
import { mostPayloadBytes } from './packet-records.ts';
import type { EncodedSound } from '../codecs/sound-decoder.ts';

const slotBytes = 1536;
const fewSlots = 256;

/** Payloads between their arrival and their decoding, by number of a slot. It grows to the most that were ever waiting at once. */
export class PayloadPool {
  bytes = new Uint8Array(0);
  private lengths: number[] = [];
  private codecs: SoundPayload[] = [];
  private readonly free: number[] = [];

  /** Copies a payload of at most `mostPayloadBytes`. @returns Its slot. */
  keep(codec: SoundPayload, bytes: Uint8Array, offset: number, length: number): number {
    const slot = this.free.pop() ?? this.grow();
    const at = slot * slotBytes;
    for (let index = 0; index < length; index += 1) this.bytes[at + index] = bytes[offset + index] ?? 0;
    this.lengths[slot] = Math.min(length, mostPayloadBytes);
    this.codecs[slot] = codec;
    return slot;
  }

  release(slot: number): void {
    this.free.push(slot);
  }

  /** Where in `bytes` it is. */
  offsetOf(slot: number): number {
    return slot * slotBytes;
  }

  lengthOf(slot: number): number {
    return this.lengths[slot] ?? 0;
  }

  codecOf(slot: number): SoundPayload {
    return this.codecs[slot] ?? 'opus';
  }

  /** Valid until the slot is released, or another one is kept. */
  soundOf(slot: number): EncodedSound {
    return { bytes: this.bytes, offset: this.offsetOf(slot), length: this.lengthOf(slot) };
  }

  /** Slots that hold a payload. */
  get used(): number {
    return this.lengths.length - this.free.length;
  }

  private grow(): number {
    const before = this.bytes.length / slotBytes;
    const slots = Math.max(fewSlots, 2 * before);
    const bytes = new Uint8Array(slots * slotBytes);
    bytes.set(this.bytes);
    this.bytes = bytes;
    for (let slot = slots - 1; slot > before; slot -= 1) this.free.push(slot);
    this.lengths = Array.from({ length: slots }, (_, slot) => this.lengths[slot] ?? 0);
    return before;
  }
}
