import { Type, type Static } from 'typebox';
import { RawId, Uuid } from './identifiers.ts';

/** Where the media of a call flows: between its two ends (also through a relay), or through the backend. */
export const Topology = Type.Union([Type.Literal('peerToPeer'), Type.Literal('backend')]);
export type Topology = Static<typeof Topology>;

export const MediaStreamType = Type.Union([Type.Literal('Audio'), Type.Literal('Video'), Type.Literal('ScreenSharing')]);
export type MediaStreamType = Static<typeof MediaStreamType>;

/** The picture of a participant: the camera, or the screen. */
export const PictureStreamType = Type.Union([Type.Literal('Video'), Type.Literal('ScreenSharing')]);
export type PictureStreamType = Static<typeof PictureStreamType>;

/** How one kind of media reaches a listener of a backend session: mixed into one stream (MCU), or forwarded stream by stream (SFU). */
export const MediaMode = Type.Union([Type.Literal('mixed'), Type.Literal('forwarded')]);
export type MediaMode = Static<typeof MediaMode>;

/** The modes of audio and video, decided separately and switchable while the call runs. */
export const MediaModes = Type.Object({ audio: MediaMode, video: MediaMode });
export type MediaModes = Static<typeof MediaModes>;

const fraction = Type.Number({ minimum: 0, maximum: 1 });

/** Where somebody's picture is in the composed one: fractions of its width and height, from its upper left corner. */
export const VideoTile = Type.Object({
  identifier: RawId,
  mediaStreamType: PictureStreamType,
  x: fraction,
  y: fraction,
  width: fraction,
  height: fraction,
});
export type VideoTile = Static<typeof VideoTile>;

/** Most tiles of a composed picture. */
export const maxVideoTiles = 49;

/** A remote picture, and the media section (`mid`) of a backend session in which it is to be received. */
export const WantedStream = Type.Object({
  mid: Type.String({ maxLength: 64 }),
  identifier: RawId,
  mediaStreamType: PictureStreamType,
  /** How large it is displayed, in pixels of the screen; what is sent need not be larger. */
  width: Type.Optional(Type.Integer({ minimum: 0, maximum: 16_384 })),
  height: Type.Optional(Type.Integer({ minimum: 0, maximum: 16_384 })),
});
export type WantedStream = Static<typeof WantedStream>;

/** How many layers of a picture that a client sends somebody watches, lowest first: the layers above need not be sent, and with 0 nothing. Of a picture without layers 1 is all of it. */
export const WatchedPicture = Type.Object({ mid: Type.String({ maxLength: 64 }), layers: Type.Integer({ minimum: 0, maximum: 8 }) });
export type WatchedPicture = Static<typeof WatchedPicture>;

/** What one media section of the sender's description carries; sections it only receives on are not listed. */
export const StreamInfo = Type.Object({
  mid: Type.String({ maxLength: 64 }),
  mediaStreamType: MediaStreamType,
  /** Whose stream it is, on a backend session that forwards; absent when it is the other side's own. */
  source: Type.Optional(RawId),
});
export type StreamInfo = Static<typeof StreamInfo>;

/** Longest accepted session description in characters (384 KiB of ASCII): a client that shows 49 pictures needs 270,000, each of them in a section with all the codecs of a browser. */
export const maxSdpLength = 393_216;

/**
 * One step of offer/answer (RFC 3264, JSEP RFC 8829).
 *
 * `revision` counts a side's own descriptions in this media session from 1. An answer names the offer it answers in
 * `answers`. Offers of both sides may cross: the side whose session is `polite` rolls its own back (perfect negotiation).
 *
 * An offer whose origin has another session id (`o=`, RFC 8866 §5.2) than the offers before it is one of another peer connection of the offerer: the other side
 * answers with a new transport (ICE, DTLS, SSRCs), keeps the old one until media can flow over the new, and closes it then. Revisions go on counting, and candidates belong
 * to the transport that their `usernameFragment` names.
 */
export const MediaDescription = Type.Object({
  type: Type.Union([Type.Literal('offer'), Type.Literal('answer')]),
  sdp: Type.String({ minLength: 1, maxLength: maxSdpLength }),
  revision: Type.Integer({ minimum: 1 }),
  answers: Type.Optional(Type.Integer({ minimum: 1 })),
  streams: Type.Array(StreamInfo, { maxItems: 512 }),
});
export type MediaDescription = Static<typeof MediaDescription>;

/** A trickled candidate (RFC 8838, RFC 8840); an empty `candidate` is the end-of-candidates indication. */
export const IceCandidate = Type.Object({
  candidate: Type.String({ maxLength: 512 }),
  mid: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  mLineIndex: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  usernameFragment: Type.Union([Type.String({ maxLength: 256 }), Type.Null()]),
});
export type IceCandidate = Static<typeof IceCandidate>;

/** As in RTCIceServer. */
export const IceServer = Type.Object({
  urls: Type.Array(Type.String()),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
});
export type IceServer = Static<typeof IceServer>;

export const MediaSessionState = Type.Union([
  Type.Literal('negotiating'),
  Type.Literal('connected'),
  Type.Literal('interrupted'),
  Type.Literal('closed'),
]);
export type MediaSessionState = Static<typeof MediaSessionState>;

/**
 * What an endpoint negotiates with the other side or with the backend. A 1:1 call has one; while a call is promoted it has two, the new one on the
 * backend, until that is connected (make before break). When a media process is lost, its sessions are replaced by new ones:
 * the new one is shown (`mediaSessionUpdated`), then the old one is closed.
 */
export const MediaSession = Type.Object({
  mediaSessionId: Uuid,
  topology: Topology,
  state: MediaSessionState,
  /** Who yields when two offers cross. The caller is impolite, the callee polite; towards the backend the client is polite. */
  polite: Type.Boolean(),
  /** Who makes the first offer of this session. */
  offerer: Type.Union([Type.Literal('local'), Type.Literal('remote')]),
  iceServers: Type.Array(IceServer),
  iceTransportPolicy: Type.Union([Type.Literal('all'), Type.Literal('relay')]),
  /** The other side's newest description and the candidates it has trickled since; what a resynchronising client needs. */
  remoteDescription: Type.Optional(MediaDescription),
  remoteCandidates: Type.Array(IceCandidate, { maxItems: 256 }),
  /** The newest description the server holds of this endpoint: anything newer that the client made must be sent again. */
  localRevision: Type.Integer({ minimum: 0 }),
  /** How media reaches this endpoint now; backend sessions only. */
  modes: Type.Optional(MediaModes),
  /** The composed picture, while video is mixed. */
  layout: Type.Optional(Type.Array(VideoTile, { maxItems: maxVideoTiles })),
  /**
   * Codec by its name in SDP in which sound had best flow both ways, so that it need not be translated: the client offers its microphone's section anew with that one first and without Opus, if it can. Absent: any,
   * as in a first offer.
   */
  audioCodec: Type.Optional(Type.String()),
  /** Pictures of this endpoint that nobody watches whole, or at all; of others all is to be sent. As the last `watchedPicturesChanged` had it; backend sessions only. */
  watched: Type.Optional(Type.Array(WatchedPicture)),
});
export type MediaSession = Static<typeof MediaSession>;
