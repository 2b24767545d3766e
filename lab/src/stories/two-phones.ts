import assert from 'node:assert/strict';
import type { OperationResponse } from '@dialplane/calling-api';
import { launchBrowser, type LabBrowser } from '../browsers/chromium.ts';
import { startDialplane, type DialplaneOptions, type DialplaneServer, type SignedInPerson } from '../dialplane-server.ts';
import type { Host } from '../network/host.ts';
import { openLabPage, type LabPage } from '../browsers/lab-page.ts';
import { buildNetwork, type Network } from '../network/network.ts';
import type { NetworkPlan } from '../network/network-plan.ts';
import type { PhonePage } from '../browsers/page-contracts.ts';
import { nameOf, type Person } from '../browsers/test-signal.ts';

/** Anna and Boris in one subnet; the server in a room of its own, behind a router. */
export const oneSubnet = {
  segments: { office: { subnet: '192.168.1.0/24' }, rack: { subnet: '172.20.0.0/24' } },
  hosts: {
    anna: { segment: 'office', address: '192.168.1.10' },
    boris: { segment: 'office', address: '192.168.1.11' },
    server: { segment: 'rack', address: '172.20.0.5' },
  },
  routers: { router: { addresses: { office: '192.168.1.1', rack: '172.20.0.1' } } },
} as const satisfies NetworkPlan;

/** Anna and Boris in two subnets that a router joins, without NAT. */
export const twoSubnets = {
  segments: { office: { subnet: '10.10.0.0/16' }, home: { subnet: '192.168.1.0/24' }, rack: { subnet: '172.20.0.0/24' } },
  hosts: {
    anna: { segment: 'office', address: '10.10.3.4' },
    boris: { segment: 'home', address: '192.168.1.20' },
    server: { segment: 'rack', address: '172.20.0.5' },
  },
  routers: { router: { addresses: { office: '10.10.0.1', home: '192.168.1.1', rack: '172.20.0.1' } } },
} as const satisfies NetworkPlan;

/** A person in a story: an account, a browser on a computer, and the phone page in it. */
export interface Caller extends SignedInPerson {
  readonly browser: LabBrowser;
  readonly phone: LabPage<PhonePage>;
}

/** Anna and Boris, signed in, each on a computer of their own; a server; nobody calls yet. */
export interface TwoPhones {
  readonly network: Network;
  readonly server: DialplaneServer;
  readonly anna: Caller;
  readonly boris: Caller;
}

export interface TwoPhonesOptions extends DialplaneOptions {
  /** On which hosts of the plan they are; `anna` and `boris` without it. */
  readonly places?: Readonly<Record<'anna' | 'boris', string>>;
}

/** Two phones, and who may read everybody's records. */
export type WatchedPhones = TwoPhones & { readonly operatorToken: string };

/** Builds the network, starts the server on its host `server` and signs both in, each on a phone page that has the server's own origin. */
export async function openTwoPhones(plan: NetworkPlan, { places = { anna: 'anna', boris: 'boris' }, ...options }: TwoPhonesOptions = {}): Promise<WatchedPhones & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const network = stack.use(await buildNetwork(plan));
  const server = stack.use(await startDialplane(network.host('server'), options));
  const { operatorToken = '' } = await server.signIn('Operator');
  const open = async (person: 'anna' | 'boris'): Promise<Caller> => stack.use(await openPhone(server, network.host(places[person]), person));
  const [anna, boris] = await Promise.all([open('anna'), open('boris')]);
  const kept = stack.move();
  return { network, server, operatorToken, anna, boris, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Starts this person's browser on a host, opens the phone page from the server and signs in; who has the same name is the same user. Disposing of it ends the browser. */
export async function openPhone(server: DialplaneServer, host: Host, person: Person, displayName = nameOf(person)): Promise<Caller & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const browser = stack.use(await launchBrowser(host, { person, trustedAuthority: server.authority }));
  const origin = server.originFor(host);
  const phone = await openLabPage<PhonePage>(browser.context, 'phone', `${origin}/lab/phone`);
  const account = await signIn(server, phone, displayName, origin);
  const kept = stack.move();
  return { ...account, browser, phone, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Opens an account of this name, where there is none, and signs the phone in with it. */
export async function signIn(server: DialplaneServer, phone: LabPage<PhonePage>, displayName: string, endpoint = server.origin): Promise<SignedInPerson> {
  const account = await server.signIn(displayName);
  await phone.call('signIn', { token: account.token, displayName, endpoint });
  return account;
}

/** Anna calls, Boris answers, and both have reached `Connected`. Returns the id of the call. */
export async function connectCall({ anna, boris }: TwoPhones): Promise<string> {
  const answered = boris.phone.call('answer');
  await anna.phone.call('startCall', boris.rawId);
  const callId = await answered;
  await Promise.all([anna.phone.call('reaches', 'Connected'), boris.phone.call('reaches', 'Connected')]);
  return callId;
}

/** Each hears and sees the other, and nobody but the other. */
export async function bothArrive({ anna, boris }: TwoPhones): Promise<void> {
  await Promise.all([anna.phone.call('hears', 'boris'), boris.phone.call('hears', 'anna'), anna.phone.call('sees', 'boris'), boris.phone.call('sees', 'anna')]);
}

/** Anna hangs up; both phones say that the call ended and why. */
export async function hangUp({ anna, boris }: TwoPhones): Promise<void> {
  await anna.phone.call('do', 'hangUp');
  const [annas, boriss] = await Promise.all([anna.phone.call('reaches', 'Disconnected'), boris.phone.call('reaches', 'Disconnected')]);
  assert.deepEqual([annas.endReason, boriss.endReason], [{ code: 0, subCode: 0 }, { code: 0, subCode: 0 }]);
}

/** The call flow record as the caller may read it. */
export function readFlow({ server, anna }: TwoPhones, callId: string): Promise<OperationResponse<'getCallFlow'>> {
  return server.ask('getCallFlow', 'GET', `/v1/calls/${callId}/flow`, anna.token);
}

/** The call detail records as the caller may read them. */
export function readRecords({ server, anna }: TwoPhones, callId: string): Promise<OperationResponse<'getCallRecords'>> {
  return server.ask('getCallRecords', 'GET', `/v1/calls/${callId}/records`, anna.token);
}
