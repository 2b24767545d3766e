import type { MediaModes } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { WantedStream } from '@dialplane/media-api';
import type { ConferenceEvent } from '../process-api/process-messages.ts';
import { AudioRouting } from './audio-routing.ts';
import { ConferenceMix } from './conference-mix.ts';
import type { Leg } from './leg.ts';
import type { Mixing } from './mixing.ts';
import { PictureRouting } from './picture-routing.ts';

export interface ConferenceParts {
  readonly tell: (event: ConferenceEvent) => void;
  readonly mixing: Mixing;
}

/** The legs of one call, and who gets what of whom. */
export class Conference {
  readonly conferenceId: string;
  readonly legs = new Map<string, Leg>();
  private modes: MediaModes;
  private readonly legModes = new Map<Leg, MediaModes>();
  readonly audio: AudioRouting;
  readonly mix: ConferenceMix;
  readonly tell: (event: ConferenceEvent) => void;
  private readonly mixing: Mixing;
  private readonly pictures: PictureRouting;

  constructor(conferenceId: string, modes: MediaModes, { tell, mixing }: ConferenceParts) {
    this.conferenceId = conferenceId;
    this.modes = modes;
    this.tell = tell;
    this.mixing = mixing;
    this.mix = new ConferenceMix(this, mixing);
    this.audio = new AudioRouting(this);
    this.pictures = new PictureRouting(this);
  }

  /** How a leg gets sound and pictures: as was asked for, as far as this process can. */
  modesOf(leg: Leg): MediaModes {
    const asked = this.legModes.get(leg) ?? this.modes;
    return this.mixing.current === undefined ? { ...asked, audio: 'forwarded' } : asked;
  }

  /** For one leg, or for all that come and are there. */
  setModes(modes: MediaModes, leg: Leg | undefined, now: Instant): void {
    if (leg !== undefined) this.legModes.set(leg, modes);
    else {
      this.modes = modes;
      this.legModes.clear();
    }
    this.route(now);
  }

  setWanted(leg: Leg, wanted: readonly WantedStream[], now: Instant): void {
    this.pictures.setWanted(leg, wanted, now);
  }

  setSpotlight(identifiers: readonly string[]): void {
    this.pictures.setSpotlight(identifiers);
  }

  add(leg: Leg): void {
    this.legs.set(leg.legId, leg);
  }

  remove(leg: Leg, now: Instant): void {
    this.legs.delete(leg.legId);
    this.legModes.delete(leg);
    leg.end(now);
    this.audio.forget(leg);
    this.mix.forget(leg);
    this.pictures.forget(leg);
    this.route(now);
  }

  /** Somebody came, went, or sends or wants something else. */
  route(now: Instant): void {
    this.mix.route();
    this.audio.route(now);
    this.pictures.route(now);
  }

  close(now: Instant): void {
    for (const leg of this.legs.values()) this.remove(leg, now);
    this.mix.close();
  }

  /** To be called several times a second. */
  handleTimeout(now: Instant): void {
    this.audio.handleTimeout(now);
    this.pictures.handleTimeout(now);
  }
}
