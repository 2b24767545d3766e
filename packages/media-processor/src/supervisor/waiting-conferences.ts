import type { MediaCommand } from '@dialplane/media-api';

type OpenConference = Extract<MediaCommand, { readonly kind: 'openConference' }>;

/** Conferences that no process could take when they were opened. Most wait for a process that is being started again, which takes a moment. */
export class WaitingConferences {
  private readonly waiting = new Map<string, { readonly command: OpenConference; readonly timer: NodeJS.Timeout }>();
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
    this.waiting.set(command.conferenceId, { command, timer });
  }

  /** @returns Whether it was waiting. */
  remove(conferenceId: string): boolean {
    clearTimeout(this.waiting.get(conferenceId)?.timer);
    return this.waiting.delete(conferenceId);
  }

  /** All that wait, the longest first; nobody waits afterwards. */
  takeAll(): readonly OpenConference[] {
    const commands = [...this.waiting.values()].map(({ command }) => command);
    for (const { conferenceId } of commands) this.remove(conferenceId);
    return commands;
  }
}
