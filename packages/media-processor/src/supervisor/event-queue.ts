import type { MediaEvent } from '@dialplane/media-api';

/** Events of our own making reach the owner of a call after its command has returned, in order. */
export class EventQueue {
  private readonly listeners: Array<(event: MediaEvent) => void> = [];

  onEvent(listener: (event: MediaEvent) => void): void {
    this.listeners.push(listener);
  }

  tell(event: MediaEvent): void {
    queueMicrotask(() => this.pass(event));
  }

  /** At once: what a media process told was nobody's command. */
  pass(event: MediaEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
