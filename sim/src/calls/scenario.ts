import assert from 'node:assert/strict';
import type { EndpointIdentity } from '@dialplane/call';
import { lossyLink, reliableLink } from '../link.ts';
import type { IncomingLine } from '@dialplane/telephony-api';
import { World, type Tally } from '../world.ts';
import { comparable } from './call-replica.ts';
import { ClientProgram } from './client-program.ts';
import { ControllerProgram } from './controller-program.ts';
import { Journal } from './journal.ts';
import { MediaProgram } from './media-program.ts';
import type { CallMessage } from './messages.ts';

export interface CallsScenario {
  readonly seed: number;
  readonly users: number;
  /** Calls and joins that each endpoint sets out to make. */
  readonly intentionsPerEndpoint: number;
}

/** What a run saw: a checker that looked at nothing shows here. */
export interface CallsReport extends Tally {
  readonly seed: number;
  readonly calls: number;
  readonly groupCalls: number;
  readonly promotions: number;
  /** Parts that telephones had in calls. */
  readonly telephones: number;
  /** Conferences that were opened again after they had been lost. */
  readonly reopenings: number;
  /** Calls about which an application has decided. */
  readonly decided: number;
  /** People whom an application has moved from one call to another. */
  readonly moved: number;
  readonly commands: number;
  readonly repeats: number;
  readonly events: number;
  readonly restarts: number;
  /** Times a client that had heard everything was found to know exactly what the controller knows. */
  readonly agreements: number;
  /** Ends of which the client heard the same reason that the record has. */
  readonly sharedReasons: number;
  readonly reasons: Readonly<Record<string, number>>;
}

const activeMs = 300_000;
/** Nothing may take longer than ringing, being waited for and hanging up, one after the other. */
const settleMs = 600_000;

/**
 * Users call each other and join groups over bad networks, while the controller crashes now and then and goes on from its
 * disk. Throws what a checker found.
 */
export function runCalls({ seed, users, intentionsPerEndpoint }: CallsScenario): CallsReport {
  const world = new World<CallMessage>(seed);
  const { chance } = world;
  const journal = new Journal();
  const directory = new Map<string, readonly EndpointIdentity[]>();
  for (let index = 0; index < users; index += 1) {
    const identifier = `8:acs:sim_${index}`;
    const devices = chance.weigh({ none: 1, one: 12, two: 5, three: 2 });
    const count = { none: 0, one: 1, two: 2, three: 3 }[devices];
    directory.set(identifier, Array.from({ length: count }, (_, device) => ({ endpointId: `${index}.${device}`, identifier, displayName: `User ${index}` })));
  }
  const acquaintances = [...directory.keys(), '8:acs:sim_nobody', ...Array.from({ length: 8 }, (_, last) => `4:+1555010${last}`)];
  const groups = Array.from({ length: Math.max(1, Math.floor(users / 8)) }, () => chance.uuid());

  const called: IncomingLine['target'][] = [
    ...[...directory.keys()].map((identifier) => ({ kind: 'users' as const, identifiers: [identifier] })),
    { kind: 'users', identifiers: [...directory.keys()].slice(0, 3) },
    ...groups.map((groupId) => ({ kind: 'group' as const, groupId })),
  ];

  world.setDefaultConditions(lossyLink);
  world.connect('controller', 'media', reliableLink);
  const surroundings = { directory, journal, chance: chance.fork(), mediaHost: 'media', called, callsUntil: activeMs };
  const controller = world.add('controller', (disk, now) => new ControllerProgram(disk, now, surroundings));
  const mediaChance = chance.fork();
  world.add('media', () => new MediaProgram(mediaChance, { refusal: 0.05, loss: 0.4, leg: 0.02 }));

  const clients = [...directory.values()].flat().map((identity) => {
    const clientChance = chance.fork();
    const host = world.add(identity.endpointId, (_disk, now) => new ClientProgram(identity, 'controller', acquaintances, clientChance, now));
    for (let index = 0; index < intentionsPerEndpoint; index += 1) {
      const at = host.localTime(chance.between(0, activeMs));
      const kind = chance.weigh({ call: 6, several: 2, join: 3 });
      if (kind === 'join') host.program?.intend({ kind: 'join', groupId: chance.pick(groups) }, at);
      else host.program?.intend({ kind: 'call', targets: Array.from({ length: kind === 'call' ? 1 : chance.between(2, 4) }, () => chance.pick(acquaintances)) }, at);
    }
    return host;
  });
  for (const client of clients) {
    if (chance.happens(0.03)) client.program?.intend({ kind: 'close' }, client.localTime(chance.between(0, activeMs)));
    else if (chance.happens(0.05)) world.after(chance.between(0, activeMs), () => world.crash(client.name));
    else if (chance.happens(0.3)) {
      const from = chance.between(0, activeMs);
      world.after(from, () => world.setPartition(client.name, 'controller', true));
      world.after(from + chance.between(1_000, 180_000), () => world.setPartition(client.name, 'controller', false));
    }
  }
  let restarts = 0;
  for (let at = chance.between(5_000, 60_000); at < activeMs + 60_000; at += chance.between(20_000, 120_000)) {
    const downMs = chance.between(10, 15_000);
    world.after(at, () => {
      world.crash('controller');
      world.crash('media');
    });
    world.after(at + downMs, () => {
      world.restart('media');
      world.restart('controller');
      restarts += 1;
    });
    at += downMs;
  }

  let agreements = 0;
  const lessons = new Map<ClientProgram, number>();
  const byName = new Map(clients.map((client) => [client.name, client]));
  world.check((touched) => {
    const client = touched === undefined ? undefined : byName.get(touched)?.program;
    if (client === undefined || lessons.get(client) === client.lessons) return;
    lessons.set(client, client.lessons);
    agreements += checkAgreement(client, controller.program);
  });
  world.run(activeMs + settleMs);

  const { program } = controller;
  assert.ok(program, 'the controller is up at the end');
  assert.deepEqual(program.running(), [], 'calls that nobody is left in go on');
  assert.deepEqual(program.waiting(), [], 'ended calls have timers');
  assert.deepEqual(program.ringing(), [], 'telephones are left over');
  let sharedReasons = 0;
  for (const { program: client } of clients) if (client !== undefined) sharedReasons += checkEnds(client, journal);
  const records = [...journal.records.values()];
  const reasons: Record<string, number> = {};
  for (const { endReason } of records) {
    const name = `${endReason.code}/${endReason.subCode}`;
    reasons[name] = (reasons[name] ?? 0) + 1;
  }
  const { promotions, reopenings, decided, moved, commands, repeats, events } = journal.counts;
  return {
    seed, calls: records.length, groupCalls: records.filter(({ kind }) => kind === 'group').length, promotions, reopenings, decided, moved, commands, repeats, events, restarts,
    telephones: records.flatMap(({ participations }) => participations).filter(({ line }) => line !== undefined).length, agreements, sharedReasons, reasons, ...world.tally,
  };
}

/** A client that has heard everything knows exactly what the controller knows. Returns how many calls were compared. */
function checkAgreement(client: ClientProgram, controller: ControllerProgram | undefined): number {
  const truth = controller?.truthFor(client.endpointId, client.epoch, client.sequence);
  if (truth === undefined) return 0;
  let compared = 0;
  for (const [callId, replica] of client.replicas) {
    if (replica.isEnded && truth(callId) === undefined) continue;
    if (replica.isSeating || client.isUncertainOf(callId, replica.isEnded)) continue;
    const view = truth(callId);
    assert.ok(view, `${client.endpointId} believes that call ${callId} goes on`);
    assert.deepEqual(comparable(replica.view), comparable(view), `${client.endpointId} in call ${callId}`);
    compared += 1;
  }
  return compared;
}

/** Every client knows that its calls are over, and every reason it heard is the one in the record. */
function checkEnds(client: ClientProgram, journal: Journal): number {
  assert.ok(client.isIdle, `${client.endpointId} still waits for an answer`);
  let shared = 0;
  for (const [callId, replica] of client.replicas) {
    assert.ok(replica.isEnded, `${client.endpointId} is stuck in call ${callId}`);
    const record = journal.records.get(callId);
    assert.ok(record, `call ${callId} has no record`);
    const { endReason, self } = replica.view;
    const part = record.participations.findLast(({ participantId }) => participantId === self.participantId);
    assert.ok(part, `${client.endpointId} is not in the record of call ${callId}`);
    if (endReason === undefined) continue;
    assert.deepEqual(endReason, part.endReason, `${client.endpointId} heard another reason for the end of call ${callId}`);
    shared += 1;
  }
  return shared;
}
