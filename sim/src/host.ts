import { instant, type Instant, type Machine } from '@dialplane/sansio';

/** A message that reached a host. */
export interface Received<Message> {
  readonly from: string;
  readonly message: Message;
}

/** A message that leaves a host. */
export interface Transmission<Message> {
  readonly to: string;
  readonly message: Message;
}

/**
 * What a host runs: a machine whose inputs are messages received and whose outputs are messages to send. A protocol's machine
 * (STUN, TURN, SIP: with `Message` a datagram) is one as it is, or inside a program that also plays its surroundings.
 */
export type HostMachine<Message> = Machine<Received<Message>, Transmission<Message>>;

/** What survives a crash: values by key. What is put must be JSON; a restart reads it back from its text. */
export class Disk {
  private readonly values = new Map<string, unknown>();

  put(key: string, value: unknown): void {
    this.values.set(key, value);
  }

  get(key: string): unknown {
    const value = this.values.get(key);
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  }

  keys(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix));
  }
}

/** Starts the program of a host, at first and after every crash. */
export type Boot<Message, Program extends HostMachine<Message>> = (disk: Disk, now: Instant) => Program;

/** A host of the world: its disk, and its program while it is up. */
export class Host<Message, Program extends HostMachine<Message> = HostMachine<Message>> {
  readonly name: string;
  readonly disk = new Disk();
  /** Undefined while the host is down. */
  program: Program | undefined;
  private readonly boot: Boot<Message, Program>;
  private clockOrigin = 0;

  constructor(name: string, boot: Boot<Message, Program>) {
    this.name = name;
    this.boot = boot;
  }

  /** @param clockOrigin what the monotonic clock of this run shows at the world's time 0: never the same after a restart. */
  start(worldNow: number, clockOrigin: number): void {
    this.clockOrigin = clockOrigin;
    this.program = this.boot(this.disk, this.localTime(worldNow));
  }

  crash(): void {
    this.program = undefined;
  }

  localTime(worldNow: number): Instant {
    return instant(worldNow + this.clockOrigin);
  }

  /** When the program wants to be woken, on the world's clock. */
  wakeAt(): number | undefined {
    const at = this.program?.pollTimeout();
    return at === undefined ? undefined : at - this.clockOrigin;
  }
}
