import { randomUUID } from 'node:crypto';
import type { MediaModes } from '@dialplane/calling-api';
import { launchFirefox, openFirefoxPage } from '../browsers/firefox.ts';
import { startDialplane, type DialplaneOptions, type DialplaneServer, type SignedInPerson } from '../dialplane-server.ts';
import type { Host } from '../network/host.ts';
import type { LabPage } from '../browsers/lab-page.ts';
import { buildNetwork, type Network } from '../network/network.ts';
import type { NetworkPlan } from '../network/network-plan.ts';
import type { PhonePage } from '../browsers/page-contracts.ts';
import { nameOf, type Person } from '../browsers/test-signal.ts';
import { internetOf, placeOf, type Site } from './access-networks.ts';
import { openPhone, signIn } from './two-phones.ts';

export type BrowserName = 'chromium' | 'firefox';

/** Where somebody is, and with which browser; Chromium without one. */
export type Place = Site | readonly [Site, BrowserName];

/** Somebody in a story of a group call. */
export interface Member extends SignedInPerson {
  readonly person: Person;
  readonly place: string;
  readonly phone: LabPage<PhonePage>;
}

/** People in networks of their own, signed in; nobody calls yet. */
export interface Room {
  readonly network: Network;
  readonly server: DialplaneServer;
  readonly operatorToken: string;
  readonly members: readonly Member[];
  /** Throws where that person has no place in this story. */
  readonly member: (person: Person) => Member;
}

export interface RoomOptions extends DialplaneOptions {
  /** Networks that somebody will move to. */
  readonly moves?: ReadonlyArray<readonly [Person, Site]>;
  /** Further computers, with nobody at them. */
  readonly hosts?: NetworkPlan['hosts'];
}

/** Builds the network, starts the server with HTTPS on port 443, and signs everybody in. */
export async function openRoom(places: Readonly<Partial<Record<Person, Place>>>, { moves = [], hosts = {}, ...options }: RoomOptions = {}): Promise<Room & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const homes = (Object.entries(places) as Array<[Person, Place]>).map(([person, place]) => homeOf(person, place));
  const network = stack.use(await buildNetwork(internetOf([...homes.map(({ person, site }) => [person, site] as const), ...moves], hosts)));
  const server = stack.use(await startDialplane(network.host('server'), { httpsPort: 443, ...options }));
  const { operatorToken = '' } = await server.signIn('Operator');
  const members = await Promise.all(homes.map(async ({ person, site, browser }): Promise<Member> => {
    const place = placeOf(person, site);
    const { rawId, token, operatorToken: asOperator, phone } = stack.use(await (browser === 'firefox' ? openFirefoxPhone : openPhone)(server, network.host(place), person));
    return { rawId, token, operatorToken: asOperator, phone, person, place };
  }));
  const member = (person: Person): Member => {
    const found = members.find((candidate) => candidate.person === person);
    if (found === undefined) throw new Error(`${person} is not in this story`);
    return found;
  };
  const kept = stack.move();
  return { network, server, operatorToken, members, member, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function homeOf(person: Person, place: Place): { readonly person: Person; readonly site: Site; readonly browser: BrowserName } {
  const [site, browser] = typeof place === 'string' ? [place, 'chromium' as const] : place;
  return { person, site, browser };
}

async function openFirefoxPhone(server: DialplaneServer, host: Host, person: Person): Promise<SignedInPerson & { readonly phone: LabPage<PhonePage> } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const browser = stack.use(await launchFirefox(host, { trustedAuthority: server.authority }));
  const origin = server.originFor(host);
  const phone = await openFirefoxPage<PhonePage>(browser, 'phone', `${origin}/lab/phone`);
  await phone.call('drawDevices', person);
  const account = await signIn(server, phone, nameOf(person), origin);
  const kept = stack.move();
  return { ...account, phone, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** All of them join one group call. Returns the id of the call. */
export async function joinAll({ members }: Pick<Room, 'members'>): Promise<string> {
  const groupId = randomUUID();
  for (const { phone } of members) {
    await phone.call('join', groupId);
    await phone.call('reaches', 'Connected');
  }
  const [first] = members;
  if (first === undefined) throw new Error('nobody is there');
  return (await first.phone.call('situation')).id;
}

/** Each of these hears exactly the others, and sees each of them. */
export async function allArrive(members: readonly Member[]): Promise<void> {
  const everybody = members.map(({ person }) => person);
  await Promise.all(members.flatMap(({ person, phone }) => {
    const others = everybody.filter((other) => other !== person);
    return [hears(phone, others), sees(person, phone, others)];
  }));
}

/** Fails with what is heard instead. */
async function hears(phone: LabPage<PhonePage>, others: readonly Person[]): Promise<void> {
  try {
    await phone.call('hearsAll', others);
  } catch (error) {
    throw new Error(`not exactly ${others.join(', ')}, but ${JSON.stringify(await phone.call('levels'))}`, { cause: error });
  }
}

/** Fails with what arrives and is shown instead. */
async function sees(person: Person, phone: LabPage<PhonePage>, others: readonly Person[]): Promise<void> {
  try {
    await phone.call('seesAll', others);
  } catch (error) {
    throw new Error(`${person} does not see ${others.join(', ')}, but ${JSON.stringify(await phone.call('sights'), undefined, 2)}`, { cause: error });
  }
}

/** Begins to listen for gaps: what {@link gapsOf} tells from here on came while everybody was heard at first. */
export async function watchGaps(members: readonly Member[]): Promise<void> {
  await gapsOf(members);
  await allArrive(members);
  await gapsOf(members);
}

/** For how long each did not hear one of the others, since this was last asked. */
export function gapsOf(members: readonly Member[]): Promise<readonly string[]> {
  return Promise.all(members.map(async ({ person, phone }, index) => {
    const other = members[(index + 1) % members.length]?.person ?? person;
    return `${person} did not hear ${other} for ${await phone.call('longestToneGapMs', other)} ms`;
  }));
}

/** Has sound and pictures mixed or forwarded from now on, for everybody or for one participant. */
export async function setModes({ server, operatorToken }: Room, callId: string, modes: MediaModes, target?: string): Promise<void> {
  await server.ask('setMediaModes', 'POST', `/v1/calls/${callId}/media:setModes`, operatorToken, { modes, ...(target === undefined ? {} : { target }) });
}

/** They leave the call, all at once. */
export async function hangUpAll({ members }: Pick<Room, 'members'>): Promise<void> {
  await Promise.all(members.map(async ({ phone }) => {
    await phone.call('do', 'hangUp');
    await phone.call('reaches', 'Disconnected');
  }));
}
