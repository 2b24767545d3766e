import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import { earliest, instant, type Instant } from '@dialplane/sansio';
import { Agenda } from '../agenda.ts';
import type { Chance } from '../chance.ts';
import type { HostMachine, Received, Transmission } from '../host.ts';
import type { CallMessage } from './messages.ts';

/** How often the media processor fails, as probabilities 0..1. */
export interface MediaFailureRates {
  /** A conference cannot be opened. */
  readonly refusal: number;
  /** The process of a conference is lost within a minute of its opening. */
  readonly loss: number;
  readonly leg: number;
}

/**
 * A media processor as the owner of a call sees it: conferences and legs open, answer, connect, and sometimes fail; people speak, and modes are switched. Events
 * of a lost conference may still arrive after the news of its loss.
 */
export class MediaProgram implements HostMachine<CallMessage> {
  private readonly chance: Chance;
  private readonly rates: MediaFailureRates;
  private readonly conferences = new Map<string, Set<string>>();
  private readonly losses = new Agenda<{ readonly conferenceId: string }>();
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
    for (let at = this.losses.next(); at !== undefined && at <= now; at = this.losses.next()) this.conferences.delete(this.losses.take()?.item.conferenceId ?? '');
    for (let at = this.pending.next(); at !== undefined && at <= now; at = this.pending.next()) {
      const due = this.pending.take()?.item;
      if (due !== undefined) this.outputs.push({ to: due.to, message: { kind: 'mediaEvent', event: due.event } });
    }
  }

  poll(): Transmission<CallMessage> | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return [this.pending.next(), this.losses.next()].map((at) => (at === undefined ? undefined : instant(at))).reduce(earliest);
  }

  private perform(from: string, command: MediaCommand, now: Instant): void {
    const { conferenceId } = command;
    const tell = (event: MediaEvent, ms: number): void => this.pending.add(now + ms, { to: from, event });
    if (command.kind === 'openConference') {
      if (this.chance.happens(this.rates.refusal)) {
        tell({ kind: 'conferenceFailed', conferenceId, reason: 'MEDIA_PROCESSOR_UNAVAILABLE' }, 5);
        return;
      }
      this.conferences.set(conferenceId, new Set());
      tell({ kind: 'conferenceOpened', conferenceId, process: 'media-0' }, 5);
      if (this.chance.happens(this.rates.loss)) this.lose(tell, conferenceId, now);
      return;
    }
    const legs = this.conferences.get(conferenceId);
    const legId = 'legId' in command ? command.legId : undefined;
    if (legs === undefined) {
      tell({ kind: 'commandFailed', conferenceId, command: command.kind, reason: 'CONFERENCE_NOT_FOUND', ...(legId === undefined ? {} : { legId }) }, 1);
    } else if (command.kind === 'closeConference') {
      this.conferences.delete(conferenceId);
    } else if (command.kind === 'setModes') {
      const { modes } = command;
      tell({ kind: 'modesChanged', conferenceId, modes, why: 'it was asked to', ...(legId === undefined ? {} : { legId }) }, this.chance.between(1, 50));
    } else if (command.kind === 'closeLeg') {
      legs.delete(command.legId);
    } else if (command.kind === 'openLeg') {
      legs.add(command.legId);
      if (command.request.offer !== undefined) this.connect(tell, conferenceId, command.legId, command.request.offer.revision);
    } else if (command.kind === 'describe' && command.description.type === 'offer') {
      this.connect(tell, conferenceId, command.legId, command.description.revision);
    }
  }

  /** The process of a conference dies some time from now. Nothing is there any more when its owner hears of it. */
  private lose(tell: (event: MediaEvent, ms: number) => void, conferenceId: string, now: Instant): void {
    const afterMs = this.chance.weigh({ soon: 1, later: 2 }) === 'soon' ? this.chance.between(1, 300) : this.chance.between(300, 60_000);
    this.losses.add(now + afterMs, { conferenceId });
    tell({ kind: 'conferenceFailed', conferenceId, reason: 'MEDIA_PROCESS_LOST' }, afterMs + this.chance.between(0, 100));
  }

  private connect(tell: (event: MediaEvent, ms: number) => void, conferenceId: string, legId: string, revision: number): void {
    const sdp = 'v=0\r\na=ice-ufrag:lite\r\n';
    tell({ kind: 'legDescribed', conferenceId, legId, description: { type: 'answer', sdp, revision, answers: revision, streams: [] } }, 10);
    if (!this.chance.happens(this.rates.leg)) tell({ kind: 'legStateChanged', conferenceId, legId, state: 'connected' }, this.chance.between(60, 400));
    if (this.chance.happens(0.3)) tell({ kind: 'speakersChanged', conferenceId, speaking: [legId], dominant: [legId] }, this.chance.between(400, 20_000));
    if (this.chance.happens(0.2)) tell({ kind: 'watchedChanged', conferenceId, legId, watched: [{ mid: '1', layers: this.chance.between(0, 2) }], why: 'nobody sees it' }, this.chance.between(400, 20_000));
    if (this.chance.happens(0.1)) tell({ kind: 'modesChanged', conferenceId, legId, modes: { audio: 'mixed', video: 'mixed' }, why: 'its line is slow' }, this.chance.between(400, 20_000));
    if (this.chance.happens(this.rates.leg)) {
      tell({ kind: 'legStateChanged', conferenceId, legId, state: 'closed', reason: 'CONSENT_EXPIRED' }, this.chance.between(500, 40_000));
    }
  }
}
