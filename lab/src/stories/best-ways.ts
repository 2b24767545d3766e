import assert from 'node:assert/strict';
import type { ChosenPair } from '../browsers/page-contracts.ts';
import type { AccessNetwork } from './access-networks.ts';
import type { Caller, TwoPhones } from './two-phones.ts';

/** Where a side's media leaves: the type of its local candidate, and of a relayed one how the relay is reached. */
export type Way = 'host' | 'srflx' | 'prflx' | `relay/${'udp' | 'tcp' | 'tls'}`;

export interface Ways {
  readonly anna: Way;
  readonly boris: Way;
}

/** The best ways between two networks; more than one where either side's relay is as good, or where the browser may name its own mapped address either way. */
export function bestWays(annas: AccessNetwork, boriss: AccessNetwork): readonly Ways[] {
  const [anna, boris] = [waysFrom[annas], waysFrom[boriss]];
  const [annaIsRelayed, borisIsRelayed] = [needsOwnRelay(annas, boriss), needsOwnRelay(boriss, annas)];
  if (annaIsRelayed || borisIsRelayed) return combine(annaIsRelayed ? [anna.relayed] : anna.direct, borisIsRelayed ? [boris.relayed] : boris.direct);
  if (annas === 'home' && boriss === 'home') return [{ anna: 'srflx', boris: 'srflx' }];
  if (annas === 'open' || boriss === 'open' || annas === 'ipv6') return combine(anna.direct, boris.direct);
  return [...combine([anna.relayed], boris.direct), ...combine(anna.direct, [boris.relayed])];
}

function combine(annas: readonly Way[], boriss: readonly Way[]): readonly Ways[] {
  return annas.flatMap((anna) => boriss.map((boris) => ({ anna, boris })));
}

/**
 * To whom everybody reaches. A mapped address is `prflx` where a check has found it before the STUN server has told it, which a symmetric NAT never lets it do. From
 * where UDP is blocked, `direct` does not occur.
 */
const waysFrom: Readonly<Record<AccessNetwork, { readonly direct: readonly Way[]; readonly relayed: Way }>> = {
  open: { direct: ['host'], relayed: 'relay/udp' },
  home: { direct: ['srflx', 'prflx'], relayed: 'relay/udp' },
  carrier: { direct: ['prflx'], relayed: 'relay/udp' },
  office: { direct: [], relayed: 'relay/tcp' },
  hotel: { direct: [], relayed: 'relay/tls' },
  ipv6: { direct: ['host'], relayed: 'relay/udp' },
};

/** Nothing but its own relay gets media out of this network to the other: UDP is blocked, or the families differ. */
function needsOwnRelay(network: AccessNetwork, other: AccessNetwork): boolean {
  return network === 'office' || network === 'hotel' || (network === 'ipv6' && other !== 'ipv6');
}

/** What two browsers have chosen: as {@link Ways}, or what was not expected. */
export interface ChosenWays {
  readonly anna: string;
  readonly boris: string;
}

/** What both browsers have chosen once it is one of these ways, or after some seconds in any case: the first pair that works is not always the best. */
export async function chosenWays({ anna, boris }: Pick<TwoPhones, 'anna' | 'boris'>, ways: readonly Ways[]): Promise<ChosenWays> {
  for (let attempt = 0; ; attempt += 1) {
    const chosen = { anna: await wayOf(anna), boris: await wayOf(boris) };
    if (attempt === 10 || isAmong(ways, chosen)) return chosen;
    await anna.phone.call('heard', 'remote');
  }
}

/** The same, where nothing but one of these ways will do. */
export async function choose(phones: Pick<TwoPhones, 'anna' | 'boris'>, ways: readonly Ways[]): Promise<void> {
  const chosen = await chosenWays(phones, ways);
  assert.ok(isAmong(ways, chosen), `chosen: ${JSON.stringify(chosen)}; best: ${JSON.stringify(ways)}`);
}

export function isAmong(ways: readonly Ways[], chosen: ChosenWays | undefined): boolean {
  return ways.some(({ anna, boris }) => anna === chosen?.anna && boris === chosen.boris);
}

async function wayOf({ phone }: Caller): Promise<string> {
  return (await phone.call('pairs')).map(({ local }: ChosenPair) => (local.type === 'relay' ? `relay/${local.relayProtocol}` : local.type)).join(' and ');
}
