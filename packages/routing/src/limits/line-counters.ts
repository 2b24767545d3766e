import type { CallLimits, DialingPolicy, LimitUse } from '@dialplane/calling-api';
import { keyOf, scopesOf, titleOf, type CountedLine, type Scope } from './limit-scope.ts';

/** What was telephoned earlier on the day, as the ledger has it. */
export interface EarlierLine extends Omit<CountedLine, 'lineId' | 'ratePerMinute'> {
  readonly minutes: number;
  readonly cost: number;
}

/** The limits in force. */
export interface LimitSource {
  policy(): Pick<DialingPolicy, 'limits' | 'currency'>;
  /** Of a trunk; none for one that is not known. */
  ofTrunk(name: string): CallLimits;
}

/** Something that has a limit of its own, and what was telephoned of it. */
interface Counter {
  readonly scope: Scope;
  readonly name: string | undefined;
  /** Ids of those that run. */
  readonly running: Set<string>;
  /** When lines began, oldest first: those of the last minute, and some before. */
  readonly begun: number[];
  /** Of lines that ended today. */
  minutes: number;
  cost: number;
}

interface Amount {
  readonly minutes: number;
  readonly cost: number;
}

interface RunningLine {
  readonly line: CountedLine;
  /** Where it is counted, whatever the policy has become since. */
  readonly counters: readonly Counter[];
  /** Milliseconds since 1970. */
  readonly answeredAt: number | undefined;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Started minutes of a time. */
export function startedMinutes(answeredMs: number): number {
  return Math.ceil(Math.max(0, answeredMs) / minuteMs);
}

/**
 * Counts lines against the limits: at the same time, per minute, minutes and cost of the day (UTC). All instants are milliseconds since 1970.
 *
 * A line is asked for (`refusal`), then begins, may move to another trunk, is answered, and ends; each of these with a line it does not know does nothing. Only what began is
 * kept, so its size is that of what runs and of what was telephoned today.
 */
export class LineCounters {
  readonly #limits: LimitSource;
  readonly #counters = new Map<string, Counter>();
  readonly #running = new Map<string, RunningLine>();
  #day = 0;

  /** @param earlier lines that ended today before this run. */
  constructor(limits: LimitSource, earlier: readonly EarlierLine[], now: number) {
    this.#limits = limits;
    this.#day = Math.floor(now / dayMs);
    for (const line of earlier) {
      for (const counter of this.#countersOf(line)) {
        counter.minutes += line.minutes;
        counter.cost += line.cost;
      }
    }
  }

  get size(): number {
    return this.#running.size;
  }

  runningOn(trunk: string): number {
    return this.#counters.get(keyOf('trunk', trunk))?.running.size ?? 0;
  }

  /** Why another line like this may not begin now, in a sentence; `undefined` where it may. */
  refusal(line: Omit<CountedLine, 'lineId'>, now: number): string | undefined {
    this.#beginDay(now);
    for (const [scope, name] of scopesOf(line, this.#limits.policy())) {
      const counter = this.#counters.get(keyOf(scope, name)) ?? emptyCounter(scope, name);
      const reached = this.#momentReached(counter, now) ?? this.#dayReached(counter, now, 'asMuch');
      if (reached !== undefined) return reached;
    }
    return undefined;
  }

  begin(line: CountedLine, now: number): void {
    if (this.#running.has(line.lineId)) return;
    this.#beginDay(now);
    const counters = this.#countersOf(line);
    this.#running.set(line.lineId, { line, counters, answeredAt: undefined });
    for (const counter of counters) {
      counter.running.add(line.lineId);
      noteBegun(counter, now);
    }
  }

  /** The line goes by another trunk from now on. */
  moveTo(lineId: string, trunk: string, now: number): void {
    const running = this.#running.get(lineId);
    if (running === undefined || running.line.trunk === trunk) return;
    const before = running.counters.find(({ scope }) => scope === 'trunk');
    if (before !== undefined) before.running.delete(lineId);
    const counter = this.#counter('trunk', trunk);
    counter.running.add(lineId);
    noteBegun(counter, now);
    this.#running.set(lineId, { ...running, line: { ...running.line, trunk }, counters: [...running.counters.filter((one) => one !== before), counter] });
  }

  answered(lineId: string, now: number): void {
    const running = this.#running.get(lineId);
    if (running !== undefined && running.answeredAt === undefined) this.#running.set(lineId, { ...running, answeredAt: now });
  }

  end(lineId: string, now: number): void {
    const running = this.#running.get(lineId);
    if (running === undefined) return;
    this.#beginDay(now);
    this.#running.delete(lineId);
    const { minutes, cost } = spent(running, now);
    for (const counter of running.counters) {
      counter.running.delete(lineId);
      counter.minutes += minutes;
      counter.cost += cost;
    }
  }

  /** Running lines that have used up a limit of the day, with the sentence that says which. */
  exhausted(now: number): ReadonlyArray<{ readonly lineId: string; readonly sentence: string }> {
    this.#beginDay(now);
    const found = new Map<string, string>();
    for (const counter of this.#counters.values()) {
      const sentence = this.#dayReached(counter, now, 'more');
      if (sentence !== undefined) for (const lineId of counter.running) found.set(lineId, sentence);
    }
    return [...found].map(([lineId, sentence]) => ({ lineId, sentence }));
  }

  /** What has been telephoned of each limit that was touched, and of the resource's always. */
  use(now: number): LimitUse[] {
    this.#beginDay(now);
    this.#counter('resource', undefined);
    return [...this.#counters.values()].map((counter) => {
      const { minutes, cost } = this.#today(counter, now);
      return Object.assign(counter.name === undefined ? {} : { name: counter.name }, {
        scope: counter.scope,
        concurrentCalls: counter.running.size,
        callsInLastMinute: countRecent(counter, now),
        minutesToday: minutes,
        costToday: rounded(cost),
        limits: this.#limitsOf(counter.scope, counter.name),
      });
    });
  }

  #momentReached(counter: Counter, now: number): string | undefined {
    const { concurrentCalls, callsPerMinute } = this.#limitsOf(counter.scope, counter.name);
    if (concurrentCalls !== undefined && counter.running.size >= concurrentCalls) return `${titleOf(counter)} may have ${concurrentCalls} telephone calls at a time, and has them.`;
    if (callsPerMinute !== undefined && countRecent(counter, now) >= callsPerMinute) return `${titleOf(counter)} may begin ${callsPerMinute} telephone calls in a minute, and has done so.`;
    return undefined;
  }

  /** @param than `asMuch`: nothing is left for another line; `more`: a line that runs has gone past it. */
  #dayReached(counter: Counter, now: number, than: 'asMuch' | 'more'): string | undefined {
    const { minutesPerDay, costPerDay } = this.#limitsOf(counter.scope, counter.name);
    if (minutesPerDay === undefined && costPerDay === undefined) return undefined;
    const today = this.#today(counter, now);
    const isReached = (used: number, limit: number | undefined): boolean => limit !== undefined && (than === 'asMuch' ? used >= limit : used > limit);
    if (isReached(today.minutes, minutesPerDay)) return `${titleOf(counter)} may telephone ${minutesPerDay} minutes a day, and has used them up.`;
    if (isReached(today.cost, costPerDay)) return `${titleOf(counter)} may telephone for ${costPerDay} ${this.#limits.policy().currency} a day, and has used them up.`;
    return undefined;
  }

  /** Of lines that ended today, and of those that run. */
  #today(counter: Counter, now: number): Amount {
    let { minutes, cost } = counter;
    for (const lineId of counter.running) {
      const running = this.#running.get(lineId);
      if (running === undefined) continue;
      const one = spent(running, now);
      minutes += one.minutes;
      cost += one.cost;
    }
    return { minutes, cost };
  }

  #limitsOf(scope: Scope, name: string | undefined): CallLimits {
    const { limits } = this.#limits.policy();
    switch (scope) {
      case 'resource':
        return limits.resource;
      case 'number':
        return limits.perNumber;
      case 'user':
        return limits.perUser;
      case 'trunk':
        return this.#limits.ofTrunk(name ?? '');
      case 'prefix':
        return limits.byPrefix.find(({ prefix }) => prefix === name)?.limits ?? {};
    }
  }

  #countersOf(line: Omit<CountedLine, 'lineId' | 'ratePerMinute'>): Counter[] {
    return scopesOf(line, this.#limits.policy()).map(([scope, name]) => this.#counter(scope, name));
  }

  #counter(scope: Scope, name: string | undefined): Counter {
    const key = keyOf(scope, name);
    const known = this.#counters.get(key);
    if (known !== undefined) return known;
    const counter = emptyCounter(scope, name);
    this.#counters.set(key, counter);
    return counter;
  }

  /** With a new day amounts begin again, and who has no line is forgotten. */
  #beginDay(now: number): void {
    const day = Math.floor(now / dayMs);
    if (day === this.#day) return;
    this.#day = day;
    for (const [key, counter] of this.#counters) {
      counter.minutes = 0;
      counter.cost = 0;
      if (counter.running.size === 0 && countRecent(counter, now) === 0) this.#counters.delete(key);
    }
  }
}

function emptyCounter(scope: Scope, name: string | undefined): Counter {
  return { scope, name, running: new Set(), begun: [], minutes: 0, cost: 0 };
}

function noteBegun(counter: Counter, now: number): void {
  const old = counter.begun.length - countRecent(counter, now);
  if (old > counter.begun.length / 2) counter.begun.splice(0, old);
  counter.begun.push(now);
}

/** How many began within the last minute; by bisection, because there may be thousands. */
function countRecent({ begun }: Counter, now: number): number {
  let low = 0;
  let high = begun.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((begun[middle] ?? now) > now - minuteMs) high = middle;
    else low = middle + 1;
  }
  return begun.length - low;
}

function spent({ line, answeredAt }: RunningLine, now: number): Amount {
  const minutes = answeredAt === undefined ? 0 : startedMinutes(now - answeredAt);
  return { minutes, cost: minutes * line.ratePerMinute };
}

function rounded(amount: number): number {
  return Math.round(amount * 1_000_000) / 1_000_000;
}
