import { isOutdated, SourceAddresses } from '@dialplane/kernels';
import type { MediaCommand, MediaFailure, RtpLegRequest } from '@dialplane/media-api';
import { trunkCodecNamed } from '@dialplane/sdp';
import type { PortsEvent } from '../../process-api/process-messages.ts';
import type { Conference } from '../conferences/conferences.ts';
import type { EventQueue } from '../event-queue.ts';
import { connectionAddress, telephoneAddress } from './telephone-address.ts';
import { type TelephoneCommand, TelephoneLeg, type TelephoneOutcome } from './telephone-leg.ts';

type OpenTelephone = Extract<MediaCommand, { readonly kind: 'openLeg' }> & { readonly request: RtpLegRequest };

export interface TelephoneCommandsOptions {
  /** SHA-256 over our certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  readonly publicAddresses: readonly string[];
  readonly events: EventQueue;
  readonly refuse: (command: MediaCommand, reason: MediaFailure, sentence?: string) => void;
}

/** Carries out what is asked of RTP legs: an address and ports for each, then offers and answers. */
export class TelephoneCommands {
  private readonly options: TelephoneCommandsOptions;
  /** Of legs whose ports are being opened: what is told of us. */
  private readonly opening = new Map<TelephoneLeg, { readonly command: OpenTelephone; readonly announced: string }>();
  /** Codecs that need a library of their own, which is not here. */
  private readonly missingCodecs: ReadonlySet<string>;
  private readonly sources = new SourceAddresses(() => performance.now());

  constructor(options: TelephoneCommandsOptions) {
    this.options = options;
    this.missingCodecs = new Set(isOutdated('g729') ? ['G729'] : []);
  }

  open(conference: Conference, command: OpenTelephone): TelephoneLeg {
    const codecs = command.request.codecs.filter((name) => trunkCodecNamed(name) !== undefined && !this.missingCodecs.has(name.toUpperCase()));
    const leg = new TelephoneLeg({ ...command.request, codecs });
    leg.handle(command);
    if (codecs.length > 0) void this.openPorts(conference, leg, command);
    else queueMicrotask(() => this.fail(conference, command, 'NO_COMMON_CODEC', `None of the codecs that the leg may have is spoken on this server: ${command.request.codecs.join(', ')}.`));
    return leg;
  }

  handle(conference: Conference, leg: TelephoneLeg, command: TelephoneCommand): void {
    this.settle(conference, leg.handle(command));
  }

  handlePorts(conference: Conference, event: PortsEvent): void {
    const leg = conference.legs.get(event.legId);
    const opening = leg?.kind === 'rtp' ? this.opening.get(leg.telephone) : undefined;
    if (leg?.kind !== 'rtp' || opening === undefined) return;
    this.opening.delete(leg.telephone);
    if (event.kind === 'portsFailed') this.fail(conference, opening.command, 'PORTS_EXHAUSTED', event.sentence);
    else this.settle(conference, leg.telephone.open({ fingerprint: this.options.fingerprint, rtp: { address: opening.announced, port: event.port } }));
  }

  private async openPorts(conference: Conference, leg: TelephoneLeg, command: OpenTelephone): Promise<void> {
    const { conferenceId, legId, identifier, isMuted, request } = command;
    const own = { listening: conference.slot.running?.addresses ?? [], public: this.options.publicAddresses };
    const address = await telephoneAddress(own, this.sources, request.towards ?? connectionAddress(request.offer?.sdp ?? ''));
    const known = conference.legs.get(legId);
    if (known?.kind !== 'rtp' || known.telephone !== leg) return;
    if (address === undefined) {
      this.fail(conference, command, 'PORTS_EXHAUSTED', 'The media processor listens on no address of the family (IPv4 or IPv6) that the other side has.');
      return;
    }
    this.opening.set(leg, { command, announced: address.announced });
    const { dtmf, dtmfInSound = 'heard', markerlessDtmf = 'accepted', clientCodec = 'opus' } = request;
    conference.slot.send({ kind: 'openLeg', conferenceId, legId, identifier, isMuted, telephone: { dtmf, dtmfInSound, markerlessDtmf, clientCodec, address: address.listen } });
    for (const held of leg.release()) conference.slot.send(held);
  }

  private fail(conference: Conference, command: OpenTelephone, reason: MediaFailure, sentence: string): void {
    conference.legs.delete(command.legId);
    this.options.refuse(command, reason, sentence);
  }

  private settle({ conferenceId, slot }: Conference, outcomes: readonly TelephoneOutcome[]): void {
    for (const { command, negotiated } of outcomes) {
      const { legId } = command;
      if (negotiated.kind === 'refused') {
        this.options.refuse(command, negotiated.reason, negotiated.sentence);
        continue;
      }
      if (negotiated.kind === 'agreed') slot.send({ kind: 'setLeg', conferenceId, legId, transport: negotiated.transport, sections: negotiated.sections });
      const description = negotiated.kind === 'agreed' ? negotiated.answer : negotiated.description;
      if (description !== undefined) this.options.events.tell({ kind: 'legDescribed', conferenceId, legId, description });
    }
  }
}
