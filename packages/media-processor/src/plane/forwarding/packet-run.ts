import { packetOverhead } from '../legs/leg.ts';
import { packetWords, ReceivedPackets } from '../packets/received-packets.ts';

/** Packets of one stream that were sent one behind the other, as far as it takes to note them: nearly all receivers of a stream are sent the same ones. */
export class PacketRun {
  /** On the wire, in bytes; as many as were measured last. */
  readonly sizes = new Int32Array(ReceivedPackets.capacity);
  private first = -1;
  private until = -1;
  private count = 0;

  /** Other packets are in the batch. */
  forget(): void {
    this.first = this.until = -1;
    this.count = 0;
  }

  /** Measures the packets from `first` to before `until`, by their indices; -1 is none, and the end. @returns how many they are. */
  measure(packets: ReceivedPackets, first: number, until: number): number {
    if (first === this.first && until === this.until) return this.count;
    this.first = first;
    this.until = until;
    this.count = 0;
    for (let index = first; index !== until && index >= 0; index = packets.read(index, packetWords.next)) {
      this.sizes[this.count] = packets.read(index, packetWords.payloadLength) + packetOverhead;
      this.count += 1;
    }
    return this.count;
  }
}
