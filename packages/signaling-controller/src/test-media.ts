import { EventEmitter, once } from 'node:events';
import type { MediaCommand, MediaControl, MediaEvent } from '@dialplane/media-api';
import { testSdp } from './test-server.ts';

type CommandOf<Kind extends MediaCommand['kind']> = Extract<MediaCommand, { readonly kind: Kind }>;

/** A media processor without media: conferences open, offers are answered, legs connect; its process is lost when a test says so. */
export class TestMedia implements MediaControl {
  readonly commands: MediaCommand[] = [];
  /** Why there is none. */
  missing: string | undefined;
  private readonly conferences = new Set<string>();
  private readonly arrivals = new EventEmitter();
  private listener: (event: MediaEvent) => void = () => {};

  send(command: MediaCommand): void {
    this.commands.push(command);
    const { conferenceId } = command;
    if (command.kind === 'openConference') {
      this.conferences.add(conferenceId);
      this.tell({ kind: 'conferenceOpened', conferenceId, process: 'media-1' });
    } else if (command.kind === 'closeConference') this.conferences.delete(conferenceId);
    else if (command.kind === 'setModes') this.tell({ ...command, kind: 'modesChanged', why: 'it was asked to' });
    else if (command.kind === 'describe') this.answer(command);
    this.arrivals.emit(command.kind);
  }

  absence(): string | undefined {
    return this.missing;
  }

  onEvent(listener: (event: MediaEvent) => void): void {
    this.listener = listener;
  }

  tell(event: MediaEvent): void {
    queueMicrotask(() => this.listener(event));
  }

  /** The media process is lost with all its conferences. */
  loseProcess(): void {
    const lost = [...this.conferences];
    this.conferences.clear();
    for (const conferenceId of lost) this.tell({ kind: 'conferenceFailed', conferenceId, reason: 'MEDIA_PROCESS_LOST' });
  }

  /** The newest command of a kind, which may have yet to come. */
  async last<Kind extends MediaCommand['kind']>(kind: Kind): Promise<CommandOf<Kind>> {
    const known = this.commands.findLast((command): command is CommandOf<Kind> => command.kind === kind);
    if (known !== undefined) return known;
    await once(this.arrivals, kind);
    return this.last(kind);
  }

  private answer({ conferenceId, legId, description: { revision } }: CommandOf<'describe'>): void {
    this.tell({ kind: 'legDescribed', conferenceId, legId, description: { type: 'answer', sdp: testSdp('lite'), revision, answers: revision, streams: [] } });
    this.tell({ kind: 'legStateChanged', conferenceId, legId, state: 'connected' });
  }
}
