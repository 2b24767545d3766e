import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { Host, type Boot, type HostMachine } from './host.ts';
import { Link, reliableLink, type LinkConditions } from './link.ts';

type Happening<Message> =
  | { readonly kind: 'arrival'; readonly from: string; readonly to: string; readonly message: Message }
  | { readonly kind: 'wake'; readonly host: string; readonly ticket: number }
  | { readonly kind: 'scripted'; readonly action: () => void };

/** Looked at after every step; throws when something is wrong. `touched` is the host that the step gave something to do. */
export type Checker = (touched: string | undefined) => void;

/** What a world has seen: figures for a test's report. */
export interface Tally {
  readonly steps: number;
  readonly sent: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly crashes: number;
}

/**
 * Hosts and links in virtual time. Everything that happens is decided by the seed: the same seed runs the same world, step by
 * step.
 *
 * A host that is down loses what arrives; a link that is cut loses what is sent. A program is woken at its deadlines and
 * never otherwise, so a forgotten timer shows.
 */
export class World<Message> {
  readonly chance: Chance;
  /** Milliseconds since the world began. */
  now = 0;
  private readonly agenda = new Agenda<Happening<Message>>();
  private readonly hosts = new Map<string, Host<Message>>();
  private readonly tickets = new Map<string, number>();
  private readonly links = new Map<string, Link>();
  private readonly checkers: Checker[] = [];
  private readonly linkChance: Chance;
  private defaultConditions = reliableLink;
  private wakesWithoutProgress = 0;
  private readonly counts = { steps: 0, sent: 0, lost: 0, duplicated: 0, crashes: 0 };

  constructor(seed: number) {
    this.chance = new Chance(seed);
    this.linkChance = this.chance.fork();
  }

  get tally(): Tally {
    return { ...this.counts };
  }

  /** Adds a host and starts it. */
  add<Program extends HostMachine<Message>>(name: string, boot: Boot<Message, Program>): Host<Message, Program> {
    const host = new Host<Message, Program>(name, boot);
    this.hosts.set(name, host);
    this.start(host);
    return host;
  }

  /** Conditions of links that are not set one by one. */
  setDefaultConditions(conditions: LinkConditions): void {
    this.defaultConditions = conditions;
  }

  /** Conditions in both directions between two hosts. */
  connect(a: string, b: string, conditions: LinkConditions): void {
    this.links.set(linkKey(a, b), new Link(conditions));
    this.links.set(linkKey(b, a), new Link(conditions));
  }

  /** Cuts or mends both directions; messages under way still arrive. */
  setPartition(a: string, b: string, isCut: boolean): void {
    this.link(a, b).isCut = isCut;
    this.link(b, a).isCut = isCut;
  }

  /** The host loses everything but its disk. */
  crash(name: string): void {
    this.counts.crashes += 1;
    this.host(name).crash();
  }

  restart(name: string): void {
    this.start(this.host(name));
  }

  /** Has the script of a scenario do something later. */
  after(milliseconds: number, action: () => void): void {
    this.agenda.add(this.now + milliseconds, { kind: 'scripted', action });
  }

  check(checker: Checker): void {
    this.checkers.push(checker);
  }

  /** Does the next thing; false when nothing will ever happen again. */
  step(): boolean {
    const next = this.agenda.take();
    if (next === undefined) return false;
    this.wakesWithoutProgress = next.at > this.now ? 0 : this.wakesWithoutProgress + 1;
    if (this.wakesWithoutProgress > 100_000) throw new Error(`time stands still at ${this.now} ms: a timer fires again and again`);
    this.now = next.at;
    this.counts.steps += 1;
    this.happen(next.item);
    const touched = next.item.kind === 'arrival' ? next.item.to : next.item.kind === 'wake' ? next.item.host : undefined;
    for (const checker of this.checkers) checker(touched);
    return true;
  }

  /** Runs until nothing happens any more, or the world's clock shows `untilMs`. */
  run(untilMs: number): void {
    for (let next = this.agenda.next(); next !== undefined && next <= untilMs; next = this.agenda.next()) this.step();
    this.now = Math.max(this.now, untilMs);
  }

  private happen(happening: Happening<Message>): void {
    switch (happening.kind) {
      case 'scripted':
        happening.action();
        return;
      case 'arrival': {
        const host = this.host(happening.to);
        host.program?.handle({ from: happening.from, message: happening.message }, host.localTime(this.now));
        this.settle(host);
        return;
      }
      case 'wake': {
        if (this.tickets.get(happening.host) !== happening.ticket) return;
        const host = this.host(happening.host);
        host.program?.handleTimeout(host.localTime(this.now));
        this.settle(host);
      }
    }
  }

  private start(host: Host<Message>): void {
    host.start(this.now, this.chance.below(1_000_000_000));
    this.settle(host);
  }

  /** Sends what the program put out, and notes when it wants to be woken. */
  private settle(host: Host<Message>): void {
    for (let output = host.program?.poll(); output !== undefined; output = host.program?.poll()) this.send(host.name, output.to, output.message);
    const ticket = (this.tickets.get(host.name) ?? 0) + 1;
    this.tickets.set(host.name, ticket);
    const at = host.wakeAt();
    if (at !== undefined) this.agenda.add(Math.max(at, this.now), { kind: 'wake', host: host.name, ticket });
  }

  private send(from: string, to: string, message: Message): void {
    const arrivals = this.link(from, to).arrivals(this.now, this.linkChance);
    this.counts.sent += 1;
    if (arrivals.length === 0) this.counts.lost += 1;
    if (arrivals.length > 1) this.counts.duplicated += 1;
    for (const at of arrivals) this.agenda.add(at, { kind: 'arrival', from, to, message });
  }

  private link(from: string, to: string): Link {
    const key = linkKey(from, to);
    const existing = this.links.get(key);
    if (existing !== undefined) return existing;
    const link = new Link(this.defaultConditions);
    this.links.set(key, link);
    return link;
  }

  private host(name: string): Host<Message> {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name}`);
    return host;
  }
}

function linkKey(from: string, to: string): string {
  return `${from} > ${to}`;
}
