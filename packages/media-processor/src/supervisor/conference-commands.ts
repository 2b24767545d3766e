import type { MediaDescription } from '@dialplane/calling-api';
import type { MediaCommand, MediaFailure } from '@dialplane/media-api';
import type { LocalCandidate } from '@dialplane/sdp';
import type { Logger } from '@dialplane/telemetry';
import type { Conference, Conferences, Leg } from './conferences.ts';
import type { EventQueue } from './event-queue.ts';
import { LegNegotiation } from './leg-negotiation.ts';
import type { MediaProcessorLimits } from './media-processor-options.ts';
import { OfferBudget } from './offer-budget.ts';
import type { ProcessSlot } from './process-slot.ts';

type CommandOf<Kind extends MediaCommand['kind']> = Extract<MediaCommand, { readonly kind: Kind }>;

export interface ConferenceCommandsOptions {
  readonly logger: Logger;
  readonly limits: MediaProcessorLimits;
  /** SHA-256 over our certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  /** Of everything that is sent. */
  readonly cname: string;
  readonly publicAddresses: readonly string[];
  readonly conferences: Conferences;
  readonly events: EventQueue;
}

/** Carries out what owners of calls ask of conferences that are in a media process: descriptions are answered here, the rest is for the process. */
export class ConferenceCommands {
  private readonly options: ConferenceCommandsOptions;

  constructor(options: ConferenceCommandsOptions) {
    this.options = options;
  }

  carryOut(conference: Conference, command: Exclude<MediaCommand, CommandOf<'openConference'>>): void {
    switch (command.kind) {
      case 'closeConference':
        this.options.conferences.remove(conference);
        conference.slot.send(command);
        return;
      case 'setSpotlight':
        conference.slot.send(command);
        return;
      case 'openLeg':
        this.openLeg(conference, command);
        return;
      case 'offer':
        this.refuse(command, 'MEDIA_PROCESSOR_UNAVAILABLE');
        return;
      case 'setModes':
        if (command.legId !== undefined && !conference.legs.has(command.legId)) this.refuse(command, 'LEG_NOT_FOUND');
        else conference.slot.send(command);
        return;
      default:
        this.carryOutForLeg(conference, command);
    }
  }

  private carryOutForLeg(conference: Conference, command: CommandOf<'closeLeg' | 'describe' | 'trickle' | 'setMuted' | 'setHeld' | 'setWanted' | 'setSound' | 'sendDtmf'>): void {
    const leg = conference.legs.get(command.legId);
    if (leg === undefined) {
      this.refuse(command, 'LEG_NOT_FOUND');
      return;
    }
    // What a client trickles is not needed: its checks tell where it is (RFC 8445 §7.3.1.3).
    if (command.kind === 'trickle') return;
    if (command.kind === 'describe') {
      this.negotiate(conference, leg, command, command.description);
      return;
    }
    if (command.kind === 'closeLeg') conference.legs.delete(command.legId);
    conference.slot.send(command);
  }

  private openLeg(conference: Conference, command: CommandOf<'openLeg'>): void {
    const { conferenceId, legId, identifier, isMuted, request } = command;
    if (request.kind === 'rtp') {
      this.refuse(command, 'MEDIA_PROCESSOR_UNAVAILABLE');
      return;
    }
    if (conference.legs.size >= this.options.limits.legsPerConference) {
      this.refuse(command, 'PORTS_EXHAUSTED');
      return;
    }
    const leg = this.createLeg(conference.slot);
    conference.legs.set(legId, leg);
    conference.slot.send({ kind: 'openLeg', conferenceId, legId, identifier, isMuted });
    if (request.offer !== undefined) this.negotiate(conference, leg, command, request.offer);
  }

  private createLeg(slot: ProcessSlot): Leg {
    const { offersAtOnce, offersPerSecond, sectionsPerLeg } = this.options.limits;
    const surroundings = { fingerprint: this.options.fingerprint, candidates: this.candidatesOf(slot), cname: this.options.cname, sectionsPerLeg };
    return { negotiation: new LegNegotiation(surroundings), offers: new OfferBudget(offersAtOnce, offersPerSecond, performance.now()) };
  }

  private negotiate({ conferenceId, slot }: Conference, leg: Leg, command: CommandOf<'openLeg' | 'describe'>, description: MediaDescription): void {
    const { legId } = command;
    if (!leg.offers.take(performance.now())) {
      this.refuse(command, 'DESCRIPTION_INVALID', 'The client sends offers faster than anybody negotiates.');
      return;
    }
    const negotiated = leg.negotiation.handle(description);
    if (negotiated.kind === 'refused') {
      this.refuse(command, negotiated.reason, negotiated.sentence);
      return;
    }
    slot.send({ kind: 'setLeg', conferenceId, legId, transport: negotiated.transport, sections: negotiated.sections });
    this.options.events.tell({ kind: 'legDescribed', conferenceId, legId, description: negotiated.answer });
  }

  /** Public addresses first: they are what most clients reach. */
  private candidatesOf({ running }: ProcessSlot): readonly LocalCandidate[] {
    if (running === undefined) return [];
    return [...new Set([...this.options.publicAddresses, ...running.addresses])].map((address) => ({ address, port: running.port }));
  }

  refuse(command: MediaCommand, reason: MediaFailure, sentence?: string): void {
    const { conferenceId, kind } = command;
    const legId = 'legId' in command ? command.legId : undefined;
    if (sentence !== undefined) this.options.logger.info({ conferenceId, legId, reason, sentence }, 'A description was refused.');
    this.options.events.tell({ kind: 'commandFailed', conferenceId, command: kind, reason, ...(legId !== undefined && { legId }), ...(sentence !== undefined && { sentence }) });
  }
}
