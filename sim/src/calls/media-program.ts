import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import { instant, type Instant } from '@dialplane/sansio';
import { Agenda } from '../agenda.ts';
import type { Chance } from '../chance.ts';
import type { HostMachine, Received, Transmission } from '../host.ts';
import type { CallMessage } from './messages.ts';

/** How often the media processor fails, as probabilities 0..1. */
export interface MediaFailureRates {
  readonly conference: number;
  readonly leg: number;
}

/** A media processor as the owner of a call sees it: conferences and legs open, answer, connect, and sometimes fail. */
export class MediaProgram implements HostMachine<CallMessage> {
  private readonly chance: Chance;
  private readonly rates: MediaFailureRates;
  private readonly conferences = new Map<string, Set<string>>();
  private readonly pending = new Agenda<{ readonly to: string; readonly event: MediaEvent }>();
  private readonly outputs: Transmission<CallMessage>[] = [];

  constructor(chance: Chance, rates: MediaFailureRates) {
    this.chance = chance;
    this.rates = rates;
  }

  handle({ from, message }: Received<CallMessage>, now: Instant): void {
    if (message.kind === 'mediaCommand') this.perform(from, message.command, now);
  }

  handleTimeout(now: Instant): void {
    for (let at = this.pending.next(); at !== undefined && at <= now; at = this.pending.next()) {
      const due = this.pending.take()?.item;
      if (due !== undefined) this.outputs.push({ to: due.to, message: { kind: 'mediaEvent', event: due.event } });
    }
  }

  poll(): Transmission<CallMessage> | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    const at = this.pending.next();
    return at === undefined ? undefined : instant(at);
  }

  private perform(from: string, command: MediaCommand, now: Instant): void {
    const { conferenceId } = command;
    const tell = (event: MediaEvent, ms: number): void => this.pending.add(now + ms, { to: from, event });
    if (command.kind === 'openConference') {
      if (this.chance.happens(this.rates.conference)) {
        tell({ kind: 'conferenceFailed', conferenceId, reason: 'MEDIA_PROCESSOR_UNAVAILABLE' }, 5);
        return;
      }
      this.conferences.set(conferenceId, new Set());
      tell({ kind: 'conferenceOpened', conferenceId, process: 'media-0' }, 5);
      if (this.chance.happens(this.rates.conference)) tell({ kind: 'conferenceFailed', conferenceId, reason: 'MEDIA_PROCESS_LOST' }, this.chance.between(50, 60_000));
      return;
    }
    const legs = this.conferences.get(conferenceId);
    const legId = 'legId' in command ? command.legId : undefined;
    if (legs === undefined) {
      tell({ kind: 'commandFailed', conferenceId, command: command.kind, reason: 'CONFERENCE_NOT_FOUND', ...(legId === undefined ? {} : { legId }) }, 1);
    } else if (command.kind === 'closeConference') {
      this.conferences.delete(conferenceId);
    } else if (command.kind === 'closeLeg') {
      legs.delete(command.legId);
    } else if (command.kind === 'openLeg') {
      legs.add(command.legId);
      if (command.request.offer !== undefined) this.connect(tell, conferenceId, command.legId, command.request.offer.revision);
    } else if (command.kind === 'describe' && command.description.type === 'offer') {
      this.connect(tell, conferenceId, command.legId, command.description.revision);
    }
  }

  private connect(tell: (event: MediaEvent, ms: number) => void, conferenceId: string, legId: string, revision: number): void {
    const sdp = 'v=0\r\na=ice-ufrag:lite\r\n';
    tell({ kind: 'legDescribed', conferenceId, legId, description: { type: 'answer', sdp, revision, answers: revision, streams: [] } }, 10);
    if (!this.chance.happens(this.rates.leg)) tell({ kind: 'legStateChanged', conferenceId, legId, state: 'connected' }, this.chance.between(60, 400));
    if (this.chance.happens(this.rates.leg)) {
      tell({ kind: 'legStateChanged', conferenceId, legId, state: 'closed', reason: 'CONSENT_EXPIRED' }, this.chance.between(500, 40_000));
    }
  }
}
