import type { Vp8Descriptor } from '@dialplane/rtp';

/**
 * Which frames of a VP8 stream with temporal layers (RFC 7741 §4.2) pass on to a receiver. It steps down at the next frame, and up only with a frame that depends on
 * the lowest layer alone (Y): what came before it of that layer is missing at the receiver.
 */
export class TemporalLayerGate {
  /** The highest layer that is to pass. */
  target = 3;
  private current = 3;

  /** The highest layer that passes, once that is the target; -1 where a frame is waited for. */
  get settledLayer(): number {
    return this.current === this.target ? this.current : -1;
  }

  /** A key frame begins, or another source: every layer can begin. */
  restart(): void {
    this.current = this.target;
  }

  /** Whether the packet's frame passes. Packets of a frame get one answer. */
  passes(descriptor: Vp8Descriptor): boolean {
    const { temporalLayer } = descriptor;
    if (descriptor.startsFrame) {
      if (descriptor.startsKeyFrame || this.target < this.current) this.current = this.target;
      else if (temporalLayer > this.current && temporalLayer <= this.target && descriptor.isLayerSync) this.current = temporalLayer;
    }
    return temporalLayer <= this.current;
  }
}
