import type { CallFlow, FlowEvent, FlowLane } from '@dialplane/calling-api';
import { personName } from '../text/person.ts';

/** A lane with what stands above it. */
export interface NamedLane {
  readonly id: string;
  readonly role: FlowLane['role'];
  readonly title: string;
  /** The part the lane plays: `caller`, `server`, `second device`. */
  readonly subtitle: string;
}

const places: Readonly<Record<FlowLane['role'], number>> = { caller: 0, server: 1, callee: 2, participant: 3, phone: 4, trunk: 5 };
const serverNames: Readonly<Record<string, string>> = { controller: 'Controller', relay: 'Relay', mediaProcessor: 'Media processor', telephony: 'Telephony' };
const serverPlaces = ['controller', 'relay', 'mediaProcessor', 'telephony'];

/**
 * The lanes of a flow from left to right: caller, servers, callees, SIP phones, trunks. Lanes that only events name are added; those on
 * which nothing happens are left out, but for people.
 */
export function namedLanes(flow: Pick<CallFlow, 'lanes' | 'events'>): readonly NamedLane[] {
  const used = new Set(flow.events.flatMap((event) => lanesOf(event)));
  const known = new Map<string, FlowLane>(flow.lanes.map((lane) => [lane.id, lane]));
  for (const id of used) if (!known.has(id)) known.set(id, { id, role: roleOf(id) });
  const shown = [...known.values()].filter((lane) => used.has(lane.id) || lane.identifier !== undefined);
  const ordered = shown.toSorted((a, b) => places[a.role] - places[b.role] || serverPlaces.indexOf(a.id) - serverPlaces.indexOf(b.id));
  const seen = new Map<string, number>();
  return ordered.map((lane) => {
    if (lane.identifier === undefined) return { id: lane.id, role: lane.role, title: serverNames[lane.id] ?? lane.displayName ?? lane.id, subtitle: lane.role };
    const device = (seen.get(lane.identifier) ?? 0) + 1;
    seen.set(lane.identifier, device);
    return { id: lane.id, role: lane.role, title: personName(lane.identifier, lane.displayName), subtitle: device === 1 ? lane.role : `${lane.role}, device ${device}` };
  });
}

/** Puts the names of people and telephones in the place of their raw identifiers. */
export type Naming = (text: string) => string;

/** How texts of this flow are read: the record has raw identifiers, of which nobody knows whose they are. */
export function namingOf({ lanes }: Pick<CallFlow, 'lanes'>): Naming {
  const names = new Map(lanes.flatMap(({ identifier, displayName }) => (identifier === undefined ? [] : [[identifier, personName(identifier, displayName)] as const])));
  return (text) => text.replace(/8:[a-z]+:[\w-]+|4:\+\d+/g, (identifier) => names.get(identifier) ?? personName(identifier));
}

function roleOf(id: string): FlowLane['role'] {
  if (id in serverNames) return 'server';
  return id.startsWith('trunk:') ? 'trunk' : id.startsWith('phone:') ? 'phone' : 'participant';
}

/** The lanes an entry touches. */
export function lanesOf(event: FlowEvent): readonly string[] {
  return event.to === undefined ? [event.from] : [event.from, event.to];
}
