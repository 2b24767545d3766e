import { collectDefaultMetrics, Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, Registry } from 'prom-client';

/** Each label with all the values it can have. What has no such list (a call, a user, an address) is no label. */
export type MetricLabels = Readonly<Record<string, readonly string[]>>;
export type LabelValues<Labels extends MetricLabels> = { readonly [Name in keyof Labels]: Labels[Name][number] };

export interface MetricDefinition<Labels extends MetricLabels> {
  /** Without the prefix; with its unit last (`_seconds`, `_bytes`), counters end in `_total` (Prometheus naming). */
  readonly name: string;
  readonly help: string;
  /** None by default. Every combination appears from the start, at 0. */
  readonly labels?: Labels;
}

export interface Counter<Labels extends MetricLabels> {
  increment(labels: LabelValues<Labels>, amount?: number): void;
}
export interface Gauge<Labels extends MetricLabels> {
  set(labels: LabelValues<Labels>, value: number): void;
  add(labels: LabelValues<Labels>, amount: number): void;
}
export interface Histogram<Labels extends MetricLabels> {
  observe(labels: LabelValues<Labels>, value: number): void;
}

/** The metrics of this process, and how `/metrics` shows them. Defining a name twice throws. */
export interface Metrics {
  counter<const Labels extends MetricLabels = Record<never, never>>(definition: MetricDefinition<Labels>): Counter<Labels>;
  gauge<const Labels extends MetricLabels = Record<never, never>>(definition: MetricDefinition<Labels>): Gauge<Labels>;
  /** A gauge whose value is asked for when `/metrics` is read. */
  sampledGauge(definition: Omit<MetricDefinition<MetricLabels>, 'labels'>, sample: () => number): void;
  /** A counter that something else counts, asked for when `/metrics` is read. */
  sampledCounter(definition: Omit<MetricDefinition<MetricLabels>, 'labels'>, sample: () => number): void;
  histogram<const Labels extends MetricLabels = Record<never, never>>(definition: MetricDefinition<Labels> & { readonly buckets: readonly number[] }): Histogram<Labels>;
  /** The Prometheus text format with its content type. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** More series than this under one name is a mistake in its labels. */
const maxSeries = 500;
/** Stands for a value that a label was not declared with: counted, but without growing the number of series. */
const undeclared = 'undeclared';

/**
 * @param options.prefix before every name; `dialplane_` by default.
 * @param options.includeProcess adds memory, CPU, garbage collection and event loop delay of this process (without prefix).
 */
export function createMetrics(options: { readonly prefix?: string; readonly includeProcess?: boolean } = {}): Metrics {
  const registry = new Registry();
  const prefix = options.prefix ?? 'dialplane_';
  if (options.includeProcess === true) collectDefaultMetrics({ register: registry });
  const configuration = <Labels extends MetricLabels>(definition: MetricDefinition<Labels>) => ({
    name: `${prefix}${definition.name}`,
    help: definition.help,
    labelNames: Object.keys(definition.labels ?? {}),
    registers: [registry],
  });
  return {
    counter: (definition) => {
      const metric = new PromCounter(configuration(definition));
      for (const labels of combinations(definition)) metric.inc(labels, 0);
      return { increment: (labels, amount = 1) => metric.inc(declared(definition.labels, labels), amount) };
    },
    gauge: (definition) => {
      const metric = new PromGauge(configuration(definition));
      for (const labels of combinations(definition)) metric.set(labels, 0);
      return {
        set: (labels, value) => metric.set(declared(definition.labels, labels), value),
        add: (labels, amount) => metric.inc(declared(definition.labels, labels), amount),
      };
    },
    sampledGauge: (definition, sample) => {
      const metric: PromGauge = new PromGauge({ ...configuration(definition), collect: () => metric.set(sample()) });
    },
    sampledCounter: (definition, sample) => {
      const metric: PromCounter = new PromCounter({
        ...configuration(definition),
        collect: () => {
          metric.reset();
          metric.inc(sample());
        },
      });
    },
    histogram: (definition) => {
      const metric = new PromHistogram({ ...configuration(definition), buckets: [...definition.buckets] });
      for (const labels of combinations(definition)) metric.zero(labels);
      return { observe: (labels, value) => metric.observe(declared(definition.labels, labels), value) };
    },
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function combinations(definition: MetricDefinition<MetricLabels>): ReadonlyArray<Record<string, string>> {
  let rows: ReadonlyArray<Record<string, string>> = [{}];
  for (const [name, values] of Object.entries(definition.labels ?? {})) {
    rows = values.flatMap((value) => rows.map((row) => Object.assign({}, row, { [name]: value })));
    if (rows.length > maxSeries) throw new Error(`invariant: metric ${definition.name} has more than ${maxSeries} combinations of labels`);
  }
  return rows;
}

function declared(labels: MetricLabels | undefined, values: Readonly<Record<string, string>>): Record<string, string> {
  const row: Record<string, string> = {};
  for (const [name, allowed] of Object.entries(labels ?? {})) {
    const value = values[name];
    row[name] = value !== undefined && allowed.includes(value) ? value : undeclared;
  }
  return row;
}
