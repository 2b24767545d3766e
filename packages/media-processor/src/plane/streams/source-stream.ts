import type { RetransmissionStore } from '@dialplane/rtp';
import type { SectionCodec } from '../../process-api/leg-settings.ts';
import type { Receivers } from '../forwarding/receivers.ts';
import type { SentStream } from './sent-stream.ts';

/** What can be sent on to clients: a stream of another client, or a picture that is composed here. */
export interface SourceStream {
  /** Signed, as everywhere. */
  readonly ssrc: number;
  readonly section: {
    readonly codecs: readonly SectionCodec[];
    /** The codec whose retransmissions have this payload type (RFC 4588 §8). */
    retransmittedBy(payloadType: number): SectionCodec | undefined;
  };
  /** What was sent last, to be sent again. */
  readonly retransmissions: RetransmissionStore | undefined;
  /** To whom it is sent, or is to be from the next key frame on. */
  readonly subscribers: SentStream[];
  /** Those of them to whom it is sent. */
  readonly receivers: Receivers;
  /** Its packets in the batch that is being sent; -1 is none. */
  readonly firstPending: number;
  /** Somebody cannot decode it before another key frame. */
  needKeyFrame(): void;
  /** Its timestamp at a time of our wall clock, where its sender has told; Unix time in milliseconds. */
  timestampAt(unixMs: number): number | undefined;
}
