import type { LineCommand, LineDevice, LineEvent } from './lines.ts';

/** The port through which a call's owner drives telephony. */
export interface TelephoneControl {
  /** Hands over a command; failures arrive as events, never as exceptions. */
  send(command: LineCommand): void;
  onEvent(listener: (event: LineEvent) => void): void;
  /** SIP phones on which this user can be rung now. */
  devicesOf(identifier: string): readonly LineDevice[];
  /** Told of each SIP phone that can be rung from now on, and could not before. */
  onDevice(listener: (identifier: string, device: LineDevice) => void): void;
  /** Why nobody can be called by telephone, in a sentence that says what to do; `undefined` while somebody can. */
  absence(): string | undefined;
}
