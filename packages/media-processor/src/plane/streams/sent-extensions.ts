import type { RtpHeaderWriter } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import type { SectionExtensions } from '../../process-api/leg-settings.ts';

/** Header extension elements of the packets of one section (RFC 8285): what describes the media is passed on, what describes the path is ours. */
export class SentExtensions {
  /** Whether packets carry a number of the transport. */
  readonly hasTransportNumber: boolean;
  readonly ids: SectionExtensions;

  constructor(ids: SectionExtensions) {
    this.ids = ids;
    this.hasTransportNumber = ids.transportSequence !== 0;
  }

  /** @param level the byte of RFC 6464 §3, or -1 for none. */
  writeLevel(writer: RtpHeaderWriter, level: number): void {
    if (level >= 0 && this.ids.audioLevel !== 0) writer.elementUint8(this.ids.audioLevel, level);
  }

  /** The number of the packet on its transport, or when it is sent, for the estimate of what the path takes. */
  writePath(writer: RtpHeaderWriter, transportNumber: number, now: Instant): void {
    const { ids } = this;
    if (ids.transportSequence !== 0) writer.elementUint16(ids.transportSequence, transportNumber);
    else if (ids.absoluteSendTime !== 0) writer.elementUint24(ids.absoluteSendTime, absoluteSendTime(now));
  }
}

/** 24 bits of seconds, 18 of them behind the point. */
export function absoluteSendTime(now: Instant): number {
  return Math.round(now * 262.144) & 0xffffff;
}
