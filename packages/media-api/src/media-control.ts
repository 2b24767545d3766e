import type { MediaCommand, MediaEvent } from './commands.ts';

/** The port through which a call's owner drives media processors. */
export interface MediaControl {
  /** Hands over a command; failures arrive as events, never as exceptions. */
  send(command: MediaCommand): void;
  /** Who hears the events of every conference that was opened through this port. */
  onEvent(listener: (event: MediaEvent) => void): void;
}
