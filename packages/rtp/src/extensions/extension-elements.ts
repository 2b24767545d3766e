import { readUint16, readUint24 } from '../big-endian.ts';
import type { RtpPacket } from '../rtp-packet.ts';
import { extensionKind, extensionKindCount, type ExtensionKind } from './extension-kind.ts';
import type { HeaderExtensionMap } from './header-extension-map.ts';

/** "Defined by profile" of one-byte headers (RFC 8285 §4.2). */
export const oneByteProfile = 0xbede;
/** The same of two-byte headers, whose low four bits are the application's (RFC 8285 §4.3). */
export const twoByteProfile = 0x1000;

/**
 * Where the header extension elements of one packet are: a record that each `locate` overwrites. Malformed elements end the search, what came before them counts;
 * of a repeated element the first counts. Values are read from the packet's own buffer, so use them before it changes.
 */
export class ExtensionElements {
  /** Index of each kind's value in the packet's buffer; meaningless where its length is 0. */
  readonly offsets = new Int32Array(extensionKindCount);
  /** Length of each kind's value in bytes; 0 where the packet has none (an element without bytes counts as absent). */
  readonly lengths = new Int32Array(extensionKindCount);
  private bytes: Uint8Array = new Uint8Array(0);

  /** Finds the elements of `packet` under the ids of the leg that sent it. */
  locate(packet: RtpPacket, map: HeaderExtensionMap): void {
    this.lengths.fill(0);
    this.bytes = packet.bytes;
    if (packet.extensionLength === 0) return;
    const end = packet.extensionOffset + packet.extensionLength;
    if (packet.extensionProfile === oneByteProfile) this.locateOneByte(packet.extensionOffset, end, map);
    else if ((packet.extensionProfile & 0xfff0) === twoByteProfile) this.locateTwoByte(packet.extensionOffset, end, map);
  }

  has(kind: ExtensionKind): boolean {
    return this.lengths[kind] !== 0;
  }

  /** Loudness as 0 (loudest) to 127 (silence), or -1 when absent (RFC 6464 §3). */
  audioLevel(): number {
    return this.lengths[extensionKind.audioLevel] === 0 ? -1 : (this.bytes[this.offsets[extensionKind.audioLevel] ?? 0] ?? 0) & 0x7f;
  }

  /** 1 where the sender says that this is voice, 0 where it does not, -1 when absent. */
  voiceActivity(): -1 | 0 | 1 {
    if (this.lengths[extensionKind.audioLevel] === 0) return -1;
    return (this.bytes[this.offsets[extensionKind.audioLevel] ?? 0] ?? 0) >>> 7 === 1 ? 1 : 0;
  }

  /** The number of the packet on its transport, or -1 when absent. */
  transportSequence(): number {
    return (this.lengths[extensionKind.transportSequence] ?? 0) < 2 ? -1 : readUint16(this.bytes, this.offsets[extensionKind.transportSequence] ?? 0);
  }

  /** When the packet was sent: 24 bits, 6.18 fixed-point seconds that wrap after 64 s; -1 when absent. */
  absoluteSendTime(): number {
    return (this.lengths[extensionKind.absoluteSendTime] ?? 0) < 3 ? -1 : readUint24(this.bytes, this.offsets[extensionKind.absoluteSendTime] ?? 0);
  }

  /** The text of `mid`, `rid` or `repairedRid` (ASCII), or `undefined` when absent. Allocates: for packets of streams that are not known yet. */
  text(kind: ExtensionKind): string | undefined {
    const length = this.lengths[kind] ?? 0;
    const offset = this.offsets[kind] ?? 0;
    return length === 0 ? undefined : String.fromCharCode(...this.bytes.subarray(offset, offset + length));
  }

  /** RFC 8285 §4.2: ids 1..14, lengths 1..16; id 0 is padding, id 15 ends the list. */
  private locateOneByte(from: number, end: number, map: HeaderExtensionMap): void {
    for (let at = from; at < end; ) {
      const head = this.bytes[at] ?? 0;
      const id = head >>> 4;
      if (id === 15) return;
      if (id === 0) {
        at += 1;
        continue;
      }
      const length = (head & 0x0f) + 1;
      if (at + 1 + length > end) return;
      this.note(map.kinds[id] ?? 0, at + 1, length);
      at += 1 + length;
    }
  }

  /** RFC 8285 §4.3: ids 1..255, lengths 0..255; a byte 0 in the place of an id is padding. */
  private locateTwoByte(from: number, end: number, map: HeaderExtensionMap): void {
    for (let at = from; at < end; ) {
      const id = this.bytes[at] ?? 0;
      if (id === 0) {
        at += 1;
        continue;
      }
      if (at + 2 > end) return;
      const length = this.bytes[at + 1] ?? 0;
      if (at + 2 + length > end) return;
      this.note(map.kinds[id] ?? 0, at + 2, length);
      at += 2 + length;
    }
  }

  private note(kind: number, offset: number, length: number): void {
    if (kind === extensionKind.none || this.lengths[kind] !== 0) return;
    this.offsets[kind] = offset;
    this.lengths[kind] = length;
  }
}
