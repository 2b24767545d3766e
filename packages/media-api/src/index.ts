/**
 * Media control: what the owner of a call (the signaling controller, or telephony for its trunk legs) asks of a media
 * processor, and what it hears back. In-process today, over the bus when media processors are elsewhere; so both directions
 * are plain values.
 *
 * A *conference* is the backend side of one call. A *leg* is one participant's connection to it: WebRTC for browsers and
 * apps, RTP for trunks. The owner decides who may join; the media processor decides nothing but how packets flow.
 *
 * Descriptions and candidates are those of `calling-api`, passed through unchanged (RFC 8829, RFC 8838).
 *
 * ```ts
 * media.send({ kind: 'openConference', conferenceId, callId, modes: { audio: 'mixed', video: 'forwarded' } });
 * ```
 */
export type {
  DirectionReport, LegReport, LegSound, MediaCommand, MediaCommandKind, MediaDirection, MediaEvent, MediaFailure, MediaMode, MediaModes, RtpLegRequest, SoundFile, VideoTile, WantedStream, WatchedPicture, WebrtcLegRequest,
} from './commands.ts';
export type { MediaControl } from './media-control.ts';
