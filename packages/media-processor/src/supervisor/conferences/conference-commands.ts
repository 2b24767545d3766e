import type { MediaDescription } from '@dialplane/calling-api';
import { LineMemory } from '@dialplane/conference';
import type { LegReport, MediaCommand, MediaFailure, SoundFile } from '@dialplane/media-api';
import { instant } from '@dialplane/sansio';
import type { LocalCandidate } from '@dialplane/sdp';
import type { Logger } from '@dialplane/telemetry';
import type { Conference, Conferences, Leg } from './conferences.ts';
import type { EventQueue } from '../event-queue.ts';
import { LegNegotiation } from './leg-negotiation.ts';
import type { PortsEvent, ProcessCommand } from '../../process-api/process-messages.ts';
import type { MediaProcessorLimits } from '../media-processor-options.ts';
import { OfferBudget } from './offer-budget.ts';
import type { ProcessSlot } from '../process-slot.ts';
import { TelephoneCommands } from '../telephones/telephone-commands.ts';

type CommandOf<Kind extends MediaCommand['kind']> = Extract<MediaCommand, { readonly kind: Kind }>;

export interface ConferenceCommandsOptions {
  readonly logger: Logger;
  readonly limits: MediaProcessorLimits;
  /** SHA-256 over our certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  /** Of everything that is sent. */
  readonly cname: string;
  readonly publicAddresses: readonly string[];
  readonly holdMusic: SoundFile | undefined;
  readonly conferences: Conferences;
  readonly events: EventQueue;
}

/** Carries out what owners of calls ask of conferences that are in a media process: descriptions are answered here, the rest is for the process. */
export class ConferenceCommands {
  private readonly options: ConferenceCommandsOptions;
  private readonly telephones: TelephoneCommands;
  private readonly lines = new LineMemory();

  constructor(options: ConferenceCommandsOptions) {
    this.options = options;
    const { fingerprint, publicAddresses, events } = options;
    this.telephones = new TelephoneCommands({ fingerprint, publicAddresses, events, refuse: (command, reason, sentence) => this.refuse(command, reason, sentence) });
  }

  /** A media process has ports for a telephone's leg, or none. */
  handlePorts(conference: Conference, event: PortsEvent): void {
    this.telephones.handlePorts(conference, event);
  }

  /** The line to a client is kept in mind: it may come back over another leg, in another process. */
  noteReport(conference: Conference, legId: string, { estimatedBps }: LegReport): void {
    const leg = conference.legs.get(legId);
    if (leg?.kind === 'webrtc' && estimatedBps !== undefined) this.lines.note(leg.identifier, estimatedBps, instant(performance.now()));
  }

  carryOut(conference: Conference, command: Exclude<MediaCommand, CommandOf<'openConference'>>): void {
    switch (command.kind) {
      case 'closeConference':
        this.options.conferences.remove(conference);
        conference.slot.send(command);
        return;
      case 'setSpotlight':
      case 'play':
      case 'stopPlay':
        conference.slot.send(command);
        return;
      case 'openLeg':
        this.openLeg(conference, command);
        return;
      case 'setModes':
        if (command.legId !== undefined && !conference.legs.has(command.legId)) this.refuse(command, 'LEG_NOT_FOUND');
        else this.pass(conference, command, command.legId);
        return;
      default:
        this.carryOutForLeg(conference, command);
    }
  }

  private carryOutForLeg(conference: Conference, command: CommandOf<'closeLeg' | 'describe' | 'offer' | 'trickle' | 'setMuted' | 'setHeld' | 'setSendable' | 'setWanted' | 'setSound' | 'sendDtmf'>): void {
    const leg = conference.legs.get(command.legId);
    if (leg === undefined) {
      // Of a telephone that calls there is no leg yet where its own network makes the ringing tone, and no tone to end.
      const isNothingToEnd = command.kind === 'setSound' && command.sound === 'none';
      if (!isNothingToEnd) this.refuse(command, 'LEG_NOT_FOUND');
      return;
    }
    // What a client trickles is not needed: its checks tell where it is (RFC 8445 §7.3.1.3).
    if (command.kind === 'trickle') return;
    if (command.kind === 'describe' || command.kind === 'offer') {
      this.negotiate(conference, leg, command);
      return;
    }
    if (command.kind === 'closeLeg') conference.legs.delete(command.legId);
    const { holdMusic } = this.options;
    const isPresetMusic = command.kind === 'setSound' && command.sound === 'hold' && command.music === undefined && holdMusic !== undefined;
    this.pass(conference, isPresetMusic ? { ...command, music: holdMusic } : command, command.legId);
  }

  /** To the media process, once that knows the leg. */
  private pass(conference: Conference, command: ProcessCommand, legId: string | undefined): void {
    const leg = legId === undefined ? undefined : conference.legs.get(legId);
    if (leg?.kind !== 'rtp' || !leg.telephone.holds(command)) conference.slot.send(command);
  }

  private openLeg(conference: Conference, command: CommandOf<'openLeg'>): void {
    const { conferenceId, legId, identifier, isMuted, request } = command;
    if (conference.legs.size >= this.options.limits.legsPerConference) {
      this.refuse(command, 'PORTS_EXHAUSTED');
      return;
    }
    const { offersAtOnce, offersPerSecond } = this.options.limits;
    const offers = new OfferBudget(offersAtOnce, offersPerSecond, performance.now());
    if (request.offer !== undefined) offers.take(performance.now());
    if (request.kind === 'rtp') {
      conference.legs.set(legId, { kind: 'rtp', offers, telephone: this.telephones.open(conference, { ...command, request }) });
      return;
    }
    const leg: Leg = { kind: 'webrtc', identifier, offers, negotiation: this.openNegotiation(conference.slot) };
    conference.legs.set(legId, leg);
    const startBps = this.lines.startFor(identifier, instant(performance.now()));
    conference.slot.send({ kind: 'openLeg', conferenceId, legId, identifier, isMuted, ...(startBps !== undefined && { startBps }) });
    if (request.offer !== undefined) this.negotiateWithClient(conference, leg.negotiation, command, request.offer);
  }

  private openNegotiation(slot: ProcessSlot): LegNegotiation {
    const { fingerprint, cname, limits: { sectionsPerLeg } } = this.options;
    return new LegNegotiation({ fingerprint, candidates: this.candidatesOf(slot), cname, sectionsPerLeg });
  }

  private negotiate(conference: Conference, leg: Leg, command: CommandOf<'describe' | 'offer'>): void {
    if (!leg.offers.take(performance.now())) this.refuse(command, 'DESCRIPTION_INVALID', 'The other side sends offers faster than anybody negotiates.');
    else if (leg.kind === 'rtp') this.telephones.handle(conference, leg.telephone, command);
    else if (command.kind === 'describe') this.negotiateWithClient(conference, leg.negotiation, command, command.description);
    else this.refuse(command, 'DESCRIPTION_INVALID', 'Clients offer, and are answered.');
  }

  private negotiateWithClient({ conferenceId, slot }: Conference, negotiation: LegNegotiation, command: CommandOf<'openLeg' | 'describe'>, description: MediaDescription): void {
    const { legId } = command;
    const negotiated = negotiation.handle(description);
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
