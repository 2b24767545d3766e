import type { OperationBody } from '@dialplane/calling-api';
import type { IpFamily } from '../network/addressing.ts';
import { startCapture, type Capture } from '../captures/capture.ts';
import type { Host } from '../network/host.ts';
import { startNameServer, type NameRecords } from '../network/name-server.ts';
import { startBaresip, type BaresipPlan } from '../telephones/baresip.ts';
import { makeCarrierCertificate, startCarrier, type Carrier, type CarrierCertificate } from '../telephones/carrier.ts';
import type { CarrierPlan } from '../telephones/carrier-script.ts';
import type { Telephone } from '../telephones/telephone.ts';
import type { Person } from '../browsers/test-signal.ts';
import { placeOf, type Site } from './access-networks.ts';
import { openRoom, type Member, type Place, type Room, type RoomOptions } from './group-room.ts';

/** The numbers of ours that Anna and Boris answer. */
export const annasNumber = '+14255550100';
export const borissNumber = '+14255550101';
const ownNumbers: Readonly<Partial<Record<Person, string>>> = { anna: annasNumber, boris: borissNumber };
/** Numbers of the carrier's subscribers. */
export const numbers = { clara: '+14255550103', david: '+14255550104', elena: '+14255550105', felix: '+14255550106' } as const;
export type Subscriber = keyof typeof numbers;

/** A number that the carrier refuses with this status. */
export function refusedWith(status: number): string {
  return `+14255560${status}`;
}

/** By the family of IP that carrier, telephones and server speak with each other. */
const addresses = {
  4: { carrier: '203.0.113.130', server: '203.0.113.5', phone: (index: number) => `203.0.113.${140 + index}`, inUri: (address: string) => address },
  6: { carrier: '2001:db8::130', server: '2001:db8::5', phone: (index: number) => `2001:db8::${140 + index}`, inUri: (address: string) => `[${address}]` },
} as const;
const { carrier: carrierAddress, server: serverAddress } = addresses[4];
const namesAddress = '203.0.113.133';
export const carrierDomain = 'carrier.example';

export interface ExchangeOptions extends RoomOptions {
  /** What baresip of a subscriber does otherwise. */
  readonly telephones?: Readonly<Partial<Record<Subscriber, Partial<BaresipPlan>>>>;
  /** Subscribers whose telephones are in a network of this kind instead of on the Internet. */
  readonly telephonesAt?: Readonly<Partial<Record<Subscriber, Site>>>;
  /** The family of IP that telephones, carrier and server speak with each other; 4 without it. */
  readonly family?: IpFamily;
  /** What a name server of the server's own knows. */
  readonly names?: NameRecords;
  readonly trunk?: OperationBody<'putTrunk'>;
  readonly carrier?: Partial<CarrierPlan>;
}

/** People with browsers, and others with telephones at a carrier that the server has a trunk to. */
export interface Exchange extends Room {
  readonly carrier: Carrier;
  readonly certificate: CarrierCertificate;
  readonly telephone: (person: Subscriber) => Telephone;
  /** What passes the server, from before its first word with the carrier. */
  readonly capture: Capture;
}

/** Opens a room, and beside it a carrier whose subscribers have registered. The numbers of Anna and Boris ring at them. */
export async function openExchange(places: Readonly<Partial<Record<Person, Place>>>, subscribers: readonly Subscriber[], options: ExchangeOptions = {}): Promise<Exchange & AsyncDisposable> {
  const { telephones = {}, telephonesAt = {}, family = 4, names, trunk = {}, carrier: script = {}, hosts = {}, moves = [], words = [], ...roomOptions } = options;
  await using stack = new AsyncDisposableStack();
  const at = addresses[family];
  const computers = Object.fromEntries(subscribers.map((person, index) => [`phone-${person}`, { segment: 'internet', address: at.phone(index) }]));
  const certificate = stack.use(await makeCarrierCertificate(carrierDomain, at.carrier));
  const elsewhere = Object.entries(telephonesAt) as Array<[Subscriber, Site]>;
  const room = stack.use(await openRoom(places, {
    ...roomOptions, words: ['--sip-ca', certificate.certificate, ...words], moves: [...moves, ...elsewhere],
    hosts: { ...hosts, ...computers, carrier: { segment: 'internet', address: at.carrier }, ...(names === undefined ? {} : { names: { segment: 'internet', address: namesAddress } }) },
    ...(names === undefined ? {} : { nameServer: namesAddress }),
  }));
  const capture = stack.use(await startCapture(room.network.host('server')));
  if (names !== undefined) await startNameServer(room.network.host('names'), names);
  const carrier = stack.use(await startCarrier(room.network.host('carrier'), { certificate, domain: carrierDomain, interconnect: at.server, interconnectUri: `sip:${at.inUri(at.server)}`, ...script }));
  await configureTrunk(room, { addresses: [at.carrier], ...trunk });
  const computerOf = (person: Subscriber): Host => {
    const site = telephonesAt[person];
    return room.network.host(site === undefined ? `phone-${person}` : placeOf(person, site));
  };
  const opened = await Promise.all(subscribers.map(async (person) => stack.use(await startBaresip(computerOf(person), {
    person, user: numbers[person], domain: carrierDomain, registrar: `sip:${at.inUri(at.carrier)}`, ...telephones[person],
  }))));
  const telephone = (person: Subscriber): Telephone => {
    const found = opened.find((candidate) => candidate.person === person);
    if (found === undefined) throw new Error(`${person} has no telephone in this story`);
    return found;
  };
  const kept = stack.move();
  return { ...room, carrier, certificate, telephone, capture, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A computer beside the carrier, for callers that are scripts, and the trunk that admits it. */
const scripted = '203.0.113.131';
export const withScriptedCaller = { hosts: { scripted: { segment: 'internet', address: scripted } }, trunk: { admission: { addresses: [scripted] } } } as const satisfies ExchangeOptions;
/** Where such a caller sends its requests. */
export const sipServer = `${serverAddress}:5060`;

/** Has calls tried at these border controllers, given by name and address, before the carrier. */
export async function routeThrough({ server, operatorToken }: Room, controllers: ReadonlyArray<readonly [string, string]>): Promise<void> {
  for (const [name, address] of controllers) await server.ask('putTrunk', 'PUT', `/v1/telephony/trunks/${name}`, operatorToken, { transport: 'udp', port: 5060, addresses: [address] });
  const routes = [...controllers.map(([name]) => name), carrierDomain].map((name) => ({ name, numberPattern: '^\\+', trunks: [name] }));
  await server.ask('replaceVoiceRoutes', 'PUT', '/v1/telephony/routes', operatorToken, { routes });
}

/** The trunk to the carrier is like this from now on. */
export async function changeTrunk({ server, operatorToken }: Room, trunk: OperationBody<'putTrunk'>): Promise<void> {
  await server.ask('putTrunk', 'PUT', `/v1/telephony/trunks/${carrierDomain}`, operatorToken, { transport: 'udp', port: 5060, addresses: [carrierAddress], ...trunk });
}

/** A trunk to the carrier, one route for everything, and a number for each of Anna and Boris who is there. */
async function configureTrunk(room: Room, trunk: OperationBody<'putTrunk'>): Promise<void> {
  const { server, operatorToken, members } = room;
  await changeTrunk(room, trunk);
  await server.ask('replaceVoiceRoutes', 'PUT', '/v1/telephony/routes', operatorToken, { routes: [{ name: 'everything', numberPattern: '^\\+', trunks: [carrierDomain] }] });
  for (const { person, rawId } of members) {
    const number = ownNumbers[person];
    if (number !== undefined) await server.ask('putTelephoneNumber', 'PUT', `/v1/telephony/numbers/${number}`, operatorToken, { target: { kind: 'users', identifiers: [rawId] } });
  }
}

/** Who is at the browser and who is at the telephone hear each other, and nobody else. */
export async function hearEachOther({ person, phone }: Member, telephone: Telephone): Promise<void> {
  await Promise.all([phone.call('hears', telephone.person), telephone.hearsAll([person])]);
}

/** Who is at the browser dials, the telephone rings and is answered, and they hear each other; for Anna. */
export async function reach(anna: Member, clara: Telephone, number: string = numbers.clara): Promise<void> {
  await anna.phone.call('dial', number, annasNumber);
  await clara.ring();
  clara.answer();
  await hearEachOther(anna, clara);
}
