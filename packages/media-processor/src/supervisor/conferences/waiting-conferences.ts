import type { MediaCommand } from '@dialplane/media-api';

type OpenConference = Extract<MediaCommand, { readonly kind: 'openConference' }>;

interface WaitingConference {
  readonly command: OpenConference;
  /** What was asked of it since, in order. */
  readonly further: MediaCommand[];
  readonly timer: NodeJS.Timeout;
}

/** Enough for every member of the largest call to come, be muted and describe itself. */
const maxFurther = 4096;

/**
 * Conferences that no process could take when they were opened, and what was asked of them meanwhile. Most wait for a process that is being started again, which takes
 * a moment.
 */
export class WaitingConferences {
  private readonly waiting = new Map<string, WaitingConference>();
  private readonly patienceMs: number;

  constructor(patienceMs: number) {
    this.patienceMs = patienceMs;
  }

  has(conferenceId: string): boolean {
    return this.waiting.has(conferenceId);
  }

  /** @param giveUp Called when nobody took it in time. */
  add(command: OpenConference, giveUp: () => void): void {
    const timer = setTimeout(() => {
      this.waiting.delete(command.conferenceId);
      giveUp();
    }, this.patienceMs);
    this.waiting.set(command.conferenceId, { command, further: [], timer });
  }

  /** @returns Whether the command waits with its conference. */
  queue(command: MediaCommand): boolean {
    const further = this.waiting.get(command.conferenceId)?.further;
    if (further === undefined || further.length >= maxFurther) return false;
    further.push(command);
    return true;
  }

  /** @returns Whether it was waiting. */
  remove(conferenceId: string): boolean {
    clearTimeout(this.waiting.get(conferenceId)?.timer);
    return this.waiting.delete(conferenceId);
  }

  /** The commands of all that wait, the longest first, each with what was asked of it since; nobody waits afterwards. */
  takeAll(): readonly MediaCommand[] {
    const taken = [...this.waiting.values()];
    for (const { command } of taken) this.remove(command.conferenceId);
    return taken.flatMap(({ command, further }): MediaCommand[] => Array.of<MediaCommand>(command).concat(further));
  }
}
