import type { LoadClient } from './load-client.ts';
import type { LoadEngine } from './load-engine.ts';
import type { loadPayloadType } from './media-sources.ts';

type Codec = keyof typeof loadPayloadType;

/** Something that a participant sends: by which client, as which stream. */
export interface SentTrack {
  readonly client: LoadClient;
  readonly ssrc: number;
  readonly codec: Codec;
}

/** Who sends and who receives in a room of forwarded media. */
export interface ForwardedRoomPlan {
  readonly participants: number;
  /** What each participant sends. */
  readonly sends: (participant: number) => readonly Codec[];
  /** Whose media each participant receives, all of it. */
  readonly receives: (participant: number) => readonly number[];
}

export interface Room extends AsyncDisposable {
  readonly tracks: readonly SentTrack[];
  /** Clients that receive. */
  readonly receivers: readonly LoadClient[];
}

/** One participant of a room of mixed audio; it hears the others on the connection that it speaks on. */
export interface MixedParticipant extends AsyncDisposable {
  readonly client: LoadClient;
  readonly ssrc: number;
}

export interface MixedRoom extends AsyncDisposable {
  join(engine: LoadEngine, codec: 'opus' | 'pcmu'): Promise<MixedParticipant>;
}

/** Something under load that forwards. */
export interface ForwardingServer extends AsyncDisposable {
  readonly title: string;
  /** The process whose time on CPU counts, with all its threads. */
  readonly pid: number;
  openForwarded(engine: LoadEngine, plan: ForwardedRoomPlan): Promise<Room>;
}

/** A media server under load. */
export interface MediaServer extends ForwardingServer {
  openMixed(): Promise<MixedRoom>;
}
