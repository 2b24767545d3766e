import type { MediaDescription } from '@dialplane/calling-api';
import { addMilliseconds, invariant, type Instant } from '@dialplane/sansio';
import type { Application } from './applications/application-model.ts';
import type { CallModel, Founding, LegSession, Party, PeerSession, Seat, SeatStage, SignaledSide } from './call-model.ts';
import { seatsOf } from './call-model.ts';
import type { ParticipationRecord } from './call-record.ts';
import { CommandMemory, type RememberedCommand } from './command-memory.ts';
import type { DeadlineKey, LiveCall } from './live-call.ts';

/**
 * Everything a call is, as JSON: what a controller stores so that another (or the same one, restarted) goes on with it. All
 * instants are relative to the snapshot, because a monotonic clock means nothing to the next process.
 */
export interface CallSnapshot {
  readonly version: 3;
  /** The SDP of its session descriptions is empty here and among the parts. */
  readonly model: Omit<CallModel, 'parties' | 'applications'> & { readonly parties: readonly Party[]; /** Absent in snapshots of versions before there were any. */ readonly applications?: readonly Application[] };
  /** Milliseconds until each timer is due; negative when it is overdue. */
  readonly deadlines: ReadonlyArray<readonly [DeadlineKey, number]>;
  /** The newest commands; those before them are among the parts. */
  readonly commands: readonly RememberedCommand[];
  /**
   * What is large and stays as it is, by name. The text of a name never changes, so a store can write each once, and delete
   * those that a later snapshot does not have.
   */
  readonly parts: Readonly<Record<string, string>>;
}

const chapterPrefix = 'commands/';

export function takeSnapshot(live: LiveCall, memory: CommandMemory, now: Instant): CallSnapshot {
  const { parties, applications, ...rest } = live.model;
  const parts: Record<string, string> = {};
  const putAside = (description: MediaDescription, name: string): MediaDescription => {
    parts[name] = description.sdp;
    return { ...description, sdp: '' };
  };
  for (const { number, text } of memory.listChapters()) parts[`${chapterPrefix}${number}`] = text;
  return {
    version: 3,
    model: convertModel({ ...rest, parties: [...parties.values()], applications: [...applications.values()] }, { by: -now, description: putAside }),
    deadlines: live.deadlines.list().map(([key, at]) => [key, at - now]),
    commands: memory.newest(),
    parts,
  };
}

/** What a snapshot holds, on the clock of the process that goes on with it. */
export interface ReadSnapshot {
  readonly model: CallModel;
  readonly deadlines: ReadonlyArray<readonly [DeadlineKey, Instant]>;
  readonly memory: CommandMemory;
}

/**
 * The contents of a snapshot on the clock of `now`. The time during which no machine ran costs nobody a deadline. Throws when
 * a part is missing.
 *
 * @param downtimeMs how long that was: what happened before is dated that much earlier.
 * @param rememberedCommands how many commands to remember.
 */
export function readSnapshot(snapshot: CallSnapshot, now: Instant, { downtimeMs, rememberedCommands }: { readonly downtimeMs: number; readonly rememberedCommands: number }): ReadSnapshot {
  invariant(snapshot.version === 3, `a snapshot of version ${String(snapshot.version)} cannot be read`);
  const putBack = (description: MediaDescription, name: string): MediaDescription => {
    const sdp = snapshot.parts[name];
    invariant(sdp !== undefined, `the snapshot lacks its part ${name}`);
    return { ...description, sdp };
  };
  const { parties, applications = [], ...rest } = convertModel(snapshot.model, { by: now - downtimeMs, description: putBack });
  const chapters = Object.entries(snapshot.parts).filter(([name]) => name.startsWith(chapterPrefix));
  return {
    model: {
      ...rest, parties: new Map(parties.map((party) => [party.identifier, party])),
      applications: new Map(applications.map((application) => [application.connectionId, application])),
    },
    deadlines: snapshot.deadlines.map(([key, inMs]) => [key, addMilliseconds(now, inMs)]),
    memory: new CommandMemory(rememberedCommands, snapshot.commands, new Map(chapters.map(([name, text]) => [Number(name.slice(chapterPrefix.length)), text]))),
  };
}

/** How a model is changed on its way into a snapshot and back. */
interface Conversion {
  /** Added to each instant. */
  readonly by: number;
  /** @param name unique in the call for each text that a description ever has. */
  description(description: MediaDescription, name: string): MediaDescription;
}

function convertModel(model: CallSnapshot['model'], conversion: Conversion): CallSnapshot['model'] {
  const { by } = conversion;
  const { founding, connectedAt } = model;
  return {
    ...model,
    founding: founding === undefined ? undefined : shiftFounding(founding, by),
    connectedAt: connectedAt === undefined ? undefined : connectedAt + by,
    losses: model.losses.map((at) => at + by),
    parties: model.parties.map((party) => convertParty(party, conversion)),
    applications: (model.applications ?? []).map((application) => shiftApplication(application, by)),
    participations: model.participations.map((participation) => shiftParticipation(participation, by)),
    unreached: [...model.unreached],
  };
}

function shiftFounding(founding: Founding, by: number): Founding {
  return { ...founding, startedAt: founding.startedAt + by };
}

function shiftApplication(application: Application, by: number): Application {
  const { stage, startedAt } = application;
  return { ...application, startedAt: startedAt + by, stage: stage.kind === 'connected' ? { kind: 'connected', connectedAt: stage.connectedAt + by } : stage };
}

function convertParty(party: Party, conversion: Conversion): Party {
  if (party.stage.kind !== 'ringing' && party.stage.kind !== 'present') return party;
  return { ...party, stage: { kind: party.stage.kind, seats: seatsOf(party).map((seat) => convertSeat(seat, conversion)) } };
}

function convertSeat(seat: Seat, conversion: Conversion): Seat {
  const { peer, leg } = seat;
  return {
    ...seat,
    startedAt: seat.startedAt + conversion.by,
    stage: shiftStage(seat.stage, conversion.by),
    peer: peer === undefined ? undefined : convertSession(peer, conversion),
    leg: leg === undefined ? undefined : { ...convertSession(leg, conversion), processor: convertDescription(leg.processor, `${leg.mediaSessionId}/processor`, conversion) },
  };
}

function convertSession<Session extends PeerSession | LegSession>(session: Session, conversion: Conversion): Session {
  const { local, mediaSessionId } = session;
  const converted: SignaledSide = { ...local, description: convertDescription(local.description, `${mediaSessionId}/local`, conversion) };
  return { ...session, local: converted };
}

/** A later description of the same side has a higher revision. */
function convertDescription(description: MediaDescription | undefined, side: string, conversion: Conversion): MediaDescription | undefined {
  return description === undefined ? undefined : conversion.description(description, `${side}/${description.revision}`);
}

function shiftStage(stage: SeatStage, by: number): SeatStage {
  if (stage.kind === 'connected') return { kind: 'connected', connectedAt: stage.connectedAt + by };
  if (stage.kind !== 'establishing' || stage.answeredAt === undefined) return stage;
  return { kind: 'establishing', answeredAt: stage.answeredAt + by };
}

function shiftParticipation(participation: ParticipationRecord, by: number): ParticipationRecord {
  const { connectedAt } = participation;
  return {
    ...participation, startedAt: participation.startedAt + by, endedAt: participation.endedAt + by,
    ...(connectedAt === undefined ? {} : { connectedAt: connectedAt + by }),
  };
}
