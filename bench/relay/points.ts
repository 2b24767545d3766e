import type { GeneratorResult } from './generator.ts';

/** One row of the table: what the generator is asked, what is read from its answer, and the goal. */
export interface Point {
  readonly label: string;
  readonly command: 'traffic' | 'allocations' | 'bindings';
  readonly options: Readonly<Record<string, string | number>>;
  /** Goal for the ratio of our time on CPU to coturn's, where there is one. */
  readonly goal: number | undefined;
  /** Paced: our median latency may be so much above coturn's. */
  readonly goalAddedUs?: number;
}

/** Time on CPU per packet, allocation or answer, in microseconds. */
export function costUs(result: GeneratorResult): number {
  return result.serverCpuNs / 1000 / result.delivered;
}

const directions = [{ name: 'client to peer', direction: 'c2p' }, { name: 'peer to client', direction: 'p2c' }] as const;
const payloads = [160, 1200] as const;
/** Packets in flight: enough that the server never runs dry, few enough that its socket buffers hold them. */
const saturations = [{ allocations: 1, window: 256 }, { allocations: 50, window: 512 }, { allocations: 500, window: 1000 }] as const;

const saturated: readonly Point[] = payloads.flatMap((payload) =>
  directions.flatMap(({ name, direction }) =>
    saturations.map(({ allocations, window }): Point => ({
      label: `saturated, ${payload} B, ${allocations} allocation${allocations > 1 ? 's' : ''}, ${name}`,
      command: 'traffic',
      options: { payload, direction, allocations, window },
      goal: 1.1,
    })),
  ),
);

/** From the voices of five calls on, where nothing gathers, to what fills a core. */
const paces = [
  { allocations: 10, rate: 500, goal: undefined },
  { allocations: 20, rate: 2000, goal: undefined },
  { allocations: 50, rate: 5000, goal: 0.6 },
  { allocations: 500, rate: 50_000, goal: 0.6 },
] as const;

const paced: readonly Point[] = payloads.flatMap((payload) =>
  paces.map(({ allocations, rate, goal }): Point => ({
    label: `paced, ${payload} B, ${allocations} allocations, ${rate} packets/s both ways`,
    command: 'traffic',
    options: { payload, direction: 'both', allocations, rate },
    goal,
    goalAddedUs: 1000,
  })),
);

const bursts: readonly Point[] = directions.flatMap(({ name, direction }): readonly Point[] => {
  const common = { payload: 1200, direction, allocations: 50, window: 512 };
  return [
    { label: `bursts of 8 by UDP_SEGMENT, 1200 B, ${name}`, command: 'traffic', options: { ...common, burst: 8, segmentation: 1 }, goal: 0.5 },
    { label: `bursts of 8 by UDP_SEGMENT, 1200 B, far ends with UDP_GRO, ${name}`, command: 'traffic', options: { ...common, burst: 8, segmentation: 1, gro: 1 }, goal: 0.5 },
    { label: `plain bursts of 4, 1200 B, ${name}`, command: 'traffic', options: { ...common, burst: 4 }, goal: 0.8 },
  ];
});

const streams: readonly Point[] = payloads.flatMap((payload) =>
  [{ name: 'TCP to UDP', direction: 'c2p' }, { name: 'UDP to TCP', direction: 'p2c' }].flatMap(({ name, direction }) =>
    [{ allocations: 1, window: 256 }, { allocations: 50, window: 512 }].map(({ allocations, window }): Point => ({
      label: `${name}, ${payload} B, ${allocations} allocation${allocations > 1 ? 's' : ''}`,
      command: 'traffic',
      options: { payload, direction, allocations, window, transport: 'tcp' },
      goal: 1.1,
    })),
  ),
);

/** Each packet in a record of its own, as it comes. */
const encrypted: readonly Point[] = payloads.flatMap((payload) =>
  [{ name: 'TLS to UDP', direction: 'c2p' }, { name: 'UDP to TLS', direction: 'p2c' }].map(({ name, direction }): Point => ({
    label: `${name}, ${payload} B, 50 allocations`,
    command: 'traffic',
    options: { payload, direction, allocations: 50, window: 512, transport: 'tls' },
    goal: undefined,
  })),
);

const requests: readonly Point[] = [
  { label: 'allocation with its 401 exchange and its end', command: 'allocations', options: { warmup: 2 }, goal: 1 },
  { label: 'Binding request', command: 'bindings', options: { warmup: 1 }, goal: 1 },
];

/** Everything that is measured, in the order of the table. */
export const points: readonly Point[] = [...saturated, ...paced, ...bursts, ...streams, ...encrypted, ...requests];
