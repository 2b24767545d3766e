import type { Logger } from '@dialplane/telemetry';

/**
 * How to close what was opened: in the reverse order, once, and each even when another fails, because a store that stays
 * locked or a port that stays open is worse than a step that did not end well.
 */
export class ClosingList {
  readonly #logger: Logger;
  readonly #steps: (() => Promise<void>)[] = [];
  #closing: Promise<void> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Resolves when everything is closed; failures are logged. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const step of this.#steps.toReversed()) {
      await step().catch((error: unknown) => this.#logger.error({ err: error }, 'Something could not be closed.'));
    }
  }
}
