/** RTCP packet types (RFC 3550 §12.1, RFC 4585 §6.1). */
export const rtcpType = { senderReport: 200, receiverReport: 201, sourceDescription: 202, bye: 203, application: 204, transportFeedback: 205, payloadFeedback: 206, extendedReport: 207 } as const;

/** FMT of transport layer feedback: RFC 4585 §6.2.1, RFC 8888 §3.1, and what browsers use for transport-wide congestion control. */
export const transportFeedbackFormat = { nack: 1, congestionControl: 11, transportWide: 15 } as const;

/** FMT of payload-specific feedback: RFC 4585 §6.3.1, RFC 5104 §4.3.1, and application layer feedback, in which REMB travels. */
export const payloadFeedbackFormat = { pictureLossIndication: 1, fullIntraRequest: 4, applicationLayer: 15 } as const;

/** One report block (RFC 3550 §6.4.1). SSRC signed, everything else unsigned. */
export interface ReportBlock {
  readonly ssrc: number;
  /** 0..255, in 1/256 of the packets expected since the last report. */
  readonly fractionLost: number;
  /** -2^23..2^23-1; negative where packets came twice. */
  readonly cumulativeLost: number;
  readonly extendedHighestSequenceNumber: number;
  /** In units of the stream's clock. */
  readonly jitter: number;
  /** The middle 32 bits of the NTP time of the last sender report; 0 when none came. */
  readonly lastSenderReport: number;
  /** In 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
}

/** RFC 3550 §6.4.1 without the report blocks. Counters unsigned. */
export interface SenderInformation {
  readonly ssrc: number;
  /** Seconds of the NTP time, unsigned. */
  readonly ntpSeconds: number;
  /** Fraction of the NTP time in 1/2^32 s, unsigned. */
  readonly ntpFraction: number;
  /** Signed 32-bit integer. */
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
}

/** RFC 4585 §6.2.1: which packets are missing; each number once per time it was named. */
export interface GenericNack {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  readonly sequenceNumbers: readonly number[];
}

/** RFC 5104 §4.3.1: one entry of a full intra request. */
export interface FullIntraRequest {
  readonly ssrc: number;
  /** 0..255; a repetition of a request has the same number. */
  readonly sequenceNumber: number;
}

/** Arrivals that a receiver tells of by transport sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). */
export interface TransportWideFeedback {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** Counts feedback packets, 0..255. */
  readonly feedbackCount: number;
  readonly baseSequenceNumber: number;
  /** Signed, in 64 ms, modulo 2^24. */
  readonly referenceTime: number;
  /** Per packet from the base on: its arrival in 250 us after the reference time, or {@link notReceived}. */
  readonly arrivals: readonly number[];
}

/** In {@link TransportWideFeedback.arrivals}: the packet has not arrived. */
export const notReceived = -0x80000000;

/** What a compound packet holds; of types and formats that nobody reads nothing is kept but their number. */
export type RtcpPacket =
  | { readonly kind: 'senderReport'; readonly sender: SenderInformation; readonly blocks: readonly ReportBlock[] }
  | { readonly kind: 'receiverReport'; readonly ssrc: number; readonly blocks: readonly ReportBlock[] }
  | { readonly kind: 'sourceDescription'; readonly canonicalNames: ReadonlyArray<{ readonly ssrc: number; readonly name: string }> }
  | { readonly kind: 'bye'; readonly ssrcs: readonly number[] }
  | ({ readonly kind: 'nack' } & GenericNack)
  | ({ readonly kind: 'transportWideFeedback' } & TransportWideFeedback)
  | { readonly kind: 'pictureLossIndication'; readonly senderSsrc: number; readonly mediaSsrc: number }
  | { readonly kind: 'fullIntraRequest'; readonly senderSsrc: number; readonly requests: readonly FullIntraRequest[] }
  | { readonly kind: 'maximumBitrate'; readonly senderSsrc: number; /** Never above 2^53. */ readonly bitrateBps: number; readonly ssrcs: readonly number[] }
  | { readonly kind: 'other'; readonly packetType: number; readonly format: number };

/** Why bytes are no RTCP. */
export type RtcpErrorCode = 'TOO_SHORT' | 'WRONG_VERSION' | 'LENGTH_MISMATCH' | 'PADDING_INVALID' | 'BODY_TRUNCATED' | 'FEEDBACK_INVALID';

/** The packets of a compound packet, or what is wrong with the bytes and at which offset. */
export type RtcpParseResult = { readonly ok: true; readonly packets: readonly RtcpPacket[] } | { readonly ok: false; readonly code: RtcpErrorCode; readonly at: number };
