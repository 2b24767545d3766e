import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { CallModel, Founding, Party, Seat, SeatStage } from './call-model.ts';
import { seatsOf } from './call-model.ts';
import type { ParticipationRecord } from './call-record.ts';
import type { RememberedCommand } from './command-memory.ts';
import type { DeadlineKey, LiveCall } from './live-call.ts';

/**
 * Everything a call is, as JSON: what a controller stores so that another (or the same one, restarted) goes on with it. All
 * instants are relative to the snapshot, because a monotonic clock means nothing to the next process.
 */
export interface CallSnapshot {
  readonly version: 1;
  readonly model: Omit<CallModel, 'parties'> & { readonly parties: readonly Party[] };
  /** Milliseconds until each timer is due; negative when it is overdue. */
  readonly deadlines: ReadonlyArray<readonly [DeadlineKey, number]>;
  readonly commands: readonly RememberedCommand[];
}

export function takeSnapshot(live: LiveCall, commands: readonly RememberedCommand[], now: Instant): CallSnapshot {
  const { parties, ...rest } = live.model;
  return {
    version: 1,
    model: shiftModel({ ...rest, parties: [...parties.values()] }, -now),
    deadlines: live.deadlines.list().map(([key, at]) => [key, at - now]),
    commands,
  };
}

/**
 * The model and timers of a snapshot on the clock of `now`. The time during which no machine ran costs nobody a deadline.
 *
 * @param downtimeMs how long that was: what happened before is dated that much earlier.
 */
export function readSnapshot(snapshot: CallSnapshot, now: Instant, downtimeMs: number): { model: CallModel; deadlines: Array<[DeadlineKey, Instant]> } {
  const { parties, ...rest } = shiftModel(snapshot.model, now - downtimeMs);
  return {
    model: { ...rest, parties: new Map(parties.map((party) => [party.identifier, party])) },
    deadlines: snapshot.deadlines.map(([key, inMs]) => [key, addMilliseconds(now, inMs)]),
  };
}

function shiftModel(model: CallSnapshot['model'], by: number): CallSnapshot['model'] {
  const { founding, connectedAt } = model;
  return {
    ...model,
    founding: founding === undefined ? undefined : shiftFounding(founding, by),
    connectedAt: connectedAt === undefined ? undefined : connectedAt + by,
    parties: model.parties.map((party) => shiftParty(party, by)),
    participations: model.participations.map((participation) => shiftParticipation(participation, by)),
    unreached: [...model.unreached],
  };
}

function shiftFounding(founding: Founding, by: number): Founding {
  return { ...founding, startedAt: founding.startedAt + by };
}

function shiftParty(party: Party, by: number): Party {
  if (party.stage.kind !== 'ringing' && party.stage.kind !== 'present') return party;
  return { ...party, stage: { kind: party.stage.kind, seats: seatsOf(party).map((seat) => shiftSeat(seat, by)) } };
}

function shiftSeat(seat: Seat, by: number): Seat {
  return { ...seat, startedAt: seat.startedAt + by, stage: shiftStage(seat.stage, by), peer: seat.peer, leg: seat.leg };
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
