import type { ApplicationOperation } from '@dialplane/applications-api';
import type {
  CallKind, CustomContext, EndReason, IceCandidate, LineDirection, MediaDescription, MediaModes, MediaStreamType, Redirection, RoomRole, Speakers, TransferReference, VideoTile, WatchedPicture,
} from '@dialplane/calling-api';
import type { SoundFile } from '@dialplane/media-api';
import type { EndpointIdentity } from './call-input.ts';
import type { Application } from './applications/application-model.ts';
import type { ParticipationRecord } from './call-record.ts';
import type { Errand, Person, Transfer, Transferee } from './transfers/transfer-model.ts';

/**
 * What the engine knows of a call: plain data, so that a snapshot is a copy of it. Objects in it are replaced, never patched;
 * only the containers of {@link CallModel} change. Instants are milliseconds on the machine's clock.
 */
export interface CallModel {
  /** `idle` before the first command, `ended` for ever after the end. */
  phase: 'idle' | 'running' | 'ended';
  founding: Founding | undefined;
  kind: CallKind;
  path: MediaPath;
  /** Of the call of a room. */
  room?: { readonly roomId: string; readonly pstnDialOutEnabled: boolean };
  /** Whether a conference was ever asked for. */
  usedBackend: boolean;
  /** By raw identifier, in the order they came. The two sides of a 1:1 call are the first two. */
  readonly parties: Map<string, Party>;
  /** Applications that are parties of the call, by their connection, in the order they came. */
  readonly applications: Map<string, Application>;
  /** Identifiers of those whose hand is up, in the order they raised it. */
  hands: readonly string[];
  /** Identifiers of those who are spotlighted, in order. */
  spotlight: readonly string[];
  /** How media is to reach everybody of whom nothing else was asked. */
  modes: MediaModes;
  /** The same, as the media processor said last; before that it is what was asked for. */
  toldModes?: MediaModes;
  /** The composed picture, for legs that have none of their own. */
  layout: readonly VideoTile[];
  speakers: SpeakerNews;
  /** When conferences of this call were lost, or could not be opened again; the newest few. */
  losses: readonly number[];
  /** When the first answer came, or the first member of a joined call was connected. */
  connectedAt: number | undefined;
  /** Asked for by somebody in this call. */
  transfer: Transfer | undefined;
  /** What this call does for a transfer of another one, until it has said what became of that. */
  errand: { readonly transfer: TransferReference; readonly task: Errand } | undefined;
  /** Why people whom a started group call rang did not come, until the first one does. */
  failures: readonly EndReason[];
  readonly participations: ParticipationRecord[];
  readonly unreached: Array<{ readonly identifier: string; readonly endReason: EndReason }>;
  revision: number;
}

/** How the call came to be; never changes. */
export interface Founding {
  readonly origin: 'started' | 'joined';
  readonly initiator: EndpointIdentity;
  readonly groupId?: string;
  readonly roomId?: string;
  readonly customContext?: CustomContext;
  /** Who had the initiator make this call, by transferring another one. */
  readonly transferor?: Person;
  /** Nobody in the call is offered the relay. */
  readonly relay?: 'off';
  readonly startedAt: number;
}

/**
 * Where media flows.
 *
 * ```
 *  peerToPeer ──addParticipant──▶ opening promotion ──conferenceOpened──▶ bridging ──every old member connected──▶ conference
 *      ▲                                 │                                   │                                      ▲  │
 *      └──────────── failed ─────────────┴─────────── failed, timed out ─────┘          opening ──conferenceOpened──┤  │ lost
 *                                                                                          │ lost                   │  ▼
 *                                                                                          └──────▶ reopening ──────┘ (again)
 *                                                                              suspended ◀─ failed ─┘  ▲
 *                                                                                  └───── next try ────┘
 * ```
 * While bridging, old members have both sessions: the direct one is closed when the last of them is connected to the backend.
 * While suspended no conference is asked for and none is commanded: the next try is due, or there is nobody to ask.
 */
export type MediaPath =
  | { readonly kind: 'peerToPeer' }
  | { readonly kind: 'openingPromotion'; readonly conferenceId: string }
  | { readonly kind: 'bridging'; readonly conferenceId: string }
  | { readonly kind: 'opening'; readonly conferenceId: string }
  | { readonly kind: 'reopening'; readonly conferenceId: string }
  | { readonly kind: 'suspended'; readonly conferenceId: string }
  | { readonly kind: 'conference'; readonly conferenceId: string };

/**
 * Who speaks. After members were told, the next change waits until its time has come.
 *
 * ```
 *  told ──speakersChanged, too early──▶ waiting ──its time──▶ told
 * ```
 */
export type SpeakerNews =
  | { readonly kind: 'told'; readonly told: Speakers }
  | { readonly kind: 'waiting'; readonly told: Speakers; readonly next: Speakers };

/** A user (or number) in the call: one entry of the roster. */
export interface Party {
  readonly identifier: string;
  readonly displayName?: string;
  readonly addedBy?: string;
  /** Given by a room; elsewhere everybody may do everything. */
  readonly role?: RoomRole;
  readonly invitation?: Invitation;
  /** An application was told of the call to them: while it may decide, they are waited for although no device rings. */
  readonly isOffered?: true;
  readonly stage: PartyStage;
}

/** What somebody was called or added with. */
export interface Invitation {
  /** The number that a telephone is shown, `4:+...`. */
  readonly callerId?: string;
  readonly customContext?: CustomContext;
  /** Who transferred the caller here. */
  readonly transferor?: Person;
  /** Somebody who comes from another call: which of its transfers, and where they are. */
  readonly transfer?: TransferReference;
  readonly transferee?: Transferee;
  /** The name under which somebody is called, where an application has given one. */
  readonly callerName?: string;
  /** How long they are rung, where that was said. */
  readonly ringMs?: number;
  /** How often the call was sent on, by applications and SIP phones, before it was for them. */
  readonly redirections?: number;
  /** What telephones are told of that, oldest first. */
  readonly history?: readonly Redirection[];
  /** Whose SIP phone has sent the call on to them, while other devices of that user ring as well. */
  readonly forwardedBy?: string;
  /** The application that waits for them to come, until they do. */
  readonly asking?: { readonly connectionId: string; readonly operation: ApplicationOperation; /** The connection in whose call they were before, where they are moved. */ readonly movedFrom?: string };
}

/**
 * ```
 *  awaitingConference ──conferenceOpened──▶ finding ──endpointsFound──▶ ringing ──accept──▶ present
 *           │                                  └────── join ────────────────┴── join ──────────▲
 *           └──────── conferenceOpened, a telephone number: dial ───────────▲
 * ```
 * From each of them the party may disappear, with a reason. A 1:1 callee starts at `finding`, who starts or joins at `present`.
 */
export type PartyStage =
  /** Invited, but not looked for before the conference it is invited to is open. */
  | { readonly kind: 'awaitingConference' }
  /** `early` holds endpoints that registered while the look-up was under way. */
  | { readonly kind: 'finding'; readonly early: readonly EndpointIdentity[] }
  | { readonly kind: 'ringing'; readonly seats: readonly Seat[] }
  | { readonly kind: 'present'; readonly seats: readonly Seat[] };

/** One endpoint's part in the call: a device that rings, or from which a user takes part. A telephone's endpoint is its line. */
export interface Seat {
  /** Of a telephone: the line's id. */
  readonly endpointId: string;
  readonly participantId: string;
  readonly identifier: string;
  readonly displayName?: string;
  readonly part: 'caller' | 'callee' | 'participant';
  readonly startedAt: number;
  readonly stage: SeatStage;
  readonly mute: MuteState;
  readonly isHolding: boolean;
  /** The application that has this one wait, and what is heard meanwhile where that is not the server's music. */
  readonly hold?: { readonly by: string; readonly music?: SoundFile };
  /** This endpoint alone does without the relay. */
  readonly relay?: 'off';
  /** How media is to reach this endpoint, where that was asked of it alone. */
  readonly modes?: MediaModes;
  /** What it sends to the conference; it outlives a leg that is replaced by another. */
  readonly streams: readonly MediaStreamType[];
  /** The session with the other side of a 1:1 call. */
  readonly peer: PeerSession | undefined;
  /** The session with the backend. A telephone's is opened and described by telephony. */
  readonly leg: LegSession | undefined;
  /** Of a telephone. */
  readonly line?: SeatLine;
}

/** What makes a seat a telephone's: it hears no events, and has a line in the place of a client. */
export interface SeatLine {
  readonly direction: LineDirection;
  /** `over`: telephony has said that the line ended, or another call has it. */
  readonly state: 'open' | 'over';
  /** The SIP phone of a user that is rung; absent for a telephone number and for who calls. */
  readonly deviceId?: string;
  /** Trunks in the order in which they were tried: the last one carries the line. None for a SIP phone. */
  readonly trunks: readonly string[];
  /** The number that is shown, `4:+...`, where one is known. */
  readonly callerId?: string;
  /** Of a telephone that calls: where its call was before, oldest first. */
  readonly redirections?: readonly Redirection[];
  /** The other side of a 1:1 call has put the telephone on hold. */
  readonly isHeld: boolean;
  /** The key that was pressed last. */
  readonly lastKey?: string;
}

/**
 * ```
 *  caller of a 1:1 call   dialing ──ringing──▶ ringback ──early media──▶ hearingEarlyMedia ──answer──▶ connected
 *  device of a callee     offered ──ringing──▶ alerting ──accept──▶ establishing ──media connected──▶ connected
 *  telephone called       offered ──180──▶ alerting ──early media──▶ sendingEarlyMedia ──answer──▶ connected
 *  telephone calling      dialing ──ringing──▶ ringback ──accept of the callee──▶ connected
 *  ... an application     establishing ──its leg is described──▶ connected
 *  starter, joiner        establishing ──media connected──▶ connected
 * ```
 * A caller whose own media is not connected when the callee answers is `establishing` until it is.
 */
export type SeatStage =
  | { readonly kind: 'dialing' }
  | { readonly kind: 'ringback' }
  | { readonly kind: 'hearingEarlyMedia' }
  | { readonly kind: 'offered' }
  | { readonly kind: 'alerting' }
  /** What the telephone network plays before the answer is heard (RFC 3960). */
  | { readonly kind: 'sendingEarlyMedia' }
  /** `answeredAt` is absent for who did not answer a call but started or joined one. */
  | { readonly kind: 'establishing'; readonly answeredAt?: number }
  | { readonly kind: 'connected'; readonly connectedAt: number };

export type MuteState =
  | { readonly kind: 'unmuted' }
  /** `by` is the identifier of somebody else who muted this endpoint. */
  | { readonly kind: 'muted'; readonly by?: string };

/** What one side of a media session has said of itself. */
export interface SignaledSide {
  readonly description: MediaDescription | undefined;
  /** ICE username fragments of the description (RFC 8839 §5.4): candidates of another generation are not kept. */
  readonly fragments: readonly string[];
  readonly candidates: readonly IceCandidate[];
}

/** `closed` sessions are not kept. `hasConnected` survives an interruption: it tells a failed set-up from a dropped call. */
export interface SessionProgress {
  readonly mediaSessionId: string;
  readonly state: 'negotiating' | 'connected' | 'interrupted';
  readonly hasConnected: boolean;
  readonly local: SignaledSide;
}

/** A session between the two sides of a 1:1 call; each side has its own under its own id. */
export interface PeerSession extends SessionProgress {
  readonly polite: boolean;
}

/** A session with the media processor. Its leg there has the same id. */
export interface LegSession extends SessionProgress {
  readonly processor: MediaDescription | undefined;
  /** As the media processor said last. */
  readonly modes: MediaModes;
  /** The composed picture, where this leg has one of its own. */
  readonly layout?: readonly VideoTile[];
  /** The codec that its sound had best be in. */
  readonly audioCodec?: string;
  /** Of the pictures it sends, those of which less than all is watched, as the media processor said last. */
  readonly watched?: readonly WatchedPicture[];
  /** How often that has changed. */
  readonly watchedChanges?: number;
}

/** What a conference begins with: one mix serves all ears, and pictures are chosen by who looks. */
const defaultModes: MediaModes = { audio: 'mixed', video: 'forwarded' };

export const silentSide: SignaledSide = { description: undefined, fragments: [], candidates: [] };

export function emptyModel(): CallModel {
  return {
    phase: 'idle', founding: undefined, kind: 'oneToOne', path: { kind: 'peerToPeer' }, usedBackend: false, parties: new Map(), applications: new Map(), hands: [], spotlight: [],
    modes: defaultModes, layout: [], speakers: { kind: 'told', told: { speaking: [], dominant: [] } }, losses: [], connectedAt: undefined, transfer: undefined, errand: undefined, failures: [], participations: [], unreached: [], revision: 0,
  };
}

/** Seats of a party, ringing or present. */
export function seatsOf(party: Party): readonly Seat[] {
  return party.stage.kind === 'ringing' || party.stage.kind === 'present' ? party.stage.seats : [];
}

/** True for a seat that takes part: it is not merely a device that rings. */
export function takesPart({ stage }: Seat): boolean {
  return stage.kind !== 'offered' && stage.kind !== 'alerting' && stage.kind !== 'sendingEarlyMedia';
}

/** True for somebody who has called and whom nobody has answered yet. */
export function isCalling({ stage }: Seat): boolean {
  return stage.kind === 'dialing' || stage.kind === 'ringback' || stage.kind === 'hearingEarlyMedia';
}

/** True once the seat has answered, or is connected: from here on it can hold, add and be described to. */
export function hasAnswered(seat: Seat): boolean {
  return seat.stage.kind === 'establishing' || seat.stage.kind === 'connected';
}

export interface Seated {
  readonly party: Party;
  readonly seat: Seat;
}

/** Every seat of the call with its party, in the order of the roster. */
export function allSeats(model: CallModel): Seated[] {
  return [...model.parties.values()].flatMap((party) => seatsOf(party).map((seat) => ({ party, seat })));
}

export function seatedAt(model: CallModel, endpointId: string): Seated | undefined {
  for (const party of model.parties.values()) {
    const seat = seatsOf(party).find((candidate) => candidate.endpointId === endpointId);
    if (seat !== undefined) return { party, seat };
  }
  return undefined;
}

/** Puts `seat` in the place of the one of the same endpoint. */
export function replaceSeat(model: CallModel, seat: Seat): void {
  const party = model.parties.get(seat.identifier);
  if (party === undefined || (party.stage.kind !== 'ringing' && party.stage.kind !== 'present')) return;
  const seats = party.stage.seats.map((other) => (other.endpointId === seat.endpointId ? seat : other));
  model.parties.set(party.identifier, { ...party, stage: { kind: party.stage.kind, seats } });
}

/** The conference of the call while there is one. */
export function conferenceOf(model: CallModel): string | undefined {
  return model.path.kind === 'peerToPeer' ? undefined : model.path.conferenceId;
}

/** The seat at the other end of a direct session: the caller's for a callee, the answered callee's for the caller. */
export function peerOf(model: CallModel, seat: Seat): Seat | undefined {
  return allSeats(model).find(({ seat: other }) => other.identifier !== seat.identifier && other.peer !== undefined && takesPart(other))?.seat;
}
