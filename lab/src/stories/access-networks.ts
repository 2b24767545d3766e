import type { HostPlan, NetworkPlan, RouterPlan } from '../network/network-plan.ts';
import { everybody, type Person } from '../browsers/test-signal.ts';
import type { UplinkPlan } from '../network/uplink.ts';
import { openTwoPhones } from './two-phones.ts';

/**
 * The kinds of network that people call from.
 * - `open`: an address of the Internet, nothing in between;
 * - `home`: behind a NAT that keeps ports;
 * - `carrier`: behind a symmetric NAT, as mobile networks have;
 * - `office`: behind a NAT and a firewall without UDP;
 * - `hotel`: behind a NAT and a firewall that lets only TCP 443 out;
 * - `ipv6`: addresses of the Internet, but of IPv6 alone.
 */
export const accessNetworks = ['open', 'home', 'carrier', 'office', 'hotel', 'ipv6'] as const;
export type AccessNetwork = (typeof accessNetworks)[number];

/** Where somebody can be: also `lossy`, a home whose line loses every twentieth packet in each direction. */
export type Site = AccessNetwork | 'lossy';
const sites: readonly Site[] = [...accessNetworks, 'lossy'];

/** The name of a person's computer in a kind of network. Anna's and Boris's networks of one kind are two networks. */
export function placeOf(person: Person, network: Site): string {
  return `${person}-${network}`;
}

const uplinks: Readonly<Record<Exclude<Site, 'open'>, Omit<UplinkPlan, 'segment'>>> = {
  home: { nat: 'port-preserving' },
  carrier: { nat: 'symmetric' },
  office: { nat: 'port-preserving', firewall: 'no-udp' },
  hotel: { nat: 'port-preserving', firewall: 'tcp-443-only' },
  ipv6: {},
  lossy: { nat: 'port-preserving', loss: 0.05 },
};

/** The Internet with a server on it, and both persons in each of these networks. */
export function internetWith(networks: readonly AccessNetwork[]): NetworkPlan {
  return internetOf((['anna', 'boris'] as const).flatMap((person) => networks.map((network) => [person, network] as const)));
}

/** The Internet with a server on it, and people in networks of their own. @param others further computers on the Internet. */
export function internetOf(homes: ReadonlyArray<readonly [Person, Site]>, others: NetworkPlan['hosts'] = {}): NetworkPlan {
  const plans = homes.map(([person, site]) => planOf(person, site));
  return {
    segments: { internet: { subnet: ['203.0.113.0/24', '2001:db8::/64'] }, ...Object.assign({}, ...plans.map(({ segments }) => segments)) },
    hosts: { server: { segment: 'internet', address: ['203.0.113.5', '2001:db8::5'] }, ...others, ...Object.assign({}, ...plans.map(({ hosts }) => hosts)) },
    routers: Object.assign({}, ...plans.map(({ routers }) => routers)),
  };
}

/** Opens two phones in these networks; the server's HTTPS is on port 443. @param others networks that somebody will move to. */
export function openPhonesIn(annas: AccessNetwork, boriss: AccessNetwork, others: readonly AccessNetwork[] = []): ReturnType<typeof openTwoPhones> {
  const places = { anna: placeOf('anna', annas), boris: placeOf('boris', boriss) };
  return openTwoPhones(internetWith([...new Set([annas, boriss, ...others])]), { httpsPort: 443, places });
}

/** Where a second computer of a person can be plugged in beside the first, in their network of this kind. */
export function siteOf(person: Person, network: Site): HostPlan {
  return planOf(person, network).secondPlace;
}

interface SitePlan {
  readonly segments: NetworkPlan['segments'];
  readonly hosts: Readonly<Record<string, HostPlan>>;
  readonly routers: Readonly<Record<string, RouterPlan>>;
  readonly secondPlace: HostPlan;
}

/** Numbered by person and kind, so that no two sites share an address. */
function planOf(person: Person, network: Site): SitePlan {
  const place = placeOf(person, network);
  const number = 10 * (1 + everybody.indexOf(person)) + sites.indexOf(network);
  if (network === 'open') return { segments: {}, hosts: { [place]: { segment: 'internet', address: `203.0.113.${number}` } }, routers: {}, secondPlace: { segment: 'internet', address: `203.0.113.1${number}` } };
  const lan = `${place}-lan`;
  const inside = network === 'ipv6' ? `2001:db8:${number}::` : `192.168.${number}.`;
  const outside = network === 'ipv6' ? `2001:db8::${number}` : `203.0.113.${number}`;
  return {
    segments: { [lan]: { subnet: network === 'ipv6' ? `${inside}/64` : `${inside}0/24` } },
    hosts: { [place]: { segment: lan, address: `${inside}10` } },
    routers: { [`${place}-box`]: { addresses: { internet: outside, [lan]: `${inside}1` }, uplink: { segment: 'internet', ...uplinks[network] } } },
    secondPlace: { segment: lan, address: `${inside}11` },
  };
}
