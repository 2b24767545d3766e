import type { EndpointIdentity } from '@dialplane/call';
import { lossyLink, reliableLink } from '../link.ts';
import { World, type Tally } from '../world.ts';
import { AgreementChecker, checkEnds, checkNothingLeft } from './checkers.ts';
import { roomRoles } from './call-place.ts';
import { ClientProgram } from './client-program.ts';
import { ControllerProgram } from './controller-program.ts';
import { Journal } from './journal.ts';
import { MediaProgram } from './media-program.ts';
import type { CallMessage } from './messages.ts';
import { populate, type Population } from './population.ts';
import { ServerCrashes, troubleClients, type ClientHost } from './troubles.ts';

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
  readonly roomCalls: number;
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
  const population = populate(chance, users);
  const { directory, called } = population;

  world.setDefaultConditions(lossyLink);
  world.connect('controller', 'media', reliableLink);
  const surroundings = { directory, journal, chance: chance.fork(), mediaHost: 'media', called, rooms: population.rooms, callsUntil: activeMs };
  const controller = world.add('controller', (disk, now) => new ControllerProgram(disk, now, surroundings));
  const mediaChance = chance.fork();
  world.add('media', () => new MediaProgram(mediaChance, { refusal: 0.05, loss: 0.4, leg: 0.02 }));

  const clients = [...directory.values()].flat().map((identity) => addClient(world, identity, population, intentionsPerEndpoint));
  troubleClients(world, clients, activeMs);
  const crashes = new ServerCrashes(world, activeMs + 60_000);
  const checker = new AgreementChecker(world, clients, () => controller.program);
  world.run(activeMs + settleMs);

  checkNothingLeft(controller.program);
  let sharedReasons = 0;
  for (const { program } of clients) if (program !== undefined) sharedReasons += checkEnds(program, journal);
  return { seed, ...reportOf(journal), restarts: crashes.restarts, agreements: checker.agreements, sharedReasons, ...world.tally };
}

/** An endpoint with what it sets out to do. */
function addClient(world: World<CallMessage>, identity: EndpointIdentity, { acquaintances, groups, rooms }: Population, intentions: number): ClientHost {
  const { chance } = world;
  const clientChance = chance.fork();
  const host = world.add(identity.endpointId, (_disk, now) => new ClientProgram(identity, 'controller', acquaintances, clientChance, now));
  for (let index = 0; index < intentions; index += 1) {
    const at = host.localTime(chance.between(0, activeMs));
    const kind = chance.weigh({ call: 6, several: 2, join: 3, enter: 2 });
    if (kind === 'join') host.program?.intend({ kind: 'join', place: { groupId: chance.pick(groups) } }, at);
    else if (kind === 'enter') host.program?.intend({ kind: 'join', place: { roomId: chance.pick(rooms), pstnDialOutEnabled: chance.happens(0.5), role: chance.pick(roomRoles) } }, at);
    else host.program?.intend({ kind: 'call', targets: Array.from({ length: kind === 'call' ? 1 : chance.between(2, 4) }, () => chance.pick(acquaintances)) }, at);
  }
  return host;
}

/** What the records and counts of a journal say of a run. */
function reportOf({ records: kept, counts }: Journal): Pick<CallsReport, keyof Journal['counts'] | 'calls' | 'groupCalls' | 'roomCalls' | 'telephones' | 'reasons'> {
  const records = [...kept.values()];
  const reasons: Record<string, number> = {};
  for (const { endReason } of records) {
    const name = `${endReason.code}/${endReason.subCode}`;
    reasons[name] = (reasons[name] ?? 0) + 1;
  }
  const telephones = records.flatMap(({ participations }) => participations).filter(({ line }) => line !== undefined).length;
  return { ...counts, calls: records.length, groupCalls: records.filter(({ kind }) => kind === 'group').length, roomCalls: records.filter(({ kind }) => kind === 'room').length, telephones, reasons };
}
