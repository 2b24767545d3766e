import type { MediaModes } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { WantedStream } from '@dialplane/media-api';
import { AudioRouting } from './audio-routing.ts';
import type { Leg } from './leg.ts';
import { PictureRouting } from './picture-routing.ts';

/** The legs of one call, and who gets what of whom. */
export class Conference {
  readonly conferenceId: string;
  readonly legs = new Map<string, Leg>();
  private modes: MediaModes;
  private readonly legModes = new Map<Leg, MediaModes>();
  private readonly audio: AudioRouting;
  private readonly pictures: PictureRouting;

  constructor(conferenceId: string, modes: MediaModes) {
    this.conferenceId = conferenceId;
    this.modes = modes;
    this.audio = new AudioRouting(this);
    this.pictures = new PictureRouting(this);
  }

  modesOf(leg: Leg): MediaModes {
    return this.legModes.get(leg) ?? this.modes;
  }

  /** For one leg, or for all that come and are there. */
  setModes(modes: MediaModes, leg: Leg | undefined): void {
    if (leg !== undefined) this.legModes.set(leg, modes);
    else {
      this.modes = modes;
      this.legModes.clear();
    }
    this.route();
  }

  setWanted(leg: Leg, wanted: readonly WantedStream[]): void {
    this.pictures.setWanted(leg, wanted);
  }

  add(leg: Leg): void {
    this.legs.set(leg.legId, leg);
  }

  remove(leg: Leg): void {
    this.legs.delete(leg.legId);
    this.legModes.delete(leg);
    leg.end();
    this.pictures.forget(leg);
    this.route();
  }

  /** Somebody came, went, or sends or wants something else. */
  route(): void {
    this.audio.route();
    this.pictures.route();
  }

  /** To be called several times a second. */
  handleTimeout(now: Instant): void {
    this.pictures.handleTimeout(now);
  }
}
