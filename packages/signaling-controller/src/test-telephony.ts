import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { IncomingLine, LineCommand, LineDevice, LineEvent, TelephoneControl } from '@dialplane/telephony-api';

type CommandOf<Kind extends LineCommand['kind']> = Extract<LineCommand, { readonly kind: Kind }>;

/** Telephony without a telephone network: it does what a test says, and remembers what it was asked. */
export class TestTelephony implements TelephoneControl {
  readonly commands: LineCommand[] = [];
  readonly devices = new Map<string, readonly LineDevice[]>();
  /** Why no telephone can be called. */
  missing: string | undefined;
  private readonly arrivals = new EventEmitter();
  private listener: (event: LineEvent) => void = () => {};
  private deviceListener: (identifier: string, device: LineDevice) => void = () => {};

  send(command: LineCommand): void {
    this.commands.push(command);
    this.arrivals.emit(command.kind);
  }

  onEvent(listener: (event: LineEvent) => void): void {
    this.listener = listener;
  }

  devicesOf(identifier: string): readonly LineDevice[] {
    return this.devices.get(identifier) ?? [];
  }

  onDevice(listener: (identifier: string, device: LineDevice) => void): void {
    this.deviceListener = listener;
  }

  absence(): string | undefined {
    return this.missing;
  }

  tell(event: LineEvent): void {
    this.listener(event);
  }

  /** A SIP phone of a user registers. */
  register(identifier: string, device: LineDevice): void {
    this.devices.set(identifier, [...this.devicesOf(identifier), device]);
    this.deviceListener(identifier, device);
  }

  /** A telephone calls. Returns the line's id. */
  ring(target: IncomingLine['target'], about: Partial<IncomingLine> = {}): string {
    const lineId = randomUUID();
    this.tell({ kind: 'incoming', line: { lineId, from: '4:+15550100', displayName: 'Carl', to: '4:+15550199', target, trunk: 'north', ...about } });
    return lineId;
  }

  /** The next command of a kind that no test has taken yet, which may have yet to come. */
  async take<Kind extends LineCommand['kind']>(kind: Kind): Promise<CommandOf<Kind>> {
    const index = this.commands.findIndex((command) => command.kind === kind);
    if (index >= 0) return this.commands.splice(index, 1)[0] as CommandOf<Kind>;
    await once(this.arrivals, kind);
    return this.take(kind);
  }
}
