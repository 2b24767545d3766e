import type { MediaCommand, MediaEvent } from './commands.ts';

/** The port through which a call's owner drives media processors. */
export interface MediaControl {
  /** Hands over a command; failures arrive as events, never as exceptions. */
  send(command: MediaCommand): void;
  /**
   * Why no conference can be opened, in a sentence that says what to do (`Group calls need ...; install ...`); `undefined` while one can. Who asks may have to
   * be told at once, so it is known at once.
   */
  absence(): string | undefined;
  /** Who hears the events of every conference that was opened through this port. */
  onEvent(listener: (event: MediaEvent) => void): void;
}
